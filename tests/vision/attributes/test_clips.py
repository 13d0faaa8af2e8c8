"""On real people: what is said of them is what a person sees, or nothing is said."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from miseban.vision.attributes.judging import JudgeSettings, judge
from miseban.vision.attributes.looking import PersonReader
from miseban.vision.attributes.quality import Abstained
from miseban.vision.detectors import Detector
from miseban.vision.faces.face import Floats
from miseban.vision.pixels import Frame
from miseban.vocabulary.attributes import AGE_EDGES
from tests.shared import VIDEO, need
from tests.vision.attributes.people import (
    AISLE,
    CLASS,
    ONE_BY_ONE,
    PAUSE,
    POSES,
    WALKING,
    Seen,
    watch,
)
from tests.vision.detectors.conftest import clip, frame

SHORT = (PAUSE, WALKING, POSES, CLASS, AISLE)


@pytest.fixture(scope="module")
def seen(reader: PersonReader, detector: Detector) -> dict[str, list[Seen]]:
    return {name: watch(need(VIDEO / name), detector, reader) for name in SHORT}


def test_every_person_of_the_clips_was_looked_at(seen: dict[str, list[Seen]]) -> None:
    assert all(one.looks >= 5 for people in seen.values() for one in people)


def test_no_vote_contradicts_what_a_person_sees(seen: dict[str, list[Seen]]) -> None:
    settings, voted = JudgeSettings(), 0
    edges = {band: (low, high) for band, low, high in AGE_EDGES}
    for one in (one for people in seen.values() for one in people):
        vote = judge(one.moments, settings)
        gender, age = vote.value("gender"), vote.value("age")
        assert gender in (None, one.person.gender), one.person.name
        voted += gender is not None
        if age is not None:
            assert one.person.ages is not None, f"{one.person.name} has no face to read"
            low, high = next(span for band, span in edges.items() if band == age)
            assert one.person.ages[0] < high, one.person.name
            assert one.person.ages[1] >= low, one.person.name
        assert vote.value("expression") is None
    assert voted >= 4


def test_tiny_faces_abstain(seen: dict[str, list[Seen]]) -> None:
    for one in seen[CLASS]:
        assert set(one.abstained) == {Abstained.SMALL}
        assert judge(one.moments, JudgeSettings()).abstains


def test_who_leans_is_not_read(seen: dict[str, list[Seen]]) -> None:
    leaning = next(one for one in seen[POSES] if one.person.gender == "female")
    assert set(leaning.abstained) == {Abstained.TURNED}
    assert judge(leaning.moments, JudgeSettings()).abstains


def faces_only(reader: PersonReader) -> PersonReader:
    return PersonReader(reader._faces, reader._poses, reader._ages, None)


def biggest(detector: Detector, picture: Frame) -> Floats:
    boxes = detector.detect(picture).xyxy
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(boxes[int(np.argmax(area))])


@pytest.mark.parametrize("number", [687, 692, 857])
def test_profiles_abstain(number: int, reader: PersonReader, detector: Detector) -> None:
    """Large and sharp, and from the side: 45 to 70 pixels, found with a score above 0.8."""
    picture = frame(clip(need(VIDEO / ONE_BY_ONE), number)[-1], number)
    box = biggest(detector, picture)
    face = reader._face(picture, box, ())
    assert face is not None
    assert face.score > 0.75
    assert face.size > reader.limits.face_px
    assert faces_only(reader).look(picture, box) == (None, Abstained.TURNED)


def test_blurred_faces_abstain(reader: PersonReader, detector: Detector) -> None:
    image = clip(need(VIDEO / PAUSE), 38)[-1]
    for blur, expected in ((0.0, None), (2.5, Abstained.BLURRED)):
        picture = frame(image if not blur else np.asarray(cv2.GaussianBlur(image, (0, 0), blur)))
        box = min(detector.detect(picture).xyxy, key=lambda one: float(one[0]))  # at the left
        _, why = faces_only(reader).look(picture, box)
        assert why == expected


def test_a_face_belongs_to_the_nearest_head(reader: PersonReader, detector: Detector) -> None:
    """Three people shoulder to shoulder: no box lends its face to another."""
    picture = frame(clip(need(VIDEO / PAUSE), 38)[-1])
    boxes = list(detector.detect(picture).xyxy[:3])
    centres = []
    for i, box in enumerate(boxes):
        face = reader._face(picture, box, boxes[:i] + boxes[i + 1 :])
        assert face is not None
        centres.append(face.centre[0])
        assert box[0] < face.centre[0] < box[2]
    assert len({round(x / 20) for x in centres}) == 3
    alone = reader._face(picture, boxes[0] + np.array([0.0, 150.0, 0.0, 0.0]), boxes[1:])
    assert alone is None
