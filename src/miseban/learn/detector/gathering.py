"""Puts together what the detector learns from: drawn shops, labelled recordings, empty pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.learn.detector.cutouts import cut_outs
from miseban.learn.detector.samples import Material
from miseban.learn.detector.teacher import Taught, frames, label
from miseban.learn.pictures.folder import read_folder
from miseban.vision.detectors.detection import Detector
from miseban.vocabulary.errors import BadInput

LONGEST_PX = 640
EMPTY_SHARE = 6
"""Of a recording's frames without people one in so many is kept: they are all alike."""
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look: a training folder; a folder of recordings, of which those whose names contain
    one of ``leave_out`` are kept for judging; a folder of pictures without people."""

    drawn: Path
    clips: Path | None = None
    leave_out: tuple[str, ...] = ()
    empty: Path | None = None


def gather(
    sources: Sources, teacher: Detector | None, progress: Callable[[str], None] = lambda _: None
) -> Material:
    """All of it in memory but the drawn pictures. Labelled frames are never written.

    Raises ``BadInput`` for a training folder without truth or with a picture that cannot be read,
    recordings without a ``teacher`` to label them, or folders that hold nothing of use.
    """
    drawn = read_folder(sources.drawn)
    for each in drawn:  # an eighth of the size is read fast, and shows as well whether it can be
        if cv2.imread(str(each.path), cv2.IMREAD_REDUCED_COLOR_8) is None:
            raise BadInput("bad-picture", each.path, "cannot be read as a picture")
    progress(f"{len(drawn)} drawn pictures")
    clips: dict[str, list[Taught]] = {}
    if sources.clips is not None:
        if teacher is None:
            raise BadInput("no-teacher", sources.clips, "recordings need a teacher to label them")
        for name, picture in frames(_folder(sources.clips), sources.leave_out):
            if name not in clips:
                progress(f"labelling {name}")
            clips.setdefault(name, []).append(label(picture, teacher))
        if not clips:
            raise BadInput("no-recordings", sources.clips, "expected video files, found none")
    taught = [frame for each in clips.values() for frame in each]
    nobody = [frame.picture for frame in taught if not len(frame.xyxy)][::EMPTY_SHARE]
    if sources.empty is not None:
        nobody += photos(sources.empty)
    bodies = cut_outs(taught)
    progress(f"{len(taught)} labelled frames, {len(nobody)} without people, {len(bodies)} cut-outs")
    somebody = [[frame for frame in each if len(frame.xyxy)] for each in clips.values()]
    return Material(drawn, [each for each in somebody if each], nobody, bodies)


def photos(folder: Path) -> list[NDArray[np.uint8]]:
    """All pictures below a folder, shrunk to 640 pixels at most. Raises ``BadInput`` for none."""
    found = []
    for path in sorted(p for p in _folder(folder).rglob("*") if p.suffix.lower() in PICTURES):
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        scale = LONGEST_PX / max(picture.shape[:2])
        if scale < 1:
            size = tuple(max(1, round(v * scale)) for v in (picture.shape[1], picture.shape[0]))
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        found.append(np.asarray(picture, np.uint8))
    if not found:
        raise BadInput("no-pictures", folder, "expected pictures, found none")
    return found


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise BadInput("no-folder", path, "expected a folder, found none")
    return path
