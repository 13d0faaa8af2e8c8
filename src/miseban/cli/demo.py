"""``miseban demo``: the main job on a clip at hand, and its report on the screen."""

from __future__ import annotations

import os
import shlex
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban.cli.analyze import analyze
from miseban.cli.common import Lang, shared_folder
from miseban.cli.demo_shop import demo_shop
from miseban.cli.which_model import which_model
from miseban.vision.models.store import folders
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

    With VIDEO, analyses that recording instead. Both take the best model at hand, which at first
    is the built-in one, for a first look. Models are looked for where MISEBAN_MODELS says, and in a
    folder `shared` beside the project (MISEBAN_SHARED names another).

    Example: miseban demo my_shop.mp4 --lang ja
    """
    # The usual folders, then the one beside us; what is run below inherits the setting.
    beside = (shared_folder() / "models").resolve()
    places = [*folders(), beside] if beside.is_dir() else folders()
    os.environ["MISEBAN_MODELS"] = os.pathsep.join(str(place) for place in places)
    if video is None:
        if shop is not None or camera is not None:
            raise BadInput("no-clip", "demo", "expected the recording that --shop is for")
        report = demo_shop(out, which_model(None, None, None, None)[0], lang)
    else:
        report = _recording(video, shop, camera, out, lang)
    typer.echo(f"report: {report.resolve()}")
    if show and _desktop():
        webbrowser.open(report.resolve().as_uri())


def _recording(video: Path, shop: Path | None, camera: str | None, out: Path, lang: Lang) -> Path:
    """A recording of somebody's own."""
    if not video.is_file():
        raise BadInput("no-clip", video, "expected a recording, found no such file")
    command = ["analyze", str(video), "--out", str(out), "--lang", lang]
    if shop is not None:
        command += ["--shop", str(shop)]
    if camera is not None:
        command += ["--camera", camera]
    typer.echo(f"$ miseban {shlex.join(command)}")
    analyze(out, str(video), shop_file=shop, camera=camera, lang=lang)
    return out / "report.html"


def _desktop() -> bool:
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
