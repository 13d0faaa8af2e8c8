"""Runs one detector in a camera's whole loop, and takes its time and its memory.

The loop is that of ``analyze``, to the written report: a budget is for the whole camera, not for
the network alone.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from pathlib import Path

import cv2

from miseban.camera.analysis import analyse
from miseban.insight.bench.job import Timing
from miseban.insight.bench.pictures import Pictures, noise, of_video
from miseban.insight.outputs import Told, write_outputs
from miseban.vision.detectors import Detections, Detector, open_detector
from miseban.vision.models.measured import Measured
from miseban.vision.models.registry import load_registry
from miseban.vision.pixels import Frame
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.shop import Shop

WARM_UP_FRAMES = 3


class _Clock:
    """A ``Detector`` that takes the time of another, and of the loop around it."""

    every_frame = True
    """No frame may be spared: what is measured is a shop in which somebody moves all the time."""

    def __init__(self, detector: Detector, seconds: float) -> None:
        self.name = detector.name
        self._detector, self._seconds = detector, seconds
        self._calls = 0
        self._began = self._loop_began = 0.0
        self.walls: list[float] = []
        self.busy_s = self.loop_busy_s = 0.0
        self.turns = 0

    def detect(self, frame: Frame) -> Detections:
        self._calls += 1
        if self._calls == WARM_UP_FRAMES + 1:
            self._began = time.perf_counter()
            self._loop_began = time.process_time()
        wall, busy = time.perf_counter(), time.process_time()
        found = self._detector.detect(frame)
        if self._calls > WARM_UP_FRAMES:
            self.walls.append(time.perf_counter() - wall)
            self.busy_s += time.process_time() - busy
        return found

    def turn(self, _time_s: float) -> None:
        """At the end of each turn of the loop."""
        if self._calls > WARM_UP_FRAMES:
            self.turns += 1
            self.loop_busy_s = time.process_time() - self._loop_began

    def over(self) -> bool:
        timed = self._calls > WARM_UP_FRAMES
        return timed and time.perf_counter() - self._began > self._seconds

    def close(self) -> None:
        self._detector.close()


def measure(job: Timing) -> Measured:
    """Measures in this process. Raises ``BadInput`` for a model or a video that cannot be used,
    ``Failed`` for a fault of the network."""
    cv2.setNumThreads(job.threads)
    one = job.candidate
    detector = open_detector(
        one.file or one.name,
        threads=job.threads,
        runtime=one.runtime,
        registry=load_registry(job.registries),
    )
    clock = _Clock(detector, job.seconds)
    with of_video(job.video) if job.video else noise(*job.size) as source:
        _camera(source, clock)
    detector.close()
    if not clock.walls:
        what = f"expected more than {WARM_UP_FRAMES} frames"
        raise BadInput("video-unreadable", job.video, what)
    return Measured(
        name=one.name,
        runtime=one.runtime,
        threads=job.threads,
        frames=len(clock.walls),
        ms_per_frame=statistics.median(clock.walls) * 1e3,
        processor_ms_per_frame=clock.busy_s / len(clock.walls) * 1e3,
        cores=clock.busy_s / sum(clock.walls),
        camera_processor_ms=clock.loop_busy_s / clock.turns * 1e3,
        peak_mb=_peak_bytes() / 1e6,
    )


def _camera(source: Pictures, clock: _Clock) -> None:
    shop = Shop.plain("camera", (source.info.width, source.info.height), "bench")
    result = analyse(source, clock, shop, "camera", progress=clock.turn, stopped=clock.over)
    if result.incomplete and not clock.over():
        raise Failed("bench", clock.name, result.incomplete)
    if len(result.frames):
        with tempfile.TemporaryDirectory() as folder:
            write_outputs(Path(folder), result, shop, Told(clock.name))


def _peak_bytes() -> int:
    """Linux keeps the peak of this program alone in VmHWM; ``getrusage`` would count the process
    that started it too."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
