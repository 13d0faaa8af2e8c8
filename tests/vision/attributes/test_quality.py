"""What is asked of a picture before anything is read from it, without a network."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.attributes.quality import (
    Abstained,
    Limits,
    body_abstains,
    face_abstains,
    face_quality,
    pose_abstains,
    sharpness,
)
from miseban.vision.faces import Face, HeadPose

LIMITS = Limits()
FRONT = HeadPose(0, 0, 0)


def face(size: float = 80, turn: float = 0.0, *, points: bool = True) -> Face:
    eyes = np.array([[20.0, 30], [60, 30], [40 + 40 * turn, 50], [25, 65], [55, 65]])
    box = np.array([0.0, 0, 0.8 * size, size])
    return Face(box, 0.9, eyes * size / 80 if points else None)


@pytest.mark.parametrize(
    ("seen", "detail", "pose", "why"),
    [
        pytest.param(face(), 0.1, FRONT, None, id="good"),
        pytest.param(face(39), 0.1, FRONT, Abstained.SMALL, id="small"),
        pytest.param(face(), 0.02, FRONT, Abstained.BLURRED, id="blurred"),
        pytest.param(face(turn=0.5), 0.1, FRONT, Abstained.TURNED, id="in profile by its points"),
        pytest.param(face(), 0.1, HeadPose(40, 0, 0), Abstained.TURNED, id="to the side"),
        pytest.param(face(), 0.1, HeadPose(-40, 0, 0), Abstained.TURNED, id="to the other"),
        pytest.param(face(), 0.1, HeadPose(0, 50, 0), Abstained.TURNED, id="down"),
        pytest.param(face(), 0.1, HeadPose(0, 0, -40), Abstained.TURNED, id="leaning"),
        pytest.param(face(), 0.1, None, None, id="its points tell"),
        pytest.param(face(points=False), 0.1, FRONT, None, id="its pose tells"),
        pytest.param(face(points=False), 0.1, None, Abstained.TURNED, id="nothing tells"),
    ],
)
def test_faces(seen: Face, detail: float, pose: HeadPose | None, why: Abstained | None) -> None:
    assert (face_abstains(seen, detail, LIMITS) or pose_abstains(seen, pose, LIMITS)) == why


@pytest.mark.parametrize(
    ("box", "why"),
    [
        pytest.param((100, 50, 180, 300), None, id="good"),
        pytest.param((100, 50, 150, 200), Abstained.SMALL, id="narrow"),
        pytest.param((100, 50, 300, 300), Abstained.CUT, id="sits, or is cut at the waist"),
        pytest.param((100, 10, 160, 350), Abstained.CUT, id="a pole"),
        pytest.param((5, 50, 85, 300), Abstained.CUT, id="at the left edge"),
        pytest.param((550, 50, 630, 300), Abstained.CUT, id="at the right edge"),
    ],
)
def test_bodies(box: tuple[float, ...], why: Abstained | None) -> None:
    assert body_abstains(np.array(box, float), 640, LIMITS) == why


def test_blur_takes_sharpness_and_brightness_does_not() -> None:
    rng = np.random.default_rng(3)
    patches = rng.integers(60, 120, (5, 5, 3), np.uint8)  # as large as eyes and mouth are
    rough: NDArray[np.uint8] = np.kron(patches, np.ones((16, 16, 1), np.uint8))
    soft = [np.asarray(cv2.GaussianBlur(rough, (0, 0), s), np.uint8) for s in (1.0, 2.0, 4.0)]
    found = [sharpness(image) for image in (rough, *soft)]
    assert found[0] > 2 * found[1]
    assert found[0] > 3 * LIMITS.sharpness
    assert max(found[2:]) < LIMITS.sharpness
    bright = np.asarray(np.clip(rough.astype(int) * 2, 0, 255), np.uint8)
    assert sharpness(bright) == pytest.approx(found[0], rel=0.05)
    assert sharpness(np.full((40, 40, 3), 90, np.uint8)) == 0


def test_better_moments_are_larger_sharper_and_more_frontal() -> None:
    def quality(size: float = 60, detail: float = 0.06, yaw: float = 0.0) -> float:
        return face_quality(face(size), detail, HeadPose(yaw, 0, 0), LIMITS)

    assert quality(80) > quality(60)
    assert quality(detail=0.08) > quality(detail=0.06)
    assert quality(yaw=0) > quality(yaw=20) > quality(yaw=-30)
    assert 0 <= quality() <= 1
    assert quality(500, 5.0) == 1
