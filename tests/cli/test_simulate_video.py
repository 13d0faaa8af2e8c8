"""``miseban simulate --video``, and ``miseban analyze`` of what it wrote and of ``sim:``."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.camera.opening import open_source
from miseban.camera.tracks_file import read_tracks
from miseban.cli.app import run
from miseban.vision.sources.containers import promise
from tests.shared import MODELS, need
from tests.sim import corner
from tests.sim.konbini import SHOP_FILE

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")

NOON = datetime(2026, 4, 6, 3, tzinfo=UTC)  # in Seoul


def filmed(folder: Path, out: str, *more: str, minutes: str = "0.5") -> Path:
    shop_file = corner.files(folder)
    options = ["--minutes", minutes, "--seed", "5", "--out", str(folder / out)]
    assert run(["simulate", "--shop", str(shop_file), *options, "--video", "eye", *more]) == 0
    return folder / out


def test_the_video_is_read_back_with_its_time_and_size(tmp_path: Path) -> None:
    out = filmed(tmp_path, "t")
    with open_source(str(out / "eye.mp4")) as source:
        assert source.info.start == NOON
        assert (source.info.width, source.info.height) == (320, 240)
        assert (source.info.fps, source.info.frames) == (10.0, 300)
        times = [frame.time_s for frame in source.frames()]
        assert source.gaps == []
        assert source.incomplete == ""
    assert times == pytest.approx([n / 10 for n in range(300)], abs=1e-3)
    assert promise(out / "eye.mp4").created == NOON
    ended = datetime.fromtimestamp((out / "eye.mp4").stat().st_mtime, UTC)
    assert ended == NOON + timedelta(seconds=30)


def test_the_video_shows_what_the_live_camera_shows(tmp_path: Path) -> None:
    out = filmed(tmp_path, "t")
    address = f"sim:eye?seed=5&pace=full&shop={tmp_path / 'corner.toml'}"
    with open_source(str(out / "eye.mp4"), fps=1) as video, open_source(address, fps=1) as live:
        pairs = list(zip(video.frames(), live.frames(), strict=False))
    assert len(pairs) == 30
    for recorded, drawn in pairs:
        assert recorded.time_s == pytest.approx(drawn.time_s, abs=1e-3)
        assert cv2.PSNR(recorded.bgr, drawn.bgr) > 30
    # Another moment is another picture, so that the comparison above means something.
    assert cv2.PSNR(pairs[5][0].bgr, pairs[20][1].bgr) < 30


def test_same_seed_same_bytes_in_two_processes(tmp_path: Path) -> None:
    hashes = []
    shop_file = corner.files(tmp_path)
    for name in ("one", "other"):
        command = "import sys; from miseban.cli.app import run; sys.exit(run(sys.argv[1:]))"
        options = ["--minutes", "0.2", "--seed", "5", "--out", str(tmp_path / name)]
        arguments = ["simulate", "--shop", str(shop_file), "--video", "all", *options]
        subprocess.run([sys.executable, "-c", command, *arguments], check=True)
        files = sorted((tmp_path / name).iterdir())
        hashes.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files})
    assert {"eye.mp4", "cameras.json", "tracks.csv"} <= set(hashes[0])
    assert hashes[0] == hashes[1]


def test_tracks_are_the_boxes_of_the_picture(tmp_path: Path) -> None:
    """Who is in ``tracks.csv`` is what changes in the picture; its rhythm is the camera's."""
    out = filmed(tmp_path, "t", "--video-fps", "8")
    parts = [rows for _, rows in read_tracks(out / "tracks.csv")]
    assert len(parts) == 1
    rows = parts[0]
    assert len(rows) > 100
    assert set(np.round(rows.time_s * 4 % 1, 6)) == {0.0}
    assert (rows.xyxy >= 0).all()
    assert (rows.xyxy <= [320, 240, 320, 240]).all()
    assert set((rows.xyxy * 2 % 1).ravel()) == {0.0}  # as drawn: edges on halves of pixels
    inside, outside = [], []
    with open_source(str(out / "eye.mp4")) as source:
        frames = {round(f.time_s, 3): f.bgr.astype(int) for f in source.frames()}
    empty = np.median(np.stack(list(frames.values())), axis=0)
    for time_s in sorted(set(rows.time_s)):
        changed = np.abs(frames[round(time_s, 3)] - empty).max(axis=2) > 40
        mask = np.zeros_like(changed)
        for x1, y1, x2, y2 in rows.xyxy[rows.time_s == time_s].astype(int):
            mask[max(0, y1 - 2) : y2 + 3, max(0, x1 - 2) : x2 + 3] = True
        inside.append(np.count_nonzero(changed & mask))
        outside.append(np.count_nonzero(changed & ~mask))
    assert sum(inside) > 20 * sum(outside)


def test_a_faulty_camera_is_filmed_with_its_faults(tmp_path: Path) -> None:
    out = filmed(tmp_path, "t", "--fault", "eye:drop=1:from=10:to=20")
    with open_source(str(out / "eye.mp4"), fps=1) as source:
        frames = [frame.bgr.astype(int) for frame in source.frames()]
    still = [np.abs(a - b).mean() for a, b in pairwise(frames[11:20])]
    moving = [np.abs(a - b).mean() for a, b in pairwise(frames[:10])]
    assert max(still) < 0.5 < min(moving)


def test_from_starts_at_another_time_of_the_day(tmp_path: Path) -> None:
    out = filmed(tmp_path, "t", "--from", "18:30", "--video-fps", "5", minutes="0.2")
    with open_source(str(out / "eye.mp4")) as source:
        assert source.info.start == NOON + timedelta(hours=6.5)
        assert (source.info.fps, source.info.frames) == (5.0, 60)
    told = json.loads((out / "cameras.json").read_text("utf-8"))
    assert told["start"] == "2026-04-06T18:30:00+09:00"
    assert told["cameras"][0]["video_fps"] == 5.0


def test_an_old_video_does_not_stay_beside_a_new_truth(tmp_path: Path) -> None:
    out = filmed(tmp_path, "t", minutes="0.1")
    assert (out / "eye.mp4").exists()
    options = ["--minutes", "0.1", "--out", str(out)]
    assert run(["simulate", "--shop", str(tmp_path / "corner.toml"), *options]) == 0
    assert not (out / "eye.mp4").exists()
    assert json.loads((out / "cameras.json").read_text("utf-8"))["cameras"][0]["video"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--video", "door"], "--video: expected all or a [[camera]] of the scenario (eye)"),
        (["--video", "eyes"], 'did you mean "eye"?'),
        (["--video", "eye", "--from", "noon"], "--from: expected from 00:00 to 23:59"),
        (["--video", "eye", "--video-fps", "0"], "--video-fps"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop_file = corner.files(tmp_path)
    out = tmp_path / "t"
    arguments = ["--minutes", "0.1", "--out", str(out), *options]
    assert run(["simulate", "--shop", str(shop_file), *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not out.exists()


def test_calibrate_prints_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop_file = corner.files(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert run(["simulate", "--shop", str(shop_file), "--calibrate"]) == 0
    assert "floor_points = [" in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == before
    assert run(["simulate", "--shop", str(shop_file), "--minutes", "1"]) == 2
    assert capsys.readouterr().err == "miseban: --out: expected a value, found none\n"


def test_a_simulated_camera_is_analysed_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop_file = corner.files(tmp_path)
    out = str(tmp_path / "out")
    address = "sim:eye?pace=full&seed=5"
    options = ["--shop", str(shop_file), "--model", "motion", "--seconds", "60", "--out", out]
    assert run(["analyze", address, *options, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["frames"] == 240
    assert summary["start"].startswith("2026-04-06T12:00:00") or "03:00:00" in summary["start"]
    assert summary["people"] >= 1


def test_yolox_nano_counts_a_simulated_doorway(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    need(MODELS / "yolox_nano.onnx")
    out = str(tmp_path / "out")
    options = ["--shop", str(SHOP_FILE), "--camera", "door", "--seconds", "20", "--out", out]
    options += ["--model", str(MODELS / "yolox_nano.onnx"), "--fps", "3", "--json"]
    assert run(["analyze", "sim:door?pace=full&from=12:00", *options]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["frames"] == 60


def test_a_turned_camera_is_filmed_turned_and_leaves_the_truth_alone(tmp_path: Path) -> None:
    well = filmed(tmp_path, "t", "--detector", "default")
    turned = filmed(tmp_path, "u", "--detector", "default", "--fault", "eye:nudge=15:from=10")
    assert (well / "tracks.csv").read_bytes() == (turned / "tracks.csv").read_bytes()
    assert (well / "events.parquet").read_bytes() == (turned / "events.parquet").read_bytes()
    assert (well / "detected.csv").read_bytes() != (turned / "detected.csv").read_bytes()
    pictures = []
    for folder in (well, turned):
        with open_source(str(folder / "eye.mp4"), fps=1) as source:
            pictures.append([frame.bgr for frame in source.frames()])
    same = [cv2.PSNR(a, b) > 30 for a, b in zip(*pictures, strict=True)]
    assert same == [second < 10 for second in range(30)]
