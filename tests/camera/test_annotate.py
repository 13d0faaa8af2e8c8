"""The annotated video shows the empty place, and people as mosaics only."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.camera.annotate import AnnotatedVideo, Counters, write_annotated
from miseban.camera.drawing import Overlay
from miseban.camera.mosaic import ENLARGE, LEAST_BLOCK, show_people_as_mosaic
from miseban.vision.pixels import Image
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.tracks import TrackRows
from tests.camera.clip import ClipSource, moving_boxes
from tests.insight.sample import START as SAMPLE_START
from tests.insight.sample import Maker
from tests.shared import MODELS, need

CLIP = "intel_one_by_one_person.mp4"
FIRST, LAST = 95, 124  # somebody stands at the table
TOKYO = ZoneInfo("Asia/Tokyo")


def read(path: Path) -> list[Image]:
    capture = cv2.VideoCapture(str(path))
    frames: list[Image] = []
    while True:
        ok, image = capture.read()
        if not ok:
            return frames
        frames.append(np.asarray(image, np.uint8))


def rows_of(boxes: dict[int, NDArray[np.float64]]) -> TrackRows:
    frame = np.array([n for n, found in boxes.items() for _ in found], np.int64)
    n = len(frame)
    xyxy = np.vstack([np.empty((0, 4)), *boxes.values()])
    return TrackRows((frame - 1) / 10, np.full(n, 4711, np.int64), xyxy, np.ones(n), frame)


@pytest.fixture(scope="module")
def scene() -> tuple[Image, dict[int, NDArray[np.float64]], list[Image]]:
    """The empty room, the boxes and the frames of the stretch."""
    with ClipSource(CLIP, last=1) as source:
        empty = next(iter(source.frames())).bgr
    with ClipSource(CLIP, FIRST, LAST) as source:
        frames = {frame.number: frame.bgr for frame in source.frames()}
    boxes = {number: moving_boxes(image, empty) for number, image in frames.items()}
    return empty, boxes, list(frames.values())


def annotate(
    path: Path,
    scene: tuple[Image, dict[int, NDArray[np.float64]], list[Image]],
    *,
    missed: bool = False,
    overlay: Overlay | None = None,
) -> list[Image]:
    empty, boxes, _ = scene
    write_annotated(
        path,
        lambda: ClipSource(CLIP, FIRST, LAST),
        TrackRows.empty() if missed else rows_of(boxes),
        detections={},
        background=empty,
        overlay=overlay or Overlay(),
        events=[],
        last_frame=LAST,
        fps=10.0,
        zone=TOKYO,
    )
    return read(path)


def faces(images: list[Image], score: float) -> int:
    model = need(MODELS / "yunet_n_640_640.onnx")
    height, width = images[0].shape[:2]
    detector = cv2.FaceDetectorYN.create(str(model), "", (width, height), score)
    found = (detector.detect(image)[1] for image in images)
    return sum(len(rows) for rows in found if rows is not None)


@pytest.mark.parametrize("missed", [False, True], ids=["found", "missed by the detector"])
def test_outside_the_boxes_is_the_empty_place(
    tmp_path: Path,
    scene: tuple[Image, dict[int, NDArray[np.float64]], list[Image]],
    missed: bool,
) -> None:
    empty, boxes, frames = scene
    written = annotate(tmp_path / "annotated.mp4", scene, missed=missed)

    assert len(written) == len(frames) == LAST - FIRST + 1
    for number, image in zip(boxes, written, strict=True):
        outside = np.ones(image.shape[:2], np.bool_)
        outside[-24:, :240] = False  # the clock
        for x1, y1, x2, y2 in [] if missed else boxes[number]:
            dx, dy = ENLARGE * (x2 - x1) + 20, ENLARGE * (y2 - y1) + 20  # and the number's plate
            outside[max(0, int(y1 - dy)) : int(y2 + dy), max(0, int(x1 - dx)) : int(x2 + dx)] = (
                False
            )
        assert outside.mean() > 0.3
        difference = cv2.blur(cv2.absdiff(image, empty), (8, 8)).max(axis=2)
        assert difference[outside].max() < 20  # the codec's, not a person's


def test_nobody_can_be_recognised(
    tmp_path: Path, scene: tuple[Image, dict[int, NDArray[np.float64]], list[Image]]
) -> None:
    written = annotate(tmp_path / "annotated.mp4", scene)

    assert faces(written, 0.3) == 0


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(*[st.floats(-80, 200, allow_nan=False)] * 2),
    st.tuples(*[st.floats(0, 200, allow_nan=False)] * 2),
)
def test_no_pixel_of_the_frame_is_copied(
    seed: int, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    """Noise of large contrast in, only means of blocks out: they are far from any extreme."""
    frame = np.random.default_rng(seed).choice(np.array([0, 255], np.uint8), size=(96, 128, 3))
    place = np.full((96, 128, 3), 128, np.uint8)
    box = np.array([[*corner, corner[0] + size[0], corner[1] + size[1]]])

    shown = show_people_as_mosaic(place, frame, box)

    # The mean of 64 coin tosses of 0 or 255 has a spread of 16: 90 is more than five of them.
    assert np.abs(shown.astype(int) - 128).max() <= 100
    assert np.shares_memory(shown, place) is False


def test_blocks_are_coarse() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (400, 400, 3)).astype(np.uint8)
    place = np.zeros((400, 400, 3), np.uint8)

    shown = show_people_as_mosaic(place, frame, np.array([[100.0, 50.0, 220.0, 350.0]]))

    row = shown[200, 100:220].astype(int)
    changes = int((np.abs(np.diff(row, axis=0)).max(axis=1) > 0).sum())
    assert 1 <= changes <= 6
    tiny = show_people_as_mosaic(place, frame, np.array([[10.0, 10.0, 15.0, 15.0]]))
    assert not tiny.any(), f"less than {LEAST_BLOCK} pixels give no block"


def test_private_zones_and_labels_are_drawn(
    tmp_path: Path, scene: tuple[Image, dict[int, NDArray[np.float64]], list[Image]]
) -> None:
    overlay = Overlay(
        {"door": [(700, 0), (700, 431)]},
        {"table": [(300, 300), (600, 300), (600, 400)]},
        [[(20, 20), (120, 20), (120, 120), (20, 120)]],
    )
    written = annotate(tmp_path / "annotated.mp4", scene, overlay=overlay)

    assert np.abs(written[-1][40:100, 40:100].astype(int) - 200).max() < 12
    plain = annotate(tmp_path / "plain.mp4", scene)
    changed = cv2.absdiff(written[-1], plain[-1]).max(axis=2) > 60
    assert changed[:, 695:705].any()
    assert changed[295:305, 310:590].any()


def test_counters_follow_the_events() -> None:
    maker = Maker()
    maker.cross(10, "a", "in", "door")
    maker.cross(20, "b", "out", "door")
    maker.stay(15, 10, "a", "table")
    counters = Counters(maker.events, Overlay({"door": []}, {"table": []}))

    def at(seconds: float) -> dict[str, str]:
        return counters.labels(SAMPLE_START + timedelta(seconds=seconds))

    assert at(9) == {"door": "door  in 0  out 0", "table": "table  0"}
    assert at(15) == {"door": "door  in 1  out 0", "table": "table  1"}
    assert at(30) == {"door": "door  in 1  out 1", "table": "table  0"}


def test_an_interrupted_video_leaves_nothing(tmp_path: Path) -> None:
    video = AnnotatedVideo(tmp_path / "annotated.mp4", (64, 48), 10.0)
    video.write(np.zeros((48, 64, 3), np.uint8))

    video.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"annotated\.mp4"):
        AnnotatedVideo(tmp_path / "missing" / "annotated.mp4", (64, 48), 10.0)
