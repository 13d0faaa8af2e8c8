"""``miseban models bench``: what it measures, what it picks, and where it writes that down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from miseban.cli import models_bench
from miseban.cli.app import run
from miseban.insight.bench.rendered import at_hand
from miseban.vision.models import store
from miseban.vision.models.choice import choices_file, recorded
from miseban.vocabulary.summary import Summary
from tests.cli.footage import film, shop_file
from tests.cli.test_which_model import models
from tests.shared import MODELS, SHARED, TRUTH, need

__all__ = ["models"]  # the fixture
Capture = pytest.CaptureFixture[str]
QUICK = ("--seconds", "0.1", "--image-size", "160x120")


@pytest.fixture(autouse=True)
def _nothing_beside_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("MISEBAN_SHARED", str(tmp_path / "nothing"))
    # Drawing takes longer than all else together: only the last test does it.
    monkeypatch.setattr(models_bench, "at_hand", lambda: False)


def bench(capsys: Capture, *words: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["models", "bench", *QUICK, "--json", *words]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: Capture, *words: str) -> str:
    capsys.readouterr()
    assert run(["models", "bench", *QUICK, *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def marked(tmp_path: Path) -> str:
    """A clip of 64x64 pictures and its truth: one person, whom ``SOMEBODY`` finds in each."""
    video = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 5, (64, 64))
    for _ in range(4):
        writer.write(np.full((64, 64, 3), 90, np.uint8))
    writer.release()
    # Row 9 is column 1, line 1 at stride 8; exp(1) * 8 = 21.7 pixels wide and high.
    rows = "".join(f"{n},1,1.2,1.2,21.7,21.7,1,-1,-1\n" for n in range(1, 5))
    (tmp_path / "clip.txt").write_text(rows, encoding="utf-8")
    return f"{video}={tmp_path / 'clip.txt'}"


def whitening(tmp_path: Path, pictures: int) -> str:
    """A clip in which "faulty" dies, and its truth: one person in every picture."""
    video = tmp_path / "white.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 5, (64, 64))
    for _ in range(pictures):
        writer.write(np.full((64, 64, 3), 250, np.uint8))
    writer.release()
    rows = "".join(f"{n + 1},1,1.2,1.2,21.7,21.7,1,-1,-1\n" for n in range(pictures))
    (tmp_path / "white.txt").write_text(rows, encoding="utf-8")
    return f"{video}={tmp_path / 'white.txt'}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("yolox-nano",), "not installed in", id="without the file"),
        pytest.param(("yolox-nanu",), "not a registered model", id="typo"),
        pytest.param(("motion@openvino",), "expected built-in behind the @", id="runtime"),
        pytest.param(("motion", "--image-size", "0x50"), "found '0x50'", id="size"),
        pytest.param(("motion", "--image-size", "50"), "WIDTHxHEIGHT", id="one side"),
        pytest.param(("motion", "--video", "no.mp4"), "no.mp4: expected a video", id="no video"),
        pytest.param(("motion", "--video", __file__), "found nothing readable", id="not a video"),
        pytest.param(("motion", "--truth", "a.mp4"), "expected VIDEO=FILE", id="truth"),
        pytest.param(("motion", "--truth", f"{__file__}=no.txt"), "no.txt: cannot be", id="no MOT"),
        pytest.param(("motion", "--budget", "fps=x"), "--budget: fps: expected a num", id="budget"),
        pytest.param(("motion", "--camera", "door"), "--budget, --shop and --camera", id="no shop"),
    ],
)
def test_refused(capsys: Capture, words: tuple[str, ...], says: str) -> None:
    assert says in refused(capsys, *words)


def test_refused_with_a_shop(tmp_path: Path, capsys: Capture) -> None:
    shop = str(shop_file(tmp_path))
    assert "--shop: expected --budget" in refused(capsys, "motion", "--shop", shop)
    line = refused(capsys, "motion", "--budget", "fps=5", "--shop", shop, "--camera", "roof")
    assert "roof" in line
    assert "door" in line
    assert not choices_file(Path(shop)).exists()


def test_on_a_video(tmp_path: Path, capsys: Capture) -> None:
    video = film(tmp_path / "film.avi", seconds=1)
    found = bench(capsys, "motion", "--video", str(video), "--seconds", "60")
    (result,) = found["results"]
    assert result["name"] == "motion"
    assert result["frames"] == 7  # ten, less three to warm up
    assert 0 < result["processor_ms_per_frame"] <= result["camera_processor_ms"] + 1
    assert 0 < result["ms_per_frame"] < 2000
    assert 50 < result["peak_mb"] < 400
    assert result["scores"] == []  # what looks straight down is not judged on what does not
    assert found["choice"] is None


def test_a_clip_of_ones_own(models: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ("best@onnxruntime", "good@onnxruntime", "--truth", marked(tmp_path))
    best, good = bench(capsys, *words)["results"]
    (clip,) = [score for score in best["scores"] if score["real"]]
    assert clip == {
        "truth": "clip", "real": True, "pictures": 4, "people": 4, "ap50": 1.0, "recall_p70": 1.0,
    }  # fmt: skip
    assert [score["ap50"] for score in good["scores"] if score["real"]] == [0.0]


def test_every_runtime_is_measured(models: Path, capsys: Capture) -> None:
    pytest.importorskip("openvino", reason="needs the extra openvino")
    found = bench(capsys, "good", "--no-accuracy")
    assert [(r["name"], r["runtime"]) for r in found["results"]] == [
        ("good", "onnxruntime"),
        ("good", "openvino"),
    ]
    assert all(result["processor_ms_per_frame"] > 0 for result in found["results"])


def test_a_choice_is_recorded_and_used(models: Path, tmp_path: Path, capsys: Capture) -> None:
    shop, video = shop_file(tmp_path), film(tmp_path / "film.avi", seconds=1)
    before = shop.read_bytes()
    found = bench(
        capsys, "good@onnxruntime", "best@onnxruntime", "--truth", marked(tmp_path),
        "--budget", "cores=4,ram_mb=2000", "--shop", str(shop), "--camera", "door",
    )  # fmt: skip
    choice = recorded(shop, "door")
    assert choice is not None
    assert choice.model_dump(mode="json") == found["choice"]
    assert choice.model == "best@onnxruntime"
    assert choice.budget.fps == 10  # the camera's, where the budget does not say
    assert choice.measured.real_ap50 == 1.0
    assert "cores" in choice.machine
    assert shop.read_bytes() == before
    out = tmp_path / "out"
    assert run(["analyze", str(video), "--out", str(out), "--shop", str(shop)]) == 0
    assert Summary.model_validate_json((out / "summary.json").read_text("utf-8")).model == "best"
    bench(
        capsys, "good@onnxruntime", "--no-accuracy", "--budget", "ram_mb=2000",
        "--shop", str(shop), "--camera", "door",
    )  # fmt: skip
    assert run(["analyze", str(video), "--out", str(out), "--shop", str(shop)]) == 0
    assert Summary.model_validate_json((out / "summary.json").read_text("utf-8")).model == "good"


def test_a_budget_nothing_can_meet(models: Path, tmp_path: Path, capsys: Capture) -> None:
    shop = shop_file(tmp_path)
    words = ("good@onnxruntime", "--no-accuracy", "--budget", "ram_mb=5", "--shop", str(shop))
    assert run(["models", "bench", *QUICK, *words]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert "--budget: nothing installed fits fps=10,ram_mb=5; nearest is good@onnxruntime" in line
    assert "fits" in printed.out  # the table tells what each takes
    assert recorded(shop, "door") is None
    assert bench(capsys, *words, status=2)["choice"] is None


def test_what_is_never_taken_unasked_is_not_chosen(
    models: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is installed is measured, but what cannot be used, which is told; "motion" is the
    cheapest, and needs to be named."""
    monkeypatch.setattr(store, "runs_here", lambda one: one != "openvino")
    assert run(["models", "bench", *QUICK, "--json", "--no-accuracy", "--budget", "fps=1"]) == 0
    printed = capsys.readouterr()
    assert [line.split(":")[0] for line in printed.err.splitlines()] == ["left out"] * 3
    found = json.loads(printed.out)
    names = [result["name"] for result in found["results"]]
    assert names[:2] == ["best", "good"]
    assert {"person-small", "motion", "faulty"} <= set(names)
    assert found["choice"]["measured"]["name"] == "best"  # by its rank
    named = bench(capsys, "motion", "--budget", "fps=1")
    assert named["choice"]["measured"]["name"] == "motion"


def test_the_table(models: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ("best@onnxruntime", "--truth", marked(tmp_path), "--budget", "fps=2")
    assert run(["models", "bench", *QUICK, *words]) == 0
    printed = capsys.readouterr().out.splitlines()
    head = " ".join(printed[0].split())
    assert head.startswith(
        "model runtime ms processor ms cores busy camera ms MB clip AP50 / recall"
    )
    assert printed[1].split()[:2] == ["best", "onnxruntime"]
    assert "1.00 / 1.00" in printed[1]
    assert printed[-1].startswith("chosen for fps=2: best@onnxruntime, ")


def test_a_fault_while_it_is_judged_is_one_line(
    models: Path, tmp_path: Path, capfd: Capture
) -> None:
    words = ("faulty@onnxruntime", "--truth", whitening(tmp_path, 3))
    assert run(["models", "bench", *QUICK, *words]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert "the network failed at run time" in line


@pytest.mark.parametrize("when", ["judged", "timed"])
def test_one_that_dies_takes_no_other_with_it(
    models: Path, tmp_path: Path, capfd: Capture, when: str
) -> None:
    truth = whitening(tmp_path, 6)
    words = ["good@onnxruntime", "faulty@onnxruntime", "best@onnxruntime"]
    words += ["--truth", truth, "--budget", "ram_mb=2000"]
    words += ["--video", truth.partition("=")[0]] if when == "timed" else []
    assert run(["models", "bench", *QUICK, "--json", *words]) == 1
    printed = capfd.readouterr()
    (line,) = printed.err.splitlines()
    assert "faulty" in line
    assert "the network failed at run time" in line
    found = json.loads(printed.out)
    assert [(r["name"], r["scores"][0]["ap50"]) for r in found["results"]] == [
        ("good", 0.0), ("best", 1.0),
    ]  # fmt: skip
    assert found["choice"]["measured"]["name"] == "best"


@pytest.mark.parametrize("how", ["file", "registry"])
def test_what_analyze_would_not_find_is_not_recorded(
    models: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    shop = shop_file(tmp_path)
    if how == "file":
        name = str((models / "best.onnx").rename(tmp_path / "elsewhere.onnx"))
        line = refused(capsys, name, "--budget", "fps=1", "--shop", str(shop))
    else:
        monkeypatch.delenv("MISEBAN_REGISTRY")
        own = ("--registry", str(tmp_path / "own.toml"))
        line = refused(capsys, "best", *own, "--budget", "fps=1", "--shop", str(shop))
    assert "best on onnxruntime: cannot be recorded for a camera" in line
    assert not choices_file(shop).exists()


def test_a_real_detector_on_real_people(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    need(MODELS / "yolox_nano.onnx")
    need(TRUTH / "pets09_s2l1_first400_mot.txt")
    monkeypatch.setenv("MISEBAN_MODELS", str(MODELS))
    monkeypatch.setenv("MISEBAN_SHARED", str(SHARED))
    monkeypatch.setattr(models_bench, "at_hand", at_hand)
    words = ("yolox-nano@onnxruntime", "--budget", "fps=1,cores=2,ram_mb=400")
    found = bench(capsys, *words)
    (result,) = found["results"]
    scores = {score["truth"]: score for score in result["scores"]}
    assert scores["pets09_s2l1_vtest"]["ap50"] >= 0.88
    assert scores["pets09_s2l1_vtest"]["recall_p70"] >= 0.90
    if "rendered" in scores:
        assert scores["rendered"]["ap50"] >= 0.85
    assert result["peak_mb"] < 300  # of a whole camera
    assert found["choice"]["measured"]["name"] == "yolox-nano"
