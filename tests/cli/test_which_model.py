"""Which detector ``analyze`` takes, what it says of it, and what it does when one fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.cli.app import run
from miseban.vision.detectors import Detector, open_detector
from miseban.vision.models.budget import Budget
from miseban.vision.models.choice import Choice, choices_file, record
from miseban.vision.models.measured import Measured
from miseban.vision.models.store import file_hash
from miseban.vocabulary.summary import Summary
from tests.cli.footage import FPS, SHOP, SIZE, film, shop_file
from tests.onnx_files import FLOAT, detector, faulty, node, onnx_file

Capture = pytest.CaptureFixture[str]

REGISTRY = """
[[model]]
name = "{name}"
task = "person-detection"
rank = {rank}
licence = "MIT"
source = "made by this test"
runtime = "onnxruntime"
decoding = "yolox-one-class"
input = {{ size = [64, 64], resize = "stretch" }}
[[model.file]]
name = "{name}.onnx"
size = {size}
sha256 = "{sha256}"
"""
SOMEBODY = [(9, (0.5, 0.5, 1.0, 1.0, 0.9, 0.9))]

BAD = {
    "faulty": faulty(),
    "text": b"this is no network",
    "misfit": detector(columns=85),
    "magic": onnx_file(
        [node("Telepathy", ["pictures"], "rows")], [],
        ((1, 3, 64, 64), FLOAT), ((1, 84, 6), FLOAT),
    ),
}  # fmt: skip


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with models of its own: "best" ranked above "good", and bad ones, unranked."""
    folder, text = tmp_path / "models", ""
    folder.mkdir()
    bodies = {"best": detector(found=SOMEBODY), "good": detector(), **BAD}
    for (name, body), rank in zip(bodies.items(), (98, 97, *([0] * len(BAD))), strict=True):
        path = folder / f"{name}.onnx"
        path.write_bytes(body)
        text += REGISTRY.format(name=name, rank=rank, size=len(body), sha256=file_hash(path))
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("MISEBAN_MODELS", str(folder))
    monkeypatch.setenv("MISEBAN_REGISTRY", str(tmp_path / "own.toml"))
    return folder


def chosen(name: str, runtime: str = "onnxruntime") -> Choice:
    measured = Measured(
        name=name, runtime=runtime, threads=1, frames=9, ms_per_frame=8, processor_ms_per_frame=8,
        cores=1, camera_processor_ms=9, peak_mb=200,
    )  # fmt: skip
    when = datetime(2026, 3, 1, 9, tzinfo=UTC)
    return Choice(
        measured=measured, budget=Budget(fps=5, cores=1), chosen=when, machine="two cores"
    )


def used(video: Path, tmp_path: Path, *more: str) -> Summary:
    out = tmp_path / "out"
    assert run(["analyze", str(video), "--out", str(out), *more]) == 0
    return Summary.model_validate_json((out / "summary.json").read_text("utf-8"))


def test_who_wins(models: Path, tmp_path: Path, capsys: Capture) -> None:
    """--model, then the shop file, then the recorded choice, then the best at hand."""
    video, shop = film(tmp_path / "film.avi", seconds=1), shop_file(tmp_path)
    with_shop = ("--shop", str(shop))
    assert used(video, tmp_path).model == "best"
    assert used(video, tmp_path, *with_shop).model == "best"
    record(shop, "door", chosen("good"))
    capsys.readouterr()
    assert used(video, tmp_path, *with_shop).model == "good"
    told = capsys.readouterr().err
    assert "model: good@onnxruntime, chosen on 2026-03-01 for fps=5,cores=1" in told
    assert str(choices_file(shop)) in told
    shop_file(tmp_path, SHOP.replace("fps = 10", 'fps = 10\nmodel = "best"'))
    assert used(video, tmp_path, *with_shop).model == "best"
    assert used(video, tmp_path, *with_shop, "--model", "good").model == "good"
    assert used(video, tmp_path).model == "best"  # without the shop file nothing is recorded


def test_a_recorded_runtime_is_used_and_named(models: Path, tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="needs the extra openvino")
    video, shop = film(tmp_path / "film.avi", seconds=1), shop_file(tmp_path)
    record(shop, "door", chosen("good", "openvino"))
    assert used(video, tmp_path, "--shop", str(shop)).model == "good@openvino"


def test_threads_are_those_it_was_measured_with(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, shop = film(tmp_path / "film.avi", seconds=1), shop_file(tmp_path)
    one = chosen("good")
    measured = one.measured.model_copy(update={"threads": 2})
    record(shop, "door", one.model_copy(update={"measured": measured}))
    seen: list[int] = []

    def opened(name: str, *, threads: int, closer: bool) -> Detector:
        seen.append(threads)
        return open_detector(name, threads=threads, closer=closer)

    monkeypatch.setattr("miseban.cli.analyze.open_detector", opened)
    for words in ((), ("--threads", "3"), ("--model", "good")):
        used(video, tmp_path, "--shop", str(shop), *words)
    assert seen == [2, 3, 1]


def test_a_chosen_model_that_is_gone(models: Path, tmp_path: Path, capsys: Capture) -> None:
    video, shop = film(tmp_path / "film.avi", seconds=1), shop_file(tmp_path)
    record(shop, "door", chosen("good"))
    (models / "good.onnx").unlink()
    out = tmp_path / "out"
    assert run(["analyze", str(video), "--out", str(out), "--shop", str(shop)]) == 2
    assert "get it with: miseban models pull good" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("{", "as a whole: Invalid JSON", id="not JSON"),
        pytest.param('{"schema": 2}', "schema: Input should be 1", id="another schema"),
        pytest.param('{"cameras": {"door": {}}}', r"cameras.door.measured: Field", id="a hole"),
    ],
)
def test_a_record_that_cannot_be_read(
    models: Path, tmp_path: Path, capsys: Capture, text: str, says: str
) -> None:
    video, shop = film(tmp_path / "film.avi", seconds=1), shop_file(tmp_path)
    choices_file(shop).write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    assert run(["analyze", str(video), "--out", str(out), "--shop", str(shop)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{choices_file(shop)}: {says}" in line
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("text", "text.onnx: ONNX Runtime cannot read it", id="no network"),
        pytest.param("misfit", "expected float32 output [1, 84, 6], found [1, 84, 85]", id="shape"),
        pytest.param("magic", "Telepathy", id="an operator nobody knows"),
    ],
)
@pytest.mark.parametrize("command", ["analyze", "bench"])
def test_a_bad_model_is_one_line(
    models: Path, tmp_path: Path, capfd: Capture, name: str, says: str, command: str
) -> None:
    out = tmp_path / "out"
    if command == "analyze":
        video = film(tmp_path / "film.avi", seconds=1)
        status = run(["analyze", str(video), "--out", str(out), "--model", name])
    else:
        status = run(["models", "bench", f"{name}@onnxruntime", "--no-accuracy"])
    assert status == 2
    printed = capfd.readouterr()
    (line,) = printed.err.splitlines()
    assert says in line
    assert printed.out == ""
    assert not out.exists()


def brightening(path: Path, bright_from_s: float) -> Path:
    """Two seconds of a grey floor, white from a moment on."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    for n in range(int(2 * FPS)):
        value = 250 if n / FPS >= bright_from_s else 90
        writer.write(np.full((SIZE[1], SIZE[0], 3), value, np.uint8))
    writer.release()
    return path


def test_a_detector_that_fails_half_way_keeps_what_came_before(
    models: Path, tmp_path: Path, capfd: Capture
) -> None:
    video, out = brightening(tmp_path / "film.avi", 1.0), tmp_path / "out"
    assert run(["analyze", str(video), "--out", str(out), "--model", "faulty"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert "faulty: the network failed at run time: " in line
    assert line.endswith(f"what came before is in {out}")
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["frames"] == 10
    assert summary["duration_s"] == pytest.approx(1.0)
    assert summary["incomplete"].startswith("faulty: the network failed")
    assert "Traceback" not in line


def test_a_detector_that_fails_at_once_leaves_nothing(
    models: Path, tmp_path: Path, capfd: Capture
) -> None:
    video, out = brightening(tmp_path / "film.avi", 0.0), tmp_path / "out"
    assert run(["analyze", str(video), "--out", str(out), "--model", "faulty"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "faulty: the network failed at run time: " in line
    assert not out.exists()
