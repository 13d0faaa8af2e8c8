"""Peak resident memory of one camera: ``miseban analyze`` of a clip, in a process of its own."""

from __future__ import annotations

import tempfile

from bench.material import PETS, YOLOX_NANO, need
from bench.process import cost
from bench.result import Result


def run(repeats: int) -> list[Result]:
    del repeats  # the peak hardly varies
    with tempfile.TemporaryDirectory() as folder:
        spent = cost(
            "analyze", str(need(PETS)), "--model", str(need(YOLOX_NANO)), "--out", folder + "/out"
        )
    note = "peak resident memory of analyze, one camera, YOLOX-nano, report included"
    return [Result("memory", spent.peak_mb, "MB", note, 300, details={"seconds": spent.seconds})]
