"""From a model's name or file to a detector that runs it."""

from __future__ import annotations

from pathlib import Path

from miseban.vision.detectors.detection import Detector
from miseban.vision.detectors.motion import Motion
from miseban.vision.detectors.ssd import Ssd
from miseban.vision.detectors.yolox import Yolox
from miseban.vision.models.registry import Registry
from miseban.vision.models.store import locate
from miseban.vocabulary.errors import BadInput


def open_detector(
    name_or_file: str | Path,
    *,
    threads: int = 1,
    lowest_score: float = 0.1,
    registry: Registry | None = None,
) -> Detector:
    """Opens a person detector: a registered name (``yolox-nano``, ``motion``) or a model file.

    ``threads`` of the processor it may use; boxes below ``lowest_score`` (0 to 1), or below the
    model's own, are dropped.
    Raises ``BadInput`` as ``locate`` does, and ``not-a-person-detector``, ``openvino-missing``
    or ``model-broken``.
    """
    if threads < 1:
        raise ValueError(f"threads: expected at least 1, got {threads}")
    found = locate(name_or_file, registry)
    model, path = found.model, found.path
    if model.task != "person-detection":
        what = f"expected a person detector, found {model.name}, a model for {model.task}"
        raise BadInput("not-a-person-detector", name_or_file, what)
    if model.decoding == "motion":
        return Motion()
    lowest_score = max(lowest_score, model.lowest_score)
    if path is not None and model.decoding in ("yolox", "yolox-one-class"):
        return Yolox(model, path, threads=threads, lowest_score=lowest_score)
    if path is not None and model.decoding == "ssd":
        return Ssd(model, path, threads=threads, lowest_score=lowest_score)
    what = f"{model.name} is registered, but this release cannot decode it"
    raise BadInput("not-a-person-detector", name_or_file, what)
