"""What is measured, each in a process of its own: one's memory is not another's, and a fault of a
runtime ends no more than its measurement.

``python -m miseban.insight.bench`` is that process: it reads a ``Timing`` or a ``Judging`` from
standard input and writes what comes out to standard output, each as a line of JSON.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from miseban.vision.models.measured import Measured, TruthScore
from miseban.vision.models.registry import Runtime
from miseban.vocabulary.errors import BadInput, Failed


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Candidate(_Table):
    """A registered model and what runs it; ``file`` is None for one that needs none."""

    name: str
    runtime: Runtime
    file: Path | None = None

    def __str__(self) -> str:
        return self.name if self.runtime == "built-in" else f"{self.name} on {self.runtime}"


class Timing(_Table):
    """``size`` (width, height) of pictures of noise to time on, or the frames of ``video``
    instead; for ``seconds``."""

    kind: Literal["timing"] = "timing"
    candidate: Candidate
    size: tuple[int, int] = (640, 360)
    seconds: float = 2.0
    threads: int = 1
    video: Path | None = None
    registries: tuple[Path, ...] = ()


class Judging(_Table):
    """``clips`` are videos with their truth; whether ``rendered`` pictures are judged too; all of
    them if ``full``."""

    kind: Literal["judging"] = "judging"
    candidates: tuple[Candidate, ...]
    threads: int = 1
    clips: tuple[tuple[Path, Path], ...] = ()
    rendered: bool = False
    full: bool = False
    registries: tuple[Path, ...] = ()


class Judged(_Table):
    """How well one candidate did."""

    candidate: Candidate
    scores: tuple[TruthScore, ...]


def time_apart(job: Timing) -> Measured:
    """Raises what the measuring process raised: ``BadInput`` or ``Failed`` (``bench``), with its
    line."""
    (line,) = _lines(job, str(job.candidate))
    return Measured.model_validate_json(line)


def judge_apart(job: Judging) -> Iterator[Judged]:
    """In the order of the candidates, each as soon as it is done; raises as ``time_apart``. One
    process judges them all, since drawing the pictures takes longer than looking at them."""
    for line in _lines(job, "bench"):
        yield Judged.model_validate_json(line)


def _lines(job: _Table, what: str) -> Iterator[str]:
    command = [sys.executable, "-m", "miseban.insight.bench"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout  # noqa: S101, PT018 - pipes, as asked
        assert process.stderr  # noqa: S101
        try:
            process.stdin.write(job.model_dump_json())
            process.stdin.close()
            yield from process.stdout
            told = process.stderr.read().strip().splitlines()
            status = process.wait()
        finally:
            process.kill()  # where the caller has gone away; else it has ended
    if status:
        kind = BadInput if status == BadInput.exit_status else Failed
        raise kind("bench", what, (told or [f"ended with status {status}"])[-1])
