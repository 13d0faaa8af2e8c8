"""The network, its loss, its training and its export. Needs PyTorch: `make train` has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs PyTorch and onnx, the extra `train`")
pytest.importorskip("onnx", reason="needs PyTorch and onnx, the extra `train`")

import onnx
import onnx.numpy_helper
import torch

from miseban.cli.app import run
from miseban.learn.detector.exporting import export, export_int8
from miseban.learn.detector.loss import detection_loss, predicted
from miseban.learn.detector.network import STRIDES, PersonNet, Shape
from miseban.learn.detector.samples import Material
from miseban.learn.detector.teacher import Features
from miseban.learn.detector.training import CHECKPOINT, Plan, averaged, checkpoint_of, train
from miseban.learn.pictures.folder import COLUMNS, TRUTH
from miseban.vision.detectors.onnx import open_session
from miseban.vocabulary.errors import BadInput, Failed
from tests.learn.test_samples import blob_folder
from tests.shared import MODELS, need

TINY = Shape(widths=(8, 8, 8, 16, 16), depths=(1, 1, 1), neck=16)


def numbers(path: Path) -> int:
    """Bytes of all weights, scales and offsets in a file."""
    weights = onnx.load(str(path)).graph.initializer
    return sum(onnx.numpy_helper.to_array(one).nbytes for one in weights)


def perfect(box: tuple[float, float, float, float], size: int = 128) -> list[torch.Tensor]:
    """Maps that say nothing but ``box``, from the cell of stride 16 at its middle."""
    maps = [torch.zeros(1, 5, size // s, size // s) for s in STRIDES]
    for each in maps:
        each[:, 4] = -9.0
    x1, y1, x2, y2 = box
    x, y, stride = (x1 + x2) / 2, (y1 + y2) / 2, 16
    column, row = int(x // stride), int(y // stride)
    cell = torch.tensor(
        [x / stride - column, y / stride - row, np.log((x2 - x1) / stride),
         np.log((y2 - y1) / stride), 9.0]
    )  # fmt: skip
    maps[1][0, :, row, column] = cell
    return maps


def test_the_right_box_costs_less_than_a_wrong_one() -> None:
    box = (40.0, 24.0, 72.0, 104.0)
    must = torch.tensor([[True]])
    there = torch.tensor([[box]])
    right = sum(v.item() for v in detection_loss(predicted(perfect(box)), there, must))
    aside = sum(
        v.item() for v in detection_loss(predicted(perfect((48.0, 40.0, 92.0, 120.0))), there, must)
    )
    assert right < 0.5 * aside


def test_finding_somebody_to_be_ignored_costs_nothing() -> None:
    box = (40.0, 24.0, 72.0, 104.0)
    there = torch.tensor([[box]])
    ignored = detection_loss(predicted(perfect(box)), there, torch.tensor([[False]]))
    invented = detection_loss(predicted(perfect(box)), torch.zeros(1, 1, 4), torch.tensor([[True]]))
    assert ignored[0].item() < 0.05 * invented[0].item()


def test_it_learns_goes_on_after_a_stop_and_is_exported(tmp_path: Path) -> None:
    """Boxes fit better after a hundred steps, of which the second half is another run."""
    material = Material(blob_folder(tmp_path))
    first: list[float] = []
    last: list[float] = []
    run, plan = tmp_path / "run", Plan(steps=100, workers=0)
    train(material, run, Plan(steps=50, workers=0), shape=TINY,
          report=lambda p: first.append(p.box_loss))  # fmt: skip
    net = train(material, run, plan, shape=TINY,
                report=lambda p: last.append(p.box_loss))  # fmt: skip
    assert len(first) == len(last) == 1  # the second run made fifty steps, not a hundred
    assert last[0] < 0.95 * first[0]
    again = averaged(run / CHECKPOINT)
    for one, two in zip(net.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, two)
    export(net, tmp_path / "net.onnx", (160, 128))
    session = open_session(tmp_path / "net.onnx", 1)
    pictures = np.random.default_rng(0).integers(0, 256, (1, 3, 128, 160)).astype(np.float32)
    rows = session.run(None, {"images": pictures})[0]
    with torch.no_grad():
        maps, _ = net.eval()(torch.from_numpy(pictures))
    mine = torch.cat([m.flatten(2) for m in maps], 2)[0].T.numpy()
    assert rows.shape == (1, len(mine), 6)
    assert np.abs(rows[0, :, :4] - mine[:, :4]).max() < 0.05
    assert np.abs(rows[0, :, 5] - 1 / (1 + np.exp(-mine[:, 4]))).max() < 0.01
    export_int8(net, tmp_path / "int8.onnx", material, (160, 128))
    small = open_session(tmp_path / "int8.onnx", 1).run(None, {"images": pictures})[0]
    assert np.abs(small[0, :, 5] - rows[0, :, 5]).max() < 0.1
    # A network this small is mostly graph: it is its numbers that have become fewer bytes.
    assert numbers(tmp_path / "int8.onnx") < 0.6 * numbers(tmp_path / "net.onnx")
    assert not list(tmp_path.glob("*.new"))


def test_another_shape_does_not_go_on_from_a_checkpoint(tmp_path: Path) -> None:
    material = Material(blob_folder(tmp_path))
    train(material, tmp_path / "run", Plan(steps=1, workers=0), shape=TINY)
    with pytest.raises(BadInput, match=r"checkpoint\.pt"):
        train(material, tmp_path / "run", Plan(steps=2, workers=0))


def test_a_checkpoint_of_another_run_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    folder, teacher = tmp_path / "run", tmp_path / "teacher.onnx"
    train(Material(blob_folder(tmp_path)), folder, Plan(steps=1, workers=0), shape=TINY)
    assert checkpoint_of(folder, 0, None, TINY) is not None
    teacher.write_bytes(b"another network")
    for seed, taught, said in ((1, None, "seed 0"), (0, teacher, "teacher None")):
        with pytest.raises(BadInput, match=rf"checkpoint\.pt: made with {said}") as wrong:
            checkpoint_of(folder, seed, taught, TINY)
        assert wrong.value.code == "other-checkpoint"
    whole = (folder / CHECKPOINT).read_bytes()
    torch.save([1, 2], tmp_path / "list.pt")
    for damaged in (
        b"",
        whole[: len(whole) // 2],
        b"no pickle",
        (tmp_path / "list.pt").read_bytes(),
    ):
        (folder / CHECKPOINT).write_bytes(damaged)
        with pytest.raises(BadInput, match="damaged"):
            checkpoint_of(folder, 0, None, TINY)


def test_a_picture_that_goes_away_meanwhile_is_one_line(tmp_path: Path) -> None:
    pictures = blob_folder(tmp_path)
    for picture in pictures:
        picture.path.unlink()
    with pytest.raises(Failed, match=r"^training: .*\.png: cannot be read as a picture$"):
        train(Material(pictures), tmp_path / "run", Plan(steps=1, workers=1), shape=TINY)


@pytest.mark.parametrize("wrong", ["picture", "teacher", "no network", "checkpoint"])
def test_what_cannot_be_used_is_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], wrong: str
) -> None:
    (picture, *_) = blob_folder(tmp_path, 1)
    (tmp_path / TRUTH).write_text(f"{','.join(COLUMNS)}\n{picture.path.name},,,,,\n", "utf-8")
    words, says = [], ""
    if wrong == "picture":
        picture.path.write_bytes(picture.path.read_bytes()[:20])
        says = f"{picture.path}: cannot be read as a picture"
    elif wrong == "teacher":
        words, says = ["--teacher", "person-small"], "expected a YOLOX network"
    elif wrong == "no network":
        words, says = ["--teacher", "motion"], "motion: expected a YOLOX network, found no network"
    else:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / CHECKPOINT).write_bytes(b"no checkpoint")
        says = "checkpoint.pt: damaged"
    folders = ["--pictures", str(tmp_path), "--out", str(tmp_path / "out")]
    assert run(["learn", "train", "detector", *folders, "--steps", "1", *words]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert says in line


def test_the_teacher_shows_features_of_every_stride() -> None:
    features = Features(need(MODELS / "yolox_nano.onnx"))
    seen = features.of(np.zeros((2, 3, 64, 96), np.float32))
    assert [s.shape for s in seen] == [(2, 128, 64 // s, 96 // s) for s in STRIDES]


def test_a_file_that_is_no_yolox_network_is_no_teacher(tmp_path: Path) -> None:
    export(PersonNet(TINY).eval(), tmp_path / "net.onnx", (64, 64))
    with pytest.raises(BadInput, match="YOLOX"):
        Features(tmp_path / "net.onnx")
