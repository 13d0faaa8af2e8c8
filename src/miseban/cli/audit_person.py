"""Asks a person, at the keyboard, how many passed in a clip."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import typer

from miseban.insight.audit.minutes import Minute
from miseban.insight.audit.tellers import MOST, Told

SKIP = "s"


class Person:
    """Shows each minute's clip and asks for every line: in, then out. A number, nothing for none,
    or ``s`` where the clip does not let it be told: the minute is left out. A clip is removed as
    soon as it was answered, unless ``keep``."""

    def __init__(
        self,
        clips: Iterator[tuple[Minute, Path]],
        *,
        keep: bool,
        show: Callable[[str], object],
    ) -> None:
        self._clips, self._keep, self._show = clips, keep, show
        self._number = 0

    def __call__(self, minute: Minute, lines: Sequence[str]) -> Told | None:
        shown, path = next(self._clips)
        assert shown is minute  # noqa: S101 - both go through the same minutes
        self._number += 1
        try:
            typer.echo(f"\n{self._number}. watch {path.resolve()}")
            if _desktop():
                self._show(path.resolve().as_uri())
            told: dict[str, tuple[int, int]] = {}
            for line in lines:
                came, left = _people(f"{line}: in"), _people(f"{line}: out")
                if came is None or left is None:
                    return None
                told[line] = (came, left)
            return told
        finally:
            if not self._keep:
                path.unlink(missing_ok=True)


def _people(question: str) -> int | None:
    """A number of people, or None to skip. Asks again for anything else."""
    while True:
        answer = str(typer.prompt(question, default="0", show_default=False)).strip().lower()
        if answer == SKIP:
            return None
        if answer.isascii() and answer.isdigit() and int(answer) <= MOST:
            return int(answer)
        typer.echo(f"a number of people, Enter for none, {SKIP} to skip this minute")


def _desktop() -> bool:
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
