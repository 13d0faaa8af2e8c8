"""``miseban learn``: better models from rendered shops and recordings."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miseban.cli.common import progress_bar
from miseban.vocabulary.errors import BadInput, Failed

if TYPE_CHECKING:
    from miseban.learn.detector.training import Progress

app = typer.Typer(help="Better models from rendered shops and recordings.", add_completion=False)
train_app = typer.Typer(help="Train a model of our own.", add_completion=False)
app.add_typer(train_app, name="train")
SHOPS, STEPS = 700, 13_000
FILE = "person-small.onnx"


@app.command("draw")
def draw(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The training folder.")],
    shops: Annotated[int, typer.Option(min=1, max=100_000, help="A dozen pictures each.")] = SHOPS,
    first: Annotated[int, typer.Option(min=0, help="Number of the first shop.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same pictures.")] = 7,
    photos: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Real pictures to stand people before.")
    ] = None,
) -> None:
    """Draws random shops with people in them, and where everybody is; a stopped run goes on.

    Example: miseban learn draw --out out/shops --shops 700
    """
    from miseban.learn.detector.gathering import photos as pictures_of
    from miseban.learn.pictures.drawing import draw_folder

    behind = pictures_of(photos) if photos is not None else []
    with progress_bar("drawing shops", shops) as show:
        wanted = range(first, first + shops)
        count = draw_folder(out, wanted, seed, behind, lambda n: show(n - first + 1))
    typer.echo(f"{count} pictures and truth.csv are in {out}")


@train_app.command("detector")
def train_detector(
    pictures: Annotated[
        Path, typer.Option("--pictures", metavar="DIR", help="A training folder with truth.csv.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Checkpoint and model.")],
    clips: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Recordings for the teacher to label.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Recordings kept for judging.")
    ] = None,
    empty: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Pictures without people.")
    ] = None,
    teacher: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A YOLOX model, to label and to imitate.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="In all, with those done before.")] = STEPS,
    seed: Annotated[int, typer.Option(min=0, help="What is shown when.")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Processor threads.")] = 1,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Stop after so long; the same command goes on.")
    ] = None,
) -> None:
    """Trains the built-in person detector; a stopped run goes on from its checkpoint.

    Example: miseban learn train detector --pictures out/shops --out out/detector --steps 13000
    """
    try:
        from miseban.learn.detector.exporting import export_int8
        from miseban.learn.detector.teacher import Features
        from miseban.learn.detector.training import Plan, checkpoint_of, train
    except ModuleNotFoundError as error:
        what = f"needs {error.name}: install the extra `train` (pip install 'miseban[train]')"
        raise BadInput("no-torch", "learn train", what) from None
    from miseban.learn.detector.gathering import Sources, gather
    from miseban.vision.detectors import open_detector
    from miseban.vision.models.store import locate

    # All that can be refused is, before hours of labelling.
    path, by = None, None
    if teacher:
        path, by = locate(teacher).path, open_detector(teacher)
        if path is None:
            raise BadInput("no-teacher", teacher, "expected a YOLOX network, found no network")
        Features(path)
    checkpoint_of(out, seed, path)
    sources = Sources(pictures, clips, tuple(leave_out or ()), empty)
    material = gather(sources, by, typer.echo)
    until = time.monotonic() + minutes * 60 if minutes else None

    with progress_bar("training", steps) as show:

        def report(now: Progress) -> None:
            show(now.step)
            typer.echo(
                f"step {now.step} of {steps}: scores {now.score_loss:.3f}, boxes {now.box_loss:.3f}"
                f", imitation {now.imitation_loss:.3f}; {now.steps_a_second:.2f} steps/s"
            )

        net = train(
            material, out, Plan(steps, seed, threads), path, report=report,
            stopped=lambda: until is not None and time.monotonic() >= until,
        )  # fmt: skip
    export_int8(net, out / FILE, material)
    typer.echo(f"{FILE} and checkpoint.pt are in {out}")


@app.command("accuracy")
def learn_accuracy(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file of rates.")],
    shop: Annotated[
        list[Path], typer.Option("--shop", metavar="FILE", help="A shop to play; may be repeated.")
    ],
    days: Annotated[
        Path, typer.Option("--days", metavar="DIR", help="Days once played are kept here.")
    ],
    first: Annotated[int, typer.Option("--first", min=0, help="The first seed.")] = 1,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many seeds a shop.")] = 10,
    minutes: Annotated[
        float, typer.Option("--minutes", min=60, max=1440, help="Of every day.")
    ] = 840,
) -> None:
    """Learns from simulated cameras how often counters miss people and invent some.

    Example: miseban learn accuracy --shop shops/konbini.toml --days out/days --out learned.toml
    """
    from miseban.insight.uncertainty.school import as_toml, school

    wanted = range(first, first + seeds)
    with progress_bar("playing days", None) as show:
        learned = school(shop, wanted, minutes, days, lambda done, _all: show(done))
    names = " ".join(path.stem for path in shop)
    header = "How often counters are wrong, by the camera's condition: docs/intervals.md.\n"
    header += f"Made by: miseban learn accuracy, of {names}, seeds {first} to {first + seeds - 1}, "
    header += f"{minutes:g} minutes each"
    try:
        out.write_text(as_toml(learned, header), encoding="utf-8")
    except OSError as error:
        raise Failed("output", out, f"cannot be written: {error.strerror}") from None
    typer.echo(f"{out}: {len(learned.line)} conditions")
