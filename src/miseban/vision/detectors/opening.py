"""From a model's name or file to a detector that runs it."""

from __future__ import annotations

from pathlib import Path

from miseban.vision.detectors.closer import Closer
from miseban.vision.detectors.detection import Detector
from miseban.vision.detectors.motion import Motion
from miseban.vision.detectors.ssd import Ssd
from miseban.vision.detectors.yolox import Yolox
from miseban.vision.models.registry import Registry, Runtime, load_registry
from miseban.vision.models.store import locate, runtime_of
from miseban.vocabulary.errors import BadInput

KINDS: dict[str, type[Yolox] | type[Ssd]] = {"yolox": Yolox, "yolox-one-class": Yolox, "ssd": Ssd}


def open_detector(
    name_or_file: str | Path,
    *,
    threads: int = 1,
    lowest_score: float = 0.1,
    runtime: Runtime | None = None,
    registry: Registry | None = None,
    closer: bool = False,
) -> Detector:
    """Opens a person detector: a registered name (``yolox-nano``, ``motion``), with another runtime
    behind an ``@`` if it is to run there (``yolox-nano@openvino``), or a model file.

    ``runtime`` says the same for a file. ``threads`` of the processor it may use; boxes below
    ``lowest_score`` (0 to 1), or below the model's own, are dropped. ``closer`` looks at parts of
    the picture too (see ``Closer``); ``motion`` sees the whole in full.
    Raises ``BadInput`` as ``locate`` does, and ``not-a-person-detector``, ``openvino-missing``
    or ``model-broken``.
    """
    if threads < 1:
        raise ValueError(f"threads: expected at least 1, got {threads}")
    registry = registry or load_registry()
    asked, behind = runtime_of(name_or_file, registry)
    found = locate(asked, registry)
    model, path = found.model, found.path
    if model.task != "person-detection":
        what = f"expected a person detector, found {model.name}, a model for {model.task}"
        raise BadInput("not-a-person-detector", name_or_file, what)
    if model.decoding == "motion":
        return Motion()
    lowest_score = max(lowest_score, model.lowest_score)
    if path is not None and model.decoding in KINDS:
        kind = KINDS[model.decoding]
        opened = kind(
            model, path, runtime=behind or runtime or model.runtime, threads=threads,
            lowest_score=lowest_score,
        )  # fmt: skip
        return Closer(opened, model.input.size) if closer and model.input else opened
    what = f"{model.name} is registered, but this release cannot decode it"
    raise BadInput("not-a-person-detector", name_or_file, what)
