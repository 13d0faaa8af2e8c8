"""The demo without a recording: a shop that does not exist, counted beside the truth about it."""

from __future__ import annotations

import importlib.util
import json
import shlex
from datetime import datetime
from pathlib import Path

import typer

from miseban.cli.analyze import analyze
from miseban.cli.common import Lang
from miseban.cli.replay import replay_command
from miseban.cli.score import score_command
from miseban.cli.simulate import simulate
from miseban.vocabulary.errors import BadInput

SHOP = Path("shops", "konbini.toml")
CAMERA = "door"
NOON = "12:00"
MORNING = "10:00"
FILMED_MIN, DAY_MIN = 6.0, 240.0
"""What a camera sees in pictures, and what all see from the morning on without, in minutes."""


def demo_shop(out: Path, model: str, lang: Lang) -> Path:
    """Plays the konbini and counts in it, twice; returns the report to open.

    Some hours are counted from what an imperfect detector would see of them. Then some
    minutes are filmed by the camera over the door and counted from the pictures with ``model``.
    Raises ``BadInput`` where the shop is not at hand.
    """
    if not SHOP.is_file():
        what = "found no such file. Run it in the project's folder, or give a recording of your own"
        raise BadInput("no-shop", SHOP, f"{what}: make demo VIDEO=FILE")
    day = out / "day"
    typer.echo("Four hours in a shop that does not exist, and what imperfect eyes make of them:")
    _say("simulate", "--shop", SHOP, "--from", MORNING, "--minutes", f"{DAY_MIN:g}",
         "--detector", "default", "--out", day / "truth")  # fmt: skip
    simulate(SHOP, DAY_MIN, day / "truth", begins=MORNING, detector="default")
    start = _start(day / "truth")
    _say("replay", day / "truth" / "detected.csv", "--shop", SHOP, "--start", start.isoformat(),
         "--truth", day / "truth", "--out", day)  # fmt: skip
    replay_command(
        [day / "truth" / "detected.csv"], SHOP, day, start=start, lang=lang, truth=day / "truth"
    )
    report = day / "report.html"
    typer.echo(f"report of the day: {report.resolve()}\n")
    if importlib.util.find_spec("panda3d") is None:
        typer.echo("Panda3D is not installed, so pictures are left out.")
    else:
        report = _filmed(out, model, lang)
    return report


def _filmed(out: Path, model: str, lang: Lang) -> Path:
    """The camera over the door, from pictures."""
    typer.echo("The camera over its door, at noon, from pictures:")
    truth = out / "truth"
    _say("simulate", "--shop", SHOP, "--from", NOON, "--minutes", f"{FILMED_MIN:g}",
         "--video", CAMERA, "--video-fps", "5", "--out", truth)  # fmt: skip
    simulate(SHOP, FILMED_MIN, truth, begins=NOON, video=[CAMERA], video_fps=5.0)
    start, film = _start(truth), truth / f"{CAMERA}.mp4"
    _say("analyze", film, "--shop", SHOP, "--camera", CAMERA, "--start", start.isoformat(),
         "--truth", truth, "--model", model, "--out", out)  # fmt: skip
    analyze(
        out, str(film), shop_file=SHOP, camera=CAMERA, model=model, start=start, lang=lang,
        truth=truth,
    )  # fmt: skip
    _say("score", "--truth", truth, "--result", out)
    score_command(truth, out)
    return out / "report.html"


def _start(truth: Path) -> datetime:
    told = json.loads((truth / "summary.json").read_text(encoding="utf-8"))
    return datetime.fromisoformat(told["start"])


def _say(*words: object) -> None:
    """What is being done, to be done again by hand."""
    typer.echo(f"$ miseban {shlex.join(str(word) for word in words)}")
