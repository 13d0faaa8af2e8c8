"""``miseban analyze`` of a folder of recordings: one result; what cannot be used is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.journal.events_table import read_events
from miseban.vocabulary.events import CameraHealth
from miseban.vocabulary.summary import Summary
from tests.cli.footage import SECONDS, film

Capture = pytest.CaptureFixture[str]
CAMERA = """
[[camera]]
id = "{0}"
source = "{0}.avi"
resolution = [320, 240]
[[zone]]
id = "{0}-right"
kind = "area"
camera = "{0}"
polygon = [[200, 20], [310, 20], [310, 220], [200, 220]]
"""
SHOP = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "{}"\n'


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    film(folder / "door.avi")
    shutil.copy(folder / "door.avi", folder / "hall.avi")
    return folder


def shop_file(folder: Path, *cameras: str, policy: str = "jp") -> Path:
    path = folder / "shop.toml"
    path.write_text(SHOP.format(policy) + "".join(CAMERA.format(c) for c in cameras), "utf-8")
    return path


def analyse(shop: Path, out: Path, *more: str) -> int:
    start = ("--start", "2026-03-02T10:00:00")
    return run(
        ["analyze", "--model", "motion", "--shop", str(shop), "--out", str(out), *start, *more]
    )


def test_a_folder_of_recordings_is_one_result(
    recordings: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    status = analyse(shop_file(tmp_path, "door", "hall"), out, str(recordings))
    assert status == 0, capsys.readouterr().err
    summary = Summary.model_validate_json((out / "summary.json").read_text("utf-8"))
    assert summary.camera is None
    assert {name: zone.visits for name, zone in summary.zones.items()} == {
        "door-right": 1,
        "hall-right": 1,
    }
    assert summary.duration_s == pytest.approx(SECONDS, abs=0.2)
    rows = (out / "tracks.csv").read_text("utf-8").splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {"door", "hall"}
    # The same without a folder: each camera's own source, beside the shop file.
    mine = shop_file(recordings, "door", "hall")
    assert analyse(mine, tmp_path / "own") == 0
    assert (tmp_path / "own" / "tracks.csv").read_bytes() == (out / "tracks.csv").read_bytes()


def test_a_bad_recording_is_told_and_the_others_are_counted(
    recordings: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder, out = tmp_path / "films", tmp_path / "out"
    folder.mkdir()
    shutil.copy(recordings / "door.avi", folder)
    (folder / "hall.avi").write_text("hello\n" * 99)
    assert analyse(shop_file(tmp_path, "door", "hall", "roof"), out, str(folder)) == 1
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("hall: not used: expected a video file") for line in said)
    assert "no recording of roof" in said
    assert said[-1].startswith("miseban: ")
    assert "what the others saw is in" in said[-1]
    summary = Summary.model_validate_json((out / "summary.json").read_text("utf-8"))
    assert summary.zones["door-right"].visits == 1
    assert summary.coverage == pytest.approx(1 / 3, abs=0.05)
    lost = {
        event.camera
        for event in read_events(out / "events.parquet")
        if isinstance(event, CameraHealth) and event.state == "gap"
    }
    assert lost == {"hall", "roof"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--annotate",), "--annotate"),
        (("--attributes",), "--attributes"),
        (("--camera", "door"), "--camera"),
        (("--appearance",), "a notice on record"),
        (("--model", "nonsense"), "nonsense"),
    ],
)
def test_what_goes_with_one_camera_only_is_refused(
    more: tuple[str, ...], said: str, recordings: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    assert analyse(shop_file(tmp_path, "door", "hall"), out, str(recordings), *more) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_uniform_is_refused_where_the_policy_tells_nothing_of_staff(
    recordings: Path, tmp_path: Path, capsys: Capture
) -> None:
    shop, out = shop_file(tmp_path, "door", "hall", policy="strict"), tmp_path / "out"
    shop.write_text(shop.read_text("utf-8") + '[staff]\nuniform = ["#1f6f5c"]\n', "utf-8")
    assert analyse(shop, out, str(recordings)) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert f"{shop}: [staff]: uniform needs a policy that allows it" in line
    assert not out.exists()


def test_simulated_cameras_need_an_end(tmp_path: Path, capsys: Capture) -> None:
    shop = tmp_path / "shop.toml"
    text = SHOP.format("jp") + CAMERA.format("door").replace("door.avi", "sim:door")
    shop.write_text(text, "utf-8")
    assert run(["analyze", "--shop", str(shop), "--out", str(tmp_path / "out")]) == 2
    assert "--seconds" in capsys.readouterr().err
