"""How fast a person detector runs on this machine, and how much memory it takes.

Each detector is measured in a process of its own (``python -m miseban.vision.models.bench``), so
that one's memory is not another's.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from miseban.vision.models.registry import Model
from miseban.vision.pixels import Frame
from miseban.vocabulary.errors import BadInput, Failed

WARM_UP_FRAMES = 3
START = datetime(2000, 1, 1, tzinfo=UTC)
NOISE_FPS = 25


class Measured(BaseModel):
    """Of one detector on one machine. Decoding the video is not part of the times."""

    model_config = ConfigDict(frozen=True)

    name: str
    threads: int
    frames: int
    ms_per_frame: float
    """Median wall-clock time of one frame."""
    processor_ms_per_frame: float
    """Mean processor time of one frame, over all threads."""
    peak_mb: float
    """Most memory resident in the whole process, in 10^6 bytes."""


def bench(
    model: Model,
    path: Path | None,
    *,
    size: tuple[int, int] = (1280, 720),
    seconds: float = 3.0,
    threads: int = 1,
    video: Path | None = None,
    registries: tuple[Path, ...] = (),
) -> Measured:
    """Measures one detector for about ``seconds`` on noise of ``size`` (width, height), or on
    the frames of ``video``.

    ``path`` is the model's file as ``locate`` gives it. Raises what the measuring process
    raised: ``BadInput`` or ``Failed`` (``bench``), with its line.
    """
    command = [sys.executable, "-m", "miseban.vision.models.bench", str(path or model.name)]
    command += [f"--width={size[0]}", f"--height={size[1]}", f"--seconds={seconds}"]
    command += [f"--threads={threads}", *([f"--video={video}"] if video else [])]
    command += [f"--registry={file}" for file in registries]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode == 0:
        return Measured.model_validate_json(done.stdout)
    lines = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
    kind = BadInput if done.returncode == BadInput.exit_status else Failed
    raise kind("bench", model.name, lines[-1])


def measure(
    name_or_file: str | Path,
    size: tuple[int, int],
    seconds: float,
    threads: int,
    video: Path | None,
    registries: tuple[Path, ...] = (),
) -> Measured:
    """As ``bench``, in this process."""
    import cv2

    from miseban.vision.detectors import open_detector
    from miseban.vision.models.registry import load_registry

    cv2.setNumThreads(threads)
    detector = open_detector(name_or_file, threads=threads, registry=load_registry(registries))
    walls, busy, began = [], 0.0, 0.0
    for frame in _video(video) if video else _noise(*size):
        wall, processor = time.perf_counter(), time.process_time()
        detector.detect(frame)
        now = time.perf_counter()
        if frame.number <= WARM_UP_FRAMES:
            began = now
            continue
        walls.append(now - wall)
        busy += time.process_time() - processor
        if now - began > seconds:
            break
    detector.close()
    if not walls:
        raise BadInput("video-unreadable", video, f"expected more than {WARM_UP_FRAMES} frames")
    return Measured(
        name=detector.name,
        threads=threads,
        frames=len(walls),
        ms_per_frame=statistics.median(walls) * 1e3,
        processor_ms_per_frame=busy / len(walls) * 1e3,
        peak_mb=_peak_bytes() / 1e6,
    )


def _noise(width: int, height: int) -> Iterator[Frame]:
    import numpy as np

    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (height, width, 3), np.uint8) for _ in range(4)]
    number = 0
    while True:
        number += 1
        time_s = (number - 1) / NOISE_FPS
        yield Frame(images[number % 4], number, time_s, START + timedelta(seconds=time_s))


def _video(path: Path) -> Iterator[Frame]:
    from miseban.vision.sources import capture

    # Not as a source: its reader thread would decode, and count, beside the detector.
    video = capture.open_file(str(path))
    try:
        if not video.isOpened():
            raise BadInput("video-unreadable", path, "expected a video, found nothing readable")
        number = 0
        while video.grab() and (image := capture.retrieve(video)) is not None:
            number += 1
            time_s = max(0.0, capture.stamp_s(video))
            yield Frame(image, number, time_s, START + timedelta(seconds=time_s))
    finally:
        video.release()


def _peak_bytes() -> int:
    """Linux keeps the peak of this program alone in VmHWM; ``getrusage`` would count the process
    that started it too."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--height", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--video", type=Path)
    parser.add_argument("--registry", type=Path, action="append", default=[])
    given = parser.parse_args()
    where: str | Path = Path(given.model) if Path(given.model).is_file() else given.model
    size, registries = (given.width, given.height), tuple(given.registry)
    try:
        found = measure(where, size, given.seconds, given.threads, given.video, registries)
    except (BadInput, Failed) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(found.model_dump_json() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
