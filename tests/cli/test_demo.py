"""``miseban demo``: works with what is at hand, and says plainly what is not."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from miseban.cli import demo_shop
from miseban.cli.app import run
from miseban.vision.models import store
from miseban.vocabulary.summary import Summary
from tests.cli.footage import film
from tests.shared import MODELS, SHARED, VIDEO, need


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without downloaded models, clips or a desktop."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MISEBAN_MODELS", str(tmp_path / "no-models"))
    monkeypatch.setenv("MISEBAN_SHARED", str(tmp_path / "nothing"))


def test_a_fresh_machine_counts_in_a_shop_from_pictures_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is downloaded: the package's own detector does it, and says what it is for."""
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    monkeypatch.setattr(demo_shop, "DAY_MIN", 20.0)
    monkeypatch.setattr(demo_shop, "FILMED_MIN", 0.5)
    out = tmp_path / "out"
    assert run(["demo", "--report", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "$ miseban simulate --shop shops/konbini.toml --from 10:00 --minutes 20 " in printed.out
    assert "--model person-small" in printed.out
    assert printed.err.count("built in, for a first look") == 1
    assert "miseban models pull yolox-nano" in printed.err
    assert printed.out.endswith(f"report: {out / 'report.html'}\n")
    for page in (out / "day" / "report.html", out / "report.html"):
        assert "Counted, and what really happened" in page.read_text("utf-8")
    summary = Summary.model_validate_json((out / "summary.json").read_text("utf-8"))
    assert summary.model == "person-small"
    assert "for work get a better one" in summary.model_note
    assert (out / "report.html").read_text("utf-8").count("made for a first look") == 1
    assert "made for a first look" not in (out / "day" / "report.html").read_text("utf-8")


def test_without_panda3d_the_day_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "panda3d", None)  # as if it were not installed
    monkeypatch.setattr(demo_shop, "DAY_MIN", 10.0)
    out = tmp_path / "out"
    assert run(["demo", "--report", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "Panda3D is not installed" in printed
    assert printed.endswith(f"report: {out / 'day' / 'report.html'}\n")


def test_with_a_model_a_camera_of_the_shop_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need(MODELS / "yolox_nano.onnx")
    monkeypatch.setenv("MISEBAN_SHARED", str(SHARED))
    monkeypatch.setattr(demo_shop, "DAY_MIN", 10.0)
    monkeypatch.setattr(demo_shop, "FILMED_MIN", 0.5)
    out = tmp_path / "out"
    assert run(["demo", "--report", "--out", str(out)]) == 0
    assert f"report: {out / 'report.html'}" in capsys.readouterr().out
    assert (out / "truth" / "door.mp4").is_file()
    assert "Counted, and what really happened" in (out / "report.html").read_text("utf-8")


def test_elsewhere_it_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for how in ([], ["--report"]):
        assert run(["demo", *how, "--out", str(tmp_path / "out")]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.endswith("make demo VIDEO=FILE")
        assert not (tmp_path / "out").exists()
    assert run(["demo", "--report", "--shop", "shop.toml"]) == 2
    assert "expected the recording that --shop is for" in capsys.readouterr().err
    assert run(["demo", "--camera", "door"]) == 2
    assert "expected the recording that --camera is for" in capsys.readouterr().err


def test_a_recording_on_a_fresh_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, out = film(tmp_path / "clip.avi", seconds=1), tmp_path / "out"
    assert run(["demo", str(clip), "--out", str(out)]) == 0
    assert capsys.readouterr().err.count("built in, for a first look") == 1
    page = (out / "report.html").read_text("utf-8")
    assert "person-small" in page
    assert "miseban models pull yolox-nano" in page


def test_a_damaged_package_names_the_command_that_gets_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "PACKAGED", tmp_path / "nowhere")
    (tmp_path / "clip.mp4").touch()
    assert run(["demo", str(tmp_path / "clip.mp4"), "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("miseban models pull yolox-nano")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("lang", "word"), [("ja", "来店"), ("ko", "방문")])
def test_analyses_a_recording_with_the_models_beside_the_project(
    lang: str,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    need(MODELS / "yolox_nano.onnx")
    monkeypatch.setenv("MISEBAN_SHARED", str(SHARED))
    clip = need(VIDEO / "intel_store-aisle-detection.gif")
    out = tmp_path / "out"
    assert run(["demo", str(clip), "--out", str(out), "--lang", lang]) == 0
    printed = capsys.readouterr().out
    assert f"$ miseban analyze {shlex.quote(str(clip))} " in printed
    assert '"model": "yolox-nano"' in (out / "summary.json").read_text("utf-8")
    assert f"report: {out / 'report.html'}" in printed
    page = (out / "report.html").read_text("utf-8")
    assert f'lang="{lang}"' in page
    assert word in page
