"""From a model's name to a face detector or a reader of head poses that runs it."""

from __future__ import annotations

from pathlib import Path

from miseban.vision.faces.face import FaceDetector
from miseban.vision.faces.pose import HeadPoseReader
from miseban.vision.faces.ssd import SsdFaces
from miseban.vision.faces.ultralight import Ultralight
from miseban.vision.faces.yunet import YuNet
from miseban.vision.models.registry import Decoding, Model, Registry, Task
from miseban.vision.models.store import best_installed, locate
from miseban.vocabulary.errors import BadInput

LOWEST_SCORE = 0.6
"""A face that is less sure is none: half of what YuNet finds below this on the clips is no face."""
_FACES: dict[Decoding, type[YuNet] | type[Ultralight] | type[SsdFaces]] = {
    "yunet": YuNet,
    "ultralight": Ultralight,
    "ssd": SsdFaces,
}


def find_model(
    task: Task, name: str | None = None, registry: Registry | None = None
) -> tuple[Model, Path]:
    """The named model of a task, or the most accurate one at hand, and its first file.

    Raises ``BadInput`` as ``locate`` does; ``no-model`` where none is installed, ``wrong-model``
    for one of another task or that this release cannot run.
    """
    if name is None:
        best = best_installed(task, registry)
        if best is None:
            what = "none is installed; `miseban models list` shows what there is"
            raise BadInput("no-model", f"a model for {task}", what)
        name = best.name
    found = locate(name, registry)
    if found.model.task != task or not found.model.usable or found.path is None:
        what = f"expected a model for {task} that this release can run, found {found.model.task}"
        raise BadInput("wrong-model", name, what)
    return found.model, found.path


def open_faces(
    name: str | None = None,
    *,
    threads: int = 1,
    lowest_score: float = LOWEST_SCORE,
    registry: Registry | None = None,
) -> FaceDetector:
    """Opens a face detector: the named one, or the best at hand. Raises ``BadInput`` as
    ``find_model`` does, and ``openvino-missing`` or ``model-broken``."""
    model, path = find_model("face-detection", name, registry)
    return _FACES[model.decoding](model, path, threads=threads, lowest_score=lowest_score)


def open_head_pose(
    name: str | None = None, *, threads: int = 1, registry: Registry | None = None
) -> HeadPoseReader:
    """Opens a reader of head poses, with the same errors."""
    model, path = find_model("head-pose", name, registry)
    return HeadPoseReader(model, path, threads=threads)
