"""``miseban demo``: the main job on a clip at hand, and its report on the screen."""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban.cli.analyze import analyze
from miseban.vision.models.registry import Model, load_registry
from miseban.vision.models.store import folders, installed
from miseban.vocabulary.errors import BadInput

CLIP = Path("data", "video", "intel_one_by_one_person.mp4")
SHOP = Path("examples", "one_by_one.toml")
CAMERA = "hall"


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
    """Analyses a clip with the best model at hand and opens the report.

    Without VIDEO it takes the clip and the models of a folder `shared` beside the project
    (MISEBAN_SHARED names another). Models are also looked for where MISEBAN_MODELS says.

    Example: miseban demo my_shop.mp4 --lang ja
    """
    shared = Path(os.environ.get("MISEBAN_SHARED", Path("..", "shared")))
    clip = video or _clip(shared / CLIP)
    if video is None and shop is None and SHOP.is_file():
        shop, camera = SHOP, camera or CAMERA
    # The usual folders, then the one beside us; what is run below inherits the setting.
    beside = (shared / "models").resolve()
    places = [*folders(), beside] if beside.is_dir() else folders()
    os.environ["MISEBAN_MODELS"] = os.pathsep.join(str(place) for place in places)
    model = _best()
    command = ["analyze", str(clip), "--out", str(out), "--lang", lang, "--model", model.name]
    if shop is not None:
        command += ["--shop", str(shop)]
    if camera is not None:
        command += ["--camera", camera]
    typer.echo(f"miseban {shlex.join(command)}")
    analyze(str(clip), out, shop_file=shop, camera=camera, model=model.name, lang=lang)
    report = (out / "report.html").resolve()
    typer.echo(f"report: {report}")
    if show and _desktop():
        webbrowser.open(report.as_uri())


def _clip(path: Path) -> Path:
    if not path.is_file():
        what = "no clip at hand. Give a recording of your own: make demo VIDEO=FILE"
        raise BadInput("no-clip", path, what)
    return path


def _best() -> Model:
    """The most accurate person detector that is at hand and whose runtime is installed."""
    known = load_registry().of_task("person-detection")
    usable = [model for model in known if model.usable and model.rank > 0]
    for model in usable:
        if importlib.util.find_spec(model.runtime) and installed(model):
            return model
    small = [m for m in usable if m.runtime == "onnxruntime" and all(f.address for f in m.files)]
    get = min(small, key=lambda model: model.size).name
    what = f"no model to find people with. Get one: .venv/bin/miseban models pull {get}"
    raise BadInput("no-model", os.environ["MISEBAN_MODELS"], what)


def _desktop() -> bool:
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
