"""Faces are found where they are, by every registered detector, and heads point where they do."""

from __future__ import annotations

from math import hypot
from pathlib import Path

import numpy as np
import pytest

from miseban.vision.faces import Face, HeadPose, open_faces, open_head_pose
from miseban.vision.faces.opening import find_model
from miseban.vision.faces.ultralight import Ultralight
from miseban.vision.faces.yunet import YuNet
from miseban.vision.models.registry import load_registry
from miseban.vision.pixels import Pixels
from miseban.vocabulary.errors import BadInput, Failed
from tests.onnx_files import faulty
from tests.shared import MODELS, VIDEO, need
from tests.vision.attributes.people import PAUSE, POSES
from tests.vision.detectors.conftest import clip, frame, grey

DETECTORS = [m.name for m in load_registry().of_task("face-detection")]
# The middles of three faces in frame 38 of the clip, off an enlarged picture, and their heights.
FACES = [(78, 115, 68), (226, 104, 73), (374, 134, 72)]


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(need(MODELS)))


@pytest.mark.parametrize("name", DETECTORS)
def test_three_faces_and_no_other(name: str) -> None:
    if load_registry().find(name).runtime == "openvino":
        pytest.importorskip("openvino")
    try:
        detector = open_faces(name)
    except BadInput as error:
        if error.code == "model-missing":
            pytest.skip(str(error))
        raise
    found = detector.faces(frame(clip(need(VIDEO / PAUSE), 38)[-1]))
    assert len(found) == 3
    for x, y, height in FACES:
        near = min(found, key=lambda face: hypot(face.centre[0] - x, face.centre[1] - y))
        assert hypot(near.centre[0] - x, near.centre[1] - y) < 12
        assert near.size == pytest.approx(height, rel=0.3)
        assert near.score > 0.6
    assert detector.faces(Pixels(grey(200, 100))) == []


def test_points_lie_on_the_face() -> None:
    for face in open_faces("yunet-320").faces(frame(clip(need(VIDEO / PAUSE), 38)[-1])):
        assert face.points is not None
        assert (face.points >= face.xyxy[:2]).all()
        assert (face.points <= face.xyxy[2:]).all()
        left, right, nose, mouth_left, mouth_right = face.points
        assert left[0] < nose[0] < right[0]
        assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
        assert face.turn < 0.15  # all three look into the lens


def test_a_face_of_a_piece_lies_in_the_whole() -> None:
    points = np.array([[1.0, 2], [5, 2], [3, 4], [2, 6], [4, 6]])
    face = Face(np.array([0.0, 0, 6, 8]), 0.9, points)
    moved = face.moved(100, 50)
    assert moved.centre == (103, 54)
    assert moved.size == 8
    assert moved.turn == face.turn == 0
    assert (moved.points - points == [100, 50]).all()
    aside = Face(face.xyxy, 0.9, points + np.array([[0, 0], [0, 0], [2, 0], [0, 0], [0, 0]]))
    assert aside.turn == pytest.approx(0.5)
    assert Face(face.xyxy, 0.9).turn == 0


def test_heads_point_where_a_person_sees_them_point() -> None:
    """At the beginning of the clip the woman looks to the picture's left and the man a little to
    its right; later both lean to its left."""
    pytest.importorskip("openvino")
    reader, detector = open_head_pose(), open_faces("yunet-320")
    images = clip(need(VIDEO / POSES), 40)

    def poses(number: int) -> list[HeadPose]:
        picture = frame(images[number - 1])
        faces = sorted(detector.faces(picture), key=lambda face: face.centre[0])
        return [reader.pose(picture, face) for face in faces]

    woman, man = poses(1)
    assert -45 < woman.yaw_deg < -20
    assert 5 < man.yaw_deg < 30
    assert abs(man.roll_deg) < 15
    assert all(pose.roll_deg < -25 for pose in poses(40))


def test_angles_and_directions() -> None:
    assert HeadPose(0, 0, 30).direction == pytest.approx((0, 0, -1))
    assert HeadPose(90, 0, 0).direction == pytest.approx((1, 0, 0))
    assert HeadPose(0, 90, 0).direction == pytest.approx((0, 1, 0))
    assert HeadPose(10, 10, 90).looks_at_lens()
    assert not HeadPose(15, 15, 0).looks_at_lens()


def test_a_network_of_another_kind_is_refused() -> None:
    path = need(MODELS / "yolox_nano.onnx")
    for name, kind in (("yunet-320", YuNet), ("ultralight-rfb-320", Ultralight)):
        with pytest.raises(BadInput, match=r"expected one float32 input .*, found") as caught:
            kind(load_registry().find(name), path, threads=1, lowest_score=0.6)
        assert caught.value.code == "model-broken"


YUNET = {
    f"{kind}_{stride}": (320 * 320 // stride**2, columns)
    for stride in (8, 16, 32)
    for kind, columns in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10))
}
ULTRALIGHT = {"scores": (4420, 2), "boxes": (4420, 4)}


@pytest.mark.parametrize(
    ("name", "kind", "size", "tables", "bright"),
    [
        pytest.param("yunet-320", YuNet, (320, 320), YUNET, 200, id="yunet"),
        pytest.param(
            "ultralight-rfb-320", Ultralight, (320, 240), ULTRALIGHT, 0.5, id="ultralight"
        ),
    ],
)
def test_a_network_that_breaks_says_so_in_one_line(
    name: str,
    kind: type[YuNet] | type[Ultralight],
    size: tuple[int, int],
    tables: dict[str, tuple[int, int]],
    bright: float,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "net.onnx"

    def opened() -> YuNet | Ultralight:
        return kind(load_registry().find(name), path, threads=1, lowest_score=0.6)

    path.write_bytes(faulty(size, bright, tables))
    detector = opened()
    assert detector.faces(Pixels(grey(200, 200, 100))) == []
    with pytest.raises(Failed, match=r"net\.onnx: the network failed at run time: .*data bounds"):
        detector.faces(Pixels(grey(200, 200, 255)))

    path.write_bytes(faulty(size, bright, dict(list(tables.items())[1:])))
    with pytest.raises(BadInput, match=r"net\.onnx: expected outputs .*, found rows"):
        opened()
    *_, last = tables
    path.write_bytes(faulty(size, bright, tables | {last: (7, tables[last][1])}))
    with pytest.raises(BadInput, match=r"net\.onnx: cannot be run: expected output"):
        opened()
    path.write_bytes(faulty(size, -0.1 if bright < 1 else 100, tables))
    with pytest.raises(BadInput, match=r"net\.onnx: cannot be run: the network failed"):
        opened()
    assert capfd.readouterr() == ("", "")


def test_a_model_for_something_else_is_refused() -> None:
    with pytest.raises(BadInput, match="a model for head-pose"):
        find_model("head-pose", "yunet-320")


def test_without_a_model_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(tmp_path_factory.mktemp("none")))
    with pytest.raises(BadInput, match="a model for face-detection: none is installed"):
        open_faces()
