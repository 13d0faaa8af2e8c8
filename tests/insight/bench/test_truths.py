"""Clips with MOT rows, and drawn pictures, as truths to judge detectors on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.insight.bench.rendered import PEOPLE, rendered
from miseban.insight.bench.truths import clip, clips_at_hand, read_truth
from miseban.vision.detectors import Detections
from miseban.vision.models.accuracy import accuracy
from miseban.vocabulary.errors import BadInput
from tests.shared import SHARED, TRUTH, need

ROWS = """1,1,10,10,20,40,1,-1,-1
1,2,50,10,20,40,0,1,1
3,1,14,10,20,40,1,1,0.3
3,2,50,12,20,40,1,7,1

5,1,18,10,20,40
"""


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Six pictures, each of one grey: ten times its number."""
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (96, 64))
    for number in range(1, 7):
        writer.write(np.full((64, 96, 3), 10 * number, np.uint8))
    writer.release()
    return path


def truth_file(tmp_path: Path, text: str = ROWS) -> Path:
    path = tmp_path / "film.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_and_who_counts(tmp_path: Path) -> None:
    """A flag of 0 and another class count neither way; unknown visibility is taken for all."""
    rows = read_truth(truth_file(tmp_path))
    assert rows[:, 6].tolist() == [1.0, 0.0, 0.3, 0.0, 1.0]
    assert rows[0].tolist() == [1, 1, 10, 10, 20, 40, 1]


def test_each_picture_comes_with_its_own_boxes(video: Path, tmp_path: Path) -> None:
    truth = clip(video, truth_file(tmp_path), None)
    for _ in range(2):  # may be asked for again
        seen = list(truth.pictures())
        assert [frame.number for frame, _, _ in seen] == [1, 2, 3, 4, 5]
        greys = [float(frame.bgr.mean()) for frame, _, _ in seen]
        np.testing.assert_allclose(greys, [10, 20, 30, 40, 50], atol=2)
        assert [len(xyxy) for _, xyxy, _ in seen] == [2, 0, 2, 0, 1]
        assert seen[2][1][0].tolist() == [14, 10, 34, 50]
        assert seen[2][2].tolist() == [0.3, 0.0]
    some = clip(video, truth_file(tmp_path), 2)
    assert [frame.number for frame, _, _ in some.pictures()] == [1, 4]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "expected rows of frame,id", id="empty"),
        pytest.param("1,1,10,10,20,40\na,b", r"line 2: expected frame.*found 'a,b'", id="words"),
        pytest.param("1,1,10", "line 1: expected frame", id="too few"),
        pytest.param("0,1,10,10,20,40", "line 1: expected frame", id="frame 0"),
        pytest.param("1,1,10,10,0,40", "line 1: expected frame", id="no width"),
        pytest.param("1,1,nan,10,20,40", "line 1: expected frame", id="not a number"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, video: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        clip(video, truth_file(tmp_path, text))


JSON = """{"file": "film.avi", "frames_annotated": {
  "1": [{"id": 1, "box": [10, 10, 30, 50], "body_box": [12, 10, 30, 50]}],
  "4": [{"id": 1, "box": [14, 10, 34, 50]}, {"id": 2, "box": [50, 10, 70, 50]}]}}
"""


def test_a_file_that_lists_frames(tmp_path: Path, video: Path) -> None:
    """Numbered from 0; the frames it does not list are not judged, whoever is in them."""
    file = tmp_path / "film.json"
    file.write_text(JSON, encoding="utf-8")
    seen = list(clip(video, file).pictures())
    assert [frame.number for frame, _, _ in seen] == [2, 5]
    np.testing.assert_allclose([frame.bgr.mean() for frame, _, _ in seen], [20, 50], atol=2)
    assert seen[0][1].tolist() == [[10, 10, 30, 50]]
    assert seen[1][1].tolist() == [[14, 10, 34, 50], [50, 10, 70, 50]]
    assert [visibility.tolist() for _, _, visibility in seen] == [[1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("{", "as a whole: Invalid JSON", id="not JSON"),
        pytest.param("{}", "frames_annotated: Field required", id="another file"),
        pytest.param('{"frames_annotated": {}}', "expected boxes left, top", id="empty"),
        pytest.param(JSON.replace("[10, 10, 30, 50]", "[10, 10, 10, 50]"), "expected boxes left",
                     id="no width"),
        pytest.param(JSON.replace('"1":', '"-1":'), "frames_annotated.-1", id="frame -1"),
    ],
)  # fmt: skip
def test_a_file_of_frames_that_is_none(tmp_path: Path, video: Path, text: str, says: str) -> None:
    file = tmp_path / "film.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=says) as caught:
        clip(video, file)
    assert "\n" not in str(caught.value)


def test_a_file_of_another_clip(tmp_path: Path, video: Path) -> None:
    truth = clip(video, truth_file(tmp_path, "9,1,10,10,20,40"))
    with pytest.raises(BadInput, match=r"film\.txt: tells of frame 9, but film\.avi has 6"):
        list(truth.pictures())


def test_no_file(tmp_path: Path, video: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.txt: cannot be read: No such file"):
        clip(video, tmp_path / "none.txt")


def test_clips_of_the_shared_material(tmp_path: Path) -> None:
    assert clips_at_hand(tmp_path) == []
    need(TRUTH / "pets09_s2l1_first400_mot.txt")
    pets, aisle = (list(clip(*pair).pictures()) for pair in clips_at_hand(SHARED))
    assert len(pets) == 50
    assert sum(len(xyxy) for _, xyxy, _ in pets) > 250
    assert [frame.number for frame, _, _ in aisle] == list(range(1, 68, 6))
    assert sum(len(xyxy) for _, xyxy, _ in aisle) == 33


def test_drawn_pictures_are_the_same_each_time_and_their_truth_is_perfect() -> None:
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    truth = rendered(scenes=1)
    assert not truth.real
    first, (again, _, _) = list(truth.pictures()), next(truth.pictures())
    assert np.array_equal(first[0][0].bgr, again.bgr)
    assert len(first) == 6
    assert {frame.bgr.shape for frame, _, _ in first} == {(360, 640, 3)}
    visible = [int((visibility >= 0.5).sum()) for _, _, visibility in first]
    assert sum(visible) >= 12
    assert max(visible) <= PEOPLE
    told = [(Detections(x, np.linspace(0.9, 0.8, len(x))), x, v) for _, x, v in first]
    assert accuracy(told).ap50 == 1.0
