"""Which detector a camera is watched with, and what a person should know about it."""

from __future__ import annotations

from pathlib import Path

import typer

from miseban.vision.models.choice import choices_file, recorded
from miseban.vision.models.registry import load_registry
from miseban.vision.models.store import best_installed, note_on, runtime_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop


def which_model(
    asked: str | None, shop: Shop | None, shop_file: Path | None, camera: str | None
) -> tuple[str, int]:
    """What was asked for with ``--model``, else what the shop file says of the camera, else what
    ``models bench --budget`` recorded for it, else the most accurate one at hand. And how many
    threads: those it was measured with when it was recorded, else one.

    A recorded choice is told on the terminal. Raises ``BadInput`` (``no-model``) where nothing is
    at hand, and for a record that cannot be read.
    """
    if asked:
        return asked, 1
    if shop is not None and shop_file is not None and camera is not None:
        if written := shop.camera(camera).model:
            return written, 1
        if choice := recorded(shop_file, camera):
            when = choice.chosen.date().isoformat()
            file = choices_file(shop_file)
            typer.echo(
                f"model: {choice.model}, chosen on {when} for {choice.budget} ({file})", err=True
            )
            return choice.model, choice.measured.threads
    best = best_installed("person-detection")
    if best is None:
        what = "the built-in detector is missing or damaged; install miseban again, or get another "
        raise BadInput("no-model", "--model", f"{what}one: miseban models pull yolox-nano")
    return best.name, 1


def say_note(name_or_file: str) -> str:
    """What is to be known of that detector, also said on the terminal; empty where nothing is."""
    registry = load_registry()
    name = str(runtime_of(name_or_file, registry)[0])
    note = note_on(registry.find(name)) if name in registry.names() else ""
    if note:
        typer.echo(f"model: {name}: {note}", err=True)
    return note
