"""How accurate detectors are on pictures of which the truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2

from miseban.insight.bench.job import Judged, Judging
from miseban.insight.bench.rendered import SCENES, rendered
from miseban.insight.bench.truths import QUICK_PICTURES, Floats, Seen, Truth, clip
from miseban.vision.detectors import Detections, Detector, open_detector
from miseban.vision.models.accuracy import accuracy
from miseban.vision.models.measured import TruthScore
from miseban.vision.models.registry import load_registry


def judge(job: Judging) -> Iterator[Judged]:
    """Each candidate on every truth, in this process. What looks straight down, and needs every
    frame, cannot be judged on these, and gets no scores.

    Raises ``BadInput`` for a model, video or truth that cannot be used, ``Failed`` for a fault of
    a network.
    """
    cv2.setNumThreads(job.threads)
    registry = load_registry(job.registries)
    truths = [clip(video, file, None if job.full else QUICK_PICTURES) for video, file in job.clips]
    if job.rendered:
        truths.append(rendered(4 * SCENES if job.full else SCENES))
    # A few dozen pictures are kept for the next candidate; all of them would be too many.
    kept: dict[str, list[Seen]] = {}
    for one in job.candidates:
        detector = open_detector(
            one.file or one.name, threads=job.threads, runtime=one.runtime, registry=registry
        )
        scores = []
        for truth in truths if registry.find(one.name).decoding != "motion" else []:
            if not job.full and truth.name not in kept:
                kept[truth.name] = list(truth.pictures())
            scores.append(_score(detector, truth, kept.get(truth.name) or truth.pictures()))
        detector.close()
        yield Judged(candidate=one, scores=tuple(scores))


def _score(detector: Detector, truth: Truth, pictures: Iterable[Seen]) -> TruthScore:
    count = 0

    def judged() -> Iterator[tuple[Detections, Floats, Floats]]:
        nonlocal count
        for frame, xyxy, visibility in pictures:
            count += 1
            yield detector.detect(frame), xyxy, visibility

    found = accuracy(judged())
    return TruthScore(
        truth=truth.name,
        real=truth.real,
        pictures=count,
        people=found.people,
        ap50=found.ap50,
        recall_p70=found.recall_p70,
    )
