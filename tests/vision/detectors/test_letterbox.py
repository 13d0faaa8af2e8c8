"""The input blob against a plain way to make it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.detectors.letterbox import InputBuffer
from miseban.vision.models.registry import ModelInput
from tests.vision.detectors.conftest import frame

RNG = np.random.default_rng(7)


def noise(width: int, height: int) -> NDArray[np.uint8]:
    return RNG.integers(0, 256, (height, width, 3), np.uint8)


def plain(image: NDArray[np.uint8], spec: ModelInput) -> NDArray[np.float64]:
    """Step by step, in float64, without a buffer."""
    across, down = spec.size
    width, height = across, down
    if spec.resize == "letterbox":
        ratio = min(across / image.shape[1], down / image.shape[0])
        width, height = round(image.shape[1] * ratio), round(image.shape[0] * ratio)
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    whole = np.full((down, across, 3), 114.0)
    whole[:height, :width] = small
    if spec.colour == "rgb":
        whole = whole[:, :, ::-1]
    return ((whole - spec.mean) * spec.scale).transpose(2, 0, 1)[None]


@pytest.mark.parametrize("size", [(100, 100), (200, 50), (37, 91), (640, 360)])
@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(ModelInput(size=(64, 96), resize="letterbox"), id="letterbox"),
        pytest.param(ModelInput(size=(64, 96), resize="stretch"), id="stretch"),
        pytest.param(
            ModelInput(size=(64, 64), resize="letterbox", colour="rgb", scale=1 / 255,
                       mean=(10.0, 20.0, 30.0)),
            id="rgb, scaled",
        ),
    ],
)  # fmt: skip
def test_equals_the_plain_way(size: tuple[int, int], spec: ModelInput) -> None:
    image = noise(*size)
    blob, across, down = InputBuffer(spec).fill(frame(image))
    assert blob.dtype == np.float32
    np.testing.assert_allclose(blob, plain(image, spec), atol=1e-4)
    if spec.resize == "stretch":
        assert (across, down) == (size[0] / spec.size[0], size[1] / spec.size[1])
    else:  # one scale for both, but for rounding to whole pixels
        assert across == pytest.approx(down, rel=0.04)


def test_a_frame_of_another_shape_leaves_nothing_behind() -> None:
    spec = ModelInput(size=(64, 64), resize="letterbox")
    buffer = InputBuffer(spec)
    for image in (noise(64, 64), noise(64, 20), noise(20, 64), noise(64, 20)):
        np.testing.assert_array_equal(buffer.fill(frame(image))[0], plain(image, spec))


def test_the_frame_is_not_changed() -> None:
    image = noise(64, 48)
    before = image.copy()
    InputBuffer(ModelInput(size=(64, 64), resize="letterbox")).fill(frame(image))
    np.testing.assert_array_equal(image, before)
