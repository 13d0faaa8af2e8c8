"""A larger detector as teacher: it labels frames of recordings, and shows its inner features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miseban.vision.detectors.boxes import suppress
from miseban.vision.detectors.detection import Detector
from miseban.vision.detectors.onnx import open_session
from miseban.vision.pixels import Frame
from miseban.vocabulary.errors import BadInput

SURE, PERHAPS = 0.5, 0.15
"""Scores: from the first on somebody is there; between the two nothing is learned."""
TILE = 0.62
"""Width and height of four overlapping parts, looked at by themselves: people seen small."""
SAME_IOU = 0.55
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Taught:
    """A picture in memory (H, W, 3) uint8 BGR, and where people are: ``xyxy`` (N, 4) pixels and
    ``visibility`` (N,), which is 1 for those that count and 0 for those to be ignored."""

    picture: NDArray[np.uint8]
    xyxy: NDArray[np.float32]
    visibility: NDArray[np.float32]


def label(picture: NDArray[np.uint8], detector: Detector) -> Taught:
    """Asks for the whole picture, its mirror image and four parts, and joins the answers."""
    height, width = picture.shape[:2]
    boxes, scores = [], []

    def ask(part: NDArray[np.uint8], left: int, top: int, mirrored: bool) -> None:
        seen = np.ascontiguousarray(part[:, ::-1] if mirrored else part)
        found = detector.detect(Frame(seen, 1, 0.0, WHEN))
        xyxy = found.xyxy.copy()
        if mirrored:
            xyxy[:, [0, 2]] = part.shape[1] - xyxy[:, [2, 0]]
        # What a part cuts off is another part's business.
        far_x, far_y = left + part.shape[1] < width, top + part.shape[0] < height
        cut = (xyxy[:, 0] < 3) * (left > 0) + (xyxy[:, 1] < 3) * (top > 0)
        cut = cut + (xyxy[:, 2] > part.shape[1] - 3) * far_x
        cut = cut + (xyxy[:, 3] > part.shape[0] - 3) * far_y
        whole = cut == 0
        boxes.append((xyxy + np.array([left, top, left, top]))[whole])
        scores.append(found.score[whole])

    ask(picture, 0, 0, False)
    ask(picture, 0, 0, True)
    wide, high = int(width * TILE), int(height * TILE)
    for left in (0, width - wide):
        for top in (0, height - high):
            ask(picture[top : top + high, left : left + wide], left, top, False)
    xyxy, score = np.concatenate(boxes), np.concatenate(scores)
    kept = suppress(xyxy, score, SAME_IOU)
    kept = kept[score[kept] >= PERHAPS]
    kept = kept[~_within_another(xyxy[kept])]
    sure = (score[kept] >= SURE).astype(np.float32)
    return Taught(picture, xyxy[kept].astype(np.float32), sure)


def _within_another(xyxy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) whether a box lies mostly in a larger one: legs or a head that a part cut off."""
    low = np.maximum(xyxy[:, None, :2], xyxy[None, :, :2])
    high = np.minimum(xyxy[:, None, 2:], xyxy[None, :, 2:])
    shared = (high - low).clip(min=0).prod(axis=2)
    area = (xyxy[:, 2:] - xyxy[:, :2]).prod(axis=1)
    inside = (shared > 0.85 * area[:, None]) & (area[None] > 1.5 * area[:, None])
    return np.asarray(inside.any(axis=1), np.bool_)


class Features:
    """What a YOLOX network sees before it decides: targets for a smaller one to imitate.

    The file is cut before its last convolutions. ``of`` gives, for each stride, the inputs of the
    box and of the class branch one upon the other, (B, C, H / s, W / s) float32, for pictures of
    any size that is a multiple of 32. Raises ``BadInput`` (``no-teacher``) for another network.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        graph, self._names = _cut(path)
        self._session: Any = open_session(path, threads, graph)

    def of(self, pictures: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """``pictures`` (B, 3, H, W) BGR 0 to 255."""
        found = self._session.run(self._names, {self._session.get_inputs()[0].name: pictures})
        return [np.concatenate(found[n : n + 2], axis=1) for n in range(0, len(found), 2)]


def _cut(path: Path) -> tuple[bytes, list[str]]:
    """The network without its last convolutions, and the names of what is then its output."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(path))
        names = _before_the_last(model.graph)
    except (DecodeError, LookupError, ValueError) as error:
        what = "expected a YOLOX network in ONNX, with three levels"
        raise BadInput("no-teacher", path, what) from error
    graph = model.graph
    del graph.output[:], graph.value_info[:]
    for name in names:
        graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    needed, kept = set(names), []
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    del graph.node[:]
    graph.node.extend(reversed(kept))
    return model.SerializeToString(), names


def _before_the_last(graph: Any) -> list[str]:
    """What the last convolutions of each level's box and class branch are given; ``graph`` takes
    pictures of any size from now on. Raises ``LookupError`` or ``ValueError`` for another make."""
    by_output = {name: node for node in graph.node for name in node.output}

    def before(name: str) -> str:
        """The input of the convolution that leads to ``name``."""
        node = by_output[name]
        while node.op_type != "Conv":
            node = by_output[node.input[0]]
        return str(node.input[0])

    def joins(node: Any) -> list[str]:
        return [by_output[name].op_type for name in node.input if name in by_output]

    levels = [n for n in graph.node if joins(n) == ["Conv", "Sigmoid", "Sigmoid"]]
    if len(levels) != 3:
        raise ValueError(f"{len(levels)} levels")
    names = [name for n in levels for name in (before(n.input[0]), before(n.input[2]))]
    for dimension, free in zip(graph.input[0].type.tensor_type.shape.dim, "b3hw", strict=True):
        if free != "3":
            dimension.dim_param = free
    return names


def frames(
    folder: Path, leave_out: tuple[str, ...] = ()
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Recordings' names and frames: of each about 150 at most, evenly apart."""
    from miseban.vision.sources import capture

    for path in sorted(
        p for p in folder.iterdir() if p.suffix.lower() in (".mp4", ".gif", ".webm")
    ):
        if any(name in path.name for name in leave_out):
            continue
        video, number = capture.open_file(str(path)), 0
        try:
            step = max(2, round((capture.frame_count(video) or 60) / 150))
            while video.grab():
                if number % step == 0 and (image := capture.retrieve(video)) is not None:
                    yield path.name, image
                number += 1
        finally:
            video.release()
