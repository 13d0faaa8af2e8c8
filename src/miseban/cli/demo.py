"""``miseban demo``: a shop that lives, on a page; or a recording, and its report."""

from __future__ import annotations

import os
import shlex
import webbrowser
from pathlib import Path
from typing import Annotated, Literal

import typer

from miseban.cli.analyze import analyze
from miseban.cli.common import Lang, shared_folder
from miseban.cli.demo_files import Wish
from miseban.cli.demo_live import DAYS, demo_live, desktop
from miseban.cli.demo_shop import demo_shop
from miseban.cli.which_model import which_model
from miseban.vision.models.store import folders
from miseban.vocabulary.errors import BadInput

SUPERMARKET = Path("shops", "supermarket.toml")
MEMORY_MB = 1400
"""Of the process that draws all cameras and looks through them."""


def demo(
    video: Annotated[
        Path | None, typer.Argument(metavar="[VIDEO]", help="A recording of your own.")
    ] = None,
    shop: Annotated[
        Path | None,
        typer.Option("--shop", metavar="FILE", help="Its shop file; or that of a simulated shop."),
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
        bool, typer.Option("--open/--no-open", help="Open the page where there is a desktop.")
    ] = True,
    report: Annotated[
        bool, typer.Option("--report", help="Count a simulated day instead, beside the truth.")
    ] = False,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Of the pages (8088, if free).")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=999_999, help="Which of all possible shops.")
    ] = 1,
    speed: Annotated[
        float, typer.Option("--speed", min=0.1, max=10.0, help="How fast its people live.")
    ] = 1.0,
    hour: Annotated[
        int | None,
        typer.Option("--hour", min=0, max=23, help="Play this hour of its day now (a busy one)."),
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=0, max=60, help="Of history behind it.")
    ] = DAYS,
    days_first: Annotated[
        bool, typer.Option("--days-first", help="The cameras begin when that history is in.")
    ] = False,
) -> None:
    """Plays a supermarket that does not exist, live, and opens its pages; Ctrl-C ends it.

    With VIDEO, analyses that recording and opens the report. With --report, counts in a shop that
    does not exist and shows the truth beside it. All take the best model at hand, which at first
    is the built-in one, for a first look. Models are looked for where MISEBAN_MODELS says, and in a
    folder `shared` beside the project (MISEBAN_SHARED names another).

    Example: miseban demo my_shop.mp4 --lang ja
    """
    # The usual folders, then the one beside us; what is run below inherits the setting.
    beside = (shared_folder() / "models").resolve()
    places = [*folders(), beside] if beside.is_dir() else folders()
    os.environ["MISEBAN_MODELS"] = os.pathsep.join(str(place) for place in places)
    if video is None and not report:
        if camera is not None:
            raise BadInput("no-clip", "demo", "expected the recording that --camera is for")
        wish = Wish(shop or SUPERMARKET, seed, speed, hour)
        if not wish.shop_file.is_file():
            what = "found no such file. Run it in the project's folder, or give a recording of your"
            raise BadInput("no-shop", wish.shop_file, f"{what} own: make demo VIDEO=FILE")
        demo_live(
            out / "live", wish, port=port, days=days, memory_mb=MEMORY_MB, show=show,
            days_first=days_first,
        )  # fmt: skip
        return
    if video is None:
        if shop is not None or camera is not None:
            raise BadInput("no-clip", "demo", "expected the recording that --shop is for")
        page = demo_shop(out, which_model(None, None, None, None)[0], lang)
    else:
        page = _recording(video, shop, camera, out, lang)
    typer.echo(f"report: {page.resolve()}")
    if show and desktop():
        webbrowser.open(page.resolve().as_uri())


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
