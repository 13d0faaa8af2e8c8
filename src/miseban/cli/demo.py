"""``miseban demo``: the main job on a clip at hand, and its report on the screen."""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from miseban.cli.analyze import analyze
from miseban.cli.common import Lang
from miseban.cli.demo_shop import demo_shop
from miseban.vision.models.registry import Model, load_registry
from miseban.vision.models.store import folders, installed
from miseban.vocabulary.errors import BadInput


def demo(
    video: Annotated[
        Path | None, typer.Argument(metavar="[VIDEO]", help="A recording of your own.")
    ] = None,
    shop: Annotated[
        Path | None, typer.Option("--shop", metavar="FILE", help="Its shop file, if it has one.")
    ] = None,
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="The camera of the shop file.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where results go.")] = Path(
        "out/demo"
    ),
    lang: Annotated[
        Literal["en", "ja", "ko"], typer.Option("--lang", help="Language of the report.")
    ] = "en",
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the report where there is a desktop.")
    ] = True,
) -> None:
    """Plays a shop that does not exist, counts in it, and opens the report beside the truth.

    With VIDEO, analyses that recording instead, with the best model at hand. Models are looked
    for where MISEBAN_MODELS says, and in a folder `shared` beside the project (MISEBAN_SHARED
    names another).

    Example: miseban demo my_shop.mp4 --lang ja
    """
    shared = Path(os.environ.get("MISEBAN_SHARED", Path("..", "shared")))
    # The usual folders, then the one beside us; what is run below inherits the setting.
    beside = (shared / "models").resolve()
    places = [*folders(), beside] if beside.is_dir() else folders()
    os.environ["MISEBAN_MODELS"] = os.pathsep.join(str(place) for place in places)
    best = _best()
    if video is None:
        if shop is not None or camera is not None:
            raise BadInput("no-clip", "demo", "expected the recording that --shop is for")
        report = demo_shop(out, best.name if best else None, lang)
    else:
        report = _recording(video, shop, camera, out, lang, best)
    typer.echo(f"report: {report.resolve()}")
    if show and _desktop():
        webbrowser.open(report.resolve().as_uri())


def _recording(
    video: Path, shop: Path | None, camera: str | None, out: Path, lang: Lang, best: Model | None
) -> Path:
    """A recording of somebody's own."""
    if not video.is_file():
        raise BadInput("no-clip", video, "expected a recording, found no such file")
    model = best or _advise()
    command = ["analyze", str(video), "--out", str(out), "--lang", lang, "--model", model.name]
    if shop is not None:
        command += ["--shop", str(shop)]
    if camera is not None:
        command += ["--camera", camera]
    typer.echo(f"$ miseban {shlex.join(command)}")
    analyze(str(video), out, shop_file=shop, camera=camera, model=model.name, lang=lang)
    return out / "report.html"


def _usable() -> list[Model]:
    known = load_registry().of_task("person-detection")
    return [model for model in known if model.usable and model.rank > 0]


def _best() -> Model | None:
    """The most accurate person detector that is at hand and whose runtime is installed."""
    for model in _usable():
        if importlib.util.find_spec(model.runtime) and installed(model):
            return model
    return None


def _advise() -> NoReturn:
    small = [m for m in _usable() if m.runtime == "onnxruntime" and all(f.address for f in m.files)]
    get = min(small, key=lambda model: model.size).name
    what = f"no model to find people with. Get one: .venv/bin/miseban models pull {get}"
    raise BadInput("no-model", os.environ["MISEBAN_MODELS"], what)


def _desktop() -> bool:
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
