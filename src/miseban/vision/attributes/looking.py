"""Looks at a person in a frame: finds the face, and reads it or abstains."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from miseban.vision.attributes.moments import Moment
from miseban.vision.attributes.quality import (
    Abstained,
    Limits,
    body_abstains,
    face_abstains,
    face_quality,
    pose_abstains,
    sharpness,
)
from miseban.vision.attributes.readers import AgeGenderReader, BodyReader
from miseban.vision.faces import Face, FaceDetector, HeadPoseReader, open_faces, open_head_pose
from miseban.vision.faces.face import Floats
from miseban.vision.faces.opening import find_model
from miseban.vision.faces.pose import square
from miseban.vision.models.registry import Registry
from miseban.vision.models.store import best_installed
from miseban.vision.pixels import Crop, Frame
from miseban.vocabulary.attributes import Attribute

READABLE: tuple[Attribute, ...] = ("gender", "age")
"""What the registered models can tell. None of them reads expressions."""
SURE_FACE = 0.75
"""Score from which a face is read: hair and cloth on the clips reach 0.74."""
HEAD_PART = 0.45
"""The upper part of a person's box in which the face is looked for."""
FACE_WIDTHS = 0.75
"""A face is at most so large, in widths of the box."""
MARGIN = 0.15
"""How far beyond the box a head may reach, in widths of the box."""


class PersonReader:
    """Reads people one by one: face first, then body. Safe to call from one thread at a time.

    Of what is not ``permitted`` nothing enters a moment, but for one thing: an age is kept with a
    face, because whoever may be below 20 is left out of everything (``judge``).
    """

    def __init__(
        self,
        faces: FaceDetector,
        poses: HeadPoseReader | None,
        ages: AgeGenderReader,
        bodies: BodyReader | None,
        limits: Limits | None = None,
        *,
        permitted: Collection[Attribute] = READABLE,
    ) -> None:
        self._faces, self._poses, self._ages, self._bodies = faces, poses, ages, bodies
        self.limits = limits or Limits()
        self._reads = tuple(name for name in READABLE if name in permitted)
        parts = (faces, poses, ages, bodies)
        self.models = tuple(part.name for part in parts if part is not None)

    def reads(self) -> tuple[Attribute, ...]:
        """What is permitted and can be read."""
        return self._reads

    def look(
        self, frame: Frame, xyxy: Floats, others: Sequence[Floats] = ()
    ) -> tuple[Moment | None, Abstained | None]:
        """What the person in the box ``xyxy`` (4,) looks like now, or why nobody can tell.

        ``others`` are the boxes of the other people: a face that is nearer to where another's head
        should be is theirs.
        """
        if not self._reads:
            raise ValueError("nothing is permitted to be read")
        face, why = self._face(frame, xyxy, others), Abstained.NO_FACE
        if face is not None:
            moment, reason = self._read_face(frame, face)
            if moment is not None or reason is None:
                return moment, reason
            why = reason
        moment, reason = self._read_body(frame, xyxy)
        return (moment, None) if moment is not None else (None, why if face is not None else reason)

    def _face(self, frame: Frame, xyxy: Floats, others: Sequence[Floats]) -> Face | None:
        """The face of the person in the box, in pixels of the frame, or None."""
        x1, y1, x2, y2 = xyxy.tolist()
        side, top = MARGIN * (x2 - x1), MARGIN * (x2 - x1)
        bottom = y1 + max(HEAD_PART * (y2 - y1), 0.9 * (x2 - x1))
        crop = Crop.of(frame, np.array([x1 - side, y1 - top, x2 + side, min(y2, bottom)]))
        if crop is None or min(crop.width, crop.height) < 8:
            return None
        heads = [_head(box) for box in (xyxy, *others)]
        mine: list[tuple[float, Face]] = []
        for found in self._faces.faces(crop):
            face = found.moved(crop.left, crop.top)
            away = [float(np.hypot(*np.subtract(face.centre, head))) for head in heads]
            fits = face.size <= FACE_WIDTHS * (x2 - x1) and away[0] < 0.6 * (x2 - x1)
            if fits and away[0] <= min(away):
                mine.append((away[0], face))
        return min(mine, key=lambda pair: pair[0])[1] if mine else None

    def _read_face(self, frame: Frame, face: Face) -> tuple[Moment | None, Abstained | None]:
        detail = sharpness(square(frame.bgr, face, 1.0))
        reason = face_abstains(face, detail, self.limits)
        if reason is not None:
            return None, reason
        pose = self._poses.pose(frame, face) if self._poses is not None else None
        reason = pose_abstains(face, pose, self.limits)
        if reason is not None:
            return None, reason
        age, male = self._ages.read(frame, face)
        if "gender" not in self._reads:
            male = np.empty(0)
        return Moment(face_quality(face, detail, pose, self.limits), male, age), None

    def _read_body(self, frame: Frame, xyxy: Floats) -> tuple[Moment | None, Abstained | None]:
        if self._bodies is None or "gender" not in self._reads:  # a body tells nothing else
            return None, Abstained.NO_FACE
        reason = body_abstains(xyxy, frame.width, self.limits)
        crop = Crop.of(frame, xyxy) if reason is None else None
        if crop is None:
            return None, reason or Abstained.CUT
        male = np.array([self._bodies.read(crop)])
        quality = min(1.0, crop.width / (2 * self.limits.body_px))
        return Moment(quality, male, from_face=False), None


def _head(xyxy: Floats) -> tuple[float, float]:
    """Where the middle of the head should be: under the middle of the box's upper edge."""
    x1, y1, x2, y2 = xyxy.tolist()
    return (x1 + x2) / 2, y1 + min(0.12 * (y2 - y1), 0.4 * (x2 - x1))


def open_reader(
    permitted: Collection[Attribute] = READABLE,
    *,
    threads: int = 1,
    registry: Registry | None = None,
) -> PersonReader:
    """The reader of what is ``permitted`` with the best installed models. Needs a face detector and
    a model for age and gender; head poses and bodies are used where their models are installed.

    Raises ``BadInput`` as ``find_model`` does, and ``openvino-missing`` or ``model-broken``.
    """
    model, path = find_model("age-gender", None, registry)
    ages = AgeGenderReader(model, path, threads=threads)
    poses = None
    if best_installed("head-pose", registry) is not None:
        poses = open_head_pose(threads=threads, registry=registry)
    bodies = None
    if "gender" in permitted and best_installed("person-attributes", registry) is not None:
        bodies = BodyReader(*find_model("person-attributes", None, registry), threads=threads)
    faces = open_faces(threads=threads, lowest_score=SURE_FACE, registry=registry)
    return PersonReader(faces, poses, ages, bodies, permitted=permitted)
