"""``miseban analyze`` as a user meets it: results, and one clear line when it cannot be."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.cli.app import run
from miseban.insight.heat_picture import draw_heat, picture_unit
from miseban.journal.events_table import read_events
from miseban.vision.detectors import open_detector
from miseban.vision.sources import LiveOptions
from miseban.vision.sources.address import redact
from miseban.vision.sources.live import LiveSource
from miseban.vocabulary.summary import Summary
from tests.cli.footage import SECONDS, SHOP, SIZE, film, shop_file
from tests.shared import MODELS, VIDEO, need
from tests.vision.sources.test_live import Stream

Capture = pytest.CaptureFixture[str]


def analyse(video: Path | str, out: Path, *more: str) -> int:
    return run(["analyze", str(video), "--out", str(out), "--model", "motion", *more])


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("film") / "film.avi")


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def test_everything_named_comes_out(recording: Path, tmp_path: Path, capsys: Capture) -> None:
    shop, out, mot = shop_file(tmp_path), tmp_path / "out", tmp_path / "tracks.txt"
    status = analyse(recording, out, "--shop", str(shop), "--annotate", "--mot", str(mot))
    assert status == 0, capsys.readouterr().err
    assert left_over(out) == [
        "annotated.mp4",
        "events.parquet",
        "heatmap.png",
        "report.html",
        "summary.json",
        "tracks.csv",
    ]
    summary = Summary.model_validate_json((out / "summary.json").read_text("utf-8"))
    assert summary.lines["entrance"].in_.count == 1
    assert summary.lines["entrance"].out.count == 0
    assert summary.zones["right"].visits == 1
    assert summary.coverage == 1.0
    assert summary.duration_s == pytest.approx(SECONDS, abs=0.2)
    assert summary.model == "motion"
    events = read_events(out / "events.parquet")
    assert sum(event.type == "line.crossed" for event in events) == 1
    assert [event.time for event in events] == sorted(event.time for event in events)
    film_back = cv2.VideoCapture(str(out / "annotated.mp4"))
    assert int(film_back.get(cv2.CAP_PROP_FRAME_COUNT)) == summary.frames
    film_back.release()
    row = mot.read_text("utf-8").splitlines()[0].split(",")
    assert len(row) == 10
    assert int(row[0]) > 30  # frames are numbered as in the source; the block comes at 31
    assert row[1] == "1"


def test_its_own_tracks_replayed_say_the_same(recording: Path, tmp_path: Path) -> None:
    """``tracks.csv`` holds what was counted, so that lines can be moved without the film."""
    shop, out, again = shop_file(tmp_path), tmp_path / "out", tmp_path / "again"
    assert analyse(recording, out, "--shop", str(shop)) == 0
    replayed = ["replay", str(out / "tracks.csv"), "--shop", str(shop)]
    assert run([*replayed, "--out", str(again)]) == 0
    first, second = (json.loads((f / "summary.json").read_text("utf-8")) for f in (out, again))
    for same in ("lines", "people", "inside"):
        assert first[same] == second[same], same
    stays = first["zones"]["right"]["dwell_s"]["mean"], second["zones"]["right"]["dwell_s"]["mean"]
    assert stays[0] == pytest.approx(stays[1], abs=0.01)
    assert stays[0] > 1
    assert run([*replayed, "--out", str(out)]) == 2, "it would replace what it reads"
    assert (out / "tracks.csv").is_file()


def test_without_a_shop_file_it_counts_people_and_draws_heat(
    recording: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert analyse(recording, tmp_path / "out", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["people"] == 1
    assert summary["lines"] == {}
    assert (tmp_path / "out" / "heatmap.png").stat().st_size > 1000


@pytest.mark.parametrize(("lang", "word"), [("en", "Visitors"), ("ja", "来店"), ("ko", "방문")])
def test_report_languages(recording: Path, tmp_path: Path, lang: str, word: str) -> None:
    shop = shop_file(tmp_path)
    assert analyse(recording, tmp_path, "--shop", str(shop), "--lang", lang) == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert f'lang="{lang}"' in page
    assert word in page


def test_a_private_zone_hides_what_is_in_it(recording: Path, tmp_path: Path) -> None:
    private = '\n[[zone]]\nid = "hidden"\nkind = "private"\ncamera = "door"\n'
    private += "polygon = [[0, 0], [320, 0], [320, 240], [0, 240]]\n"
    shop = shop_file(tmp_path, SHOP + private)
    assert analyse(recording, tmp_path / "out", "--shop", str(shop)) == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["people"] == 0
    assert "hidden" not in summary["zones"]
    assert len((tmp_path / "out" / "tracks.csv").read_text("utf-8").splitlines()) == 1


def test_seconds_ends_early_without_complaint(recording: Path, tmp_path: Path) -> None:
    mot = tmp_path / "out" / "tracks.txt"
    more = ("--seconds", "4", "--annotate", "--mot", str(mot))
    assert analyse(recording, tmp_path / "out", *more) == 0
    assert mot.stat().st_mode & 0o044 == (tmp_path / "out" / "summary.json").stat().st_mode & 0o044
    tmp_path = tmp_path / "out"
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert summary["frames"] == 40
    assert summary["incomplete"] == ""
    video = cv2.VideoCapture(str(tmp_path / "annotated.mp4"))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 40, "it ends where the analysis did"
    video.release()


Case = Callable[[Path], list[str]]


def _video(make: Callable[[Path], object], name: str = "clip.mp4") -> Case:
    def case(folder: Path) -> list[str]:
        make(folder / name)
        return [str(folder / name)]

    return case


def _moovless(path: Path) -> None:
    film(path, "mp4v", 3)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _shop(text: str) -> Case:
    def case(folder: Path) -> list[str]:
        clip = film(folder / "film.avi", seconds=1)
        return [str(clip), "--shop", str(shop_file(folder, text))]

    return case


def _wrong_model(folder: Path) -> list[str]:
    (folder / "yolox_nano.onnx").write_bytes(b"not a model")
    clip = film(folder / "film.avi", seconds=1)
    return [str(clip), "--model", str(folder / "yolox_nano.onnx")]


BOWTIE = "polygon = [[200, 20], [310, 220], [310, 20], [200, 220]]"
BAD: dict[str, tuple[Case, str]] = {
    "missing video": (lambda folder: [str(folder / "no.mp4")], "no.mp4"),
    "empty video": (_video(lambda path: path.touch()), "clip.mp4"),
    "a folder": (_video(lambda path: path.mkdir()), "clip.mp4"),
    "text as video": (_video(lambda path: path.write_text("hello\n" * 99)), "clip.mp4"),
    "random bytes": (_video(lambda path: path.write_bytes(os.urandom(9999))), "clip.mp4"),
    "truncated mp4": (_video(_moovless), "clip.mp4"),
    "wrong model": (_wrong_model, "yolox_nano.onnx"),
    "unknown model": (lambda folder: [str(film(folder / "f.avi")), "--model", "nemo"], "nemo"),
    "unknown key": (_shop(SHOP.replace("anchor", "ancor")), "ancor"),
    "crossing polygon": (
        _shop(SHOP.replace("polygon = [[200, 20], [310, 20], [310, 220], [200, 220]]", BOWTIE)),
        '"right"',
    ),
    "line outside": (_shop(SHOP.replace("[160, 240]", "[160, 400]")), "entrance"),
    "wrong resolution": (_shop(SHOP.replace("[320, 240]\nfps", "[640, 480]\nfps")), "640"),
    "unknown camera": (
        lambda folder: [*_shop(SHOP)(folder), "--camera", "window"],
        "window",
    ),
    "mot into nowhere": (
        lambda folder: [str(film(folder / "f.avi")), "--mot", str(folder / "no" / "x.txt")],
        "x.txt",
    ),
    "simulated source": (lambda folder: ["sim:door"], "sim:door"),
    "unknown scheme": (lambda folder: ["gopher://door"], "gopher"),
    "no such language": (lambda folder: ["x.avi", "--lang", "xx"], "--lang"),
    "no frame rate": (lambda folder: ["x.avi", "--fps", "0"], "--fps"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: Capture
) -> None:
    case, said = BAD[name]
    material = tmp_path / "material"
    material.mkdir()
    arguments = case(material)
    before = left_over(material)
    out = tmp_path / "out"
    more = [] if "--model" in arguments else ["--model", "motion"]
    capsys.readouterr()
    assert run(["analyze", *arguments, "--out", str(out), *more]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("miseban: ")
    assert len(printed.err.splitlines()) == 1
    assert said in printed.err
    assert not out.exists()
    assert left_over(material) == before


@pytest.mark.parametrize("where", ["file", "below a file"])
def test_unwritable_output(where: str, recording: Path, tmp_path: Path, capsys: Capture) -> None:
    block = tmp_path / "results"
    block.write_text("something else")
    out = block if where == "file" else block / "deeper"
    assert analyse(recording, out) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert block.read_text() == "something else"


def test_a_video_that_breaks_keeps_what_came_before(tmp_path: Path, capsys: Capture) -> None:
    whole = film(tmp_path / "whole.avi")
    broken = tmp_path / "broken.avi"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    out = tmp_path / "out"
    assert analyse(broken, out, "--shop", str(shop_file(tmp_path))) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["incomplete"]
    assert 60 <= summary["frames"] <= 90
    assert summary["lines"]["entrance"]["in"]["count"] == 1


def test_a_full_disk_leaves_the_older_results_untouched(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert analyse(recording, out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def no_more_than_8_kb() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = subprocess.run(
        [sys.executable, "-c", "from miseban.cli.app import main; main()", "analyze",
         str(recording), "--out", str(out), "--model", "motion"],
        preexec_fn=no_more_than_8_kb, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_killed_run_leaves_no_trace_in_the_next(recording: Path, tmp_path: Path) -> None:
    (tmp_path / ".unfinished-abc").mkdir()
    (tmp_path / ".unfinished-abc" / "summary.json").write_text("{")
    assert analyse(recording, tmp_path, "--annotate") == 0
    assert "annotated.mp4" in left_over(tmp_path)
    assert analyse(recording, tmp_path) == 0
    assert left_over(tmp_path) == [
        "events.parquet",
        "heatmap.png",
        "report.html",
        "summary.json",
        "tracks.csv",
    ]


def test_no_frame_is_written_anywhere(recording: Path, tmp_path: Path) -> None:
    """The block is magenta, the floor grey: no picture that comes out may hold the block."""
    out = tmp_path / "out"
    assert analyse(recording, out, "--shop", str(shop_file(tmp_path))) == 0
    picture = cv2.imread(str(out / "heatmap.png"))
    assert picture is not None
    assert not _magenta(picture)
    # And it would be seen: the same picture of heat over a frame that holds the block.
    frame = np.full((240, 320, 3), 100, np.uint8)
    frame[90:160, 230:280] = (200, 30, 200)
    png = draw_heat(np.zeros((30, 40)), SIZE, legend_unit=picture_unit(1200), background=frame)
    leaked = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert leaked is not None
    assert _magenta(leaked)


def _magenta(picture: NDArray[Any]) -> bool:
    """Red and blue above green, also where a background is made quiet; no colour of heat is so."""
    blue, green, red = (picture[..., c].astype(int) for c in range(3))
    return bool(((red > green + 12) & (blue > green + 12)).any())


def test_ctrl_c_keeps_what_was_seen(tmp_path: Path) -> None:
    clip = need(VIDEO / "intel_one_by_one_person.mp4")
    model = need(MODELS / "yolox_nano.onnx")
    out = tmp_path / "out"
    watch = (
        "import os, signal, threading, time\n"
        "from miseban.cli.app import main\n"
        "threading.Timer(4.0, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, "analyze", str(clip), "--out", str(out), "--fps", "10",
         "--model", str(model)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert 0 < summary["frames"] < 1394
    assert summary["incomplete"] == "stopped by hand"


def live(monkeypatch: pytest.MonkeyPatch, streams: Iterator[Stream]) -> None:
    """Any address is a camera that gives ``streams`` and is then away."""
    options = LiveOptions(open_timeout_s=5, read_timeout_s=5, backoff_s=0.01, backoff_max_s=0.02)

    def opened(address: str, **_: object) -> LiveSource:
        return LiveSource(redact(address), lambda: next(streams, Stream(0)), options=options)

    monkeypatch.setattr("miseban.cli.analyze.open_source", opened)


def test_no_error_shows_the_password_of_a_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    live(monkeypatch, iter([Stream(500)]))
    assert analyse("rtsp://door:secret@cam/main", tmp_path / "out", "--annotate") == 2
    assert capsys.readouterr().err == "miseban: rtsp://***@cam/main: --annotate needs a recording\n"


def test_seconds_end_although_the_camera_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, iter([Stream(100)]))
    assert analyse("rtsp://cam/main", tmp_path, "--seconds", "3") == 0
    summary = Summary.model_validate_json((tmp_path / "summary.json").read_text("utf-8"))
    assert summary.incomplete == ""
    assert summary.duration_s == pytest.approx(3.0, abs=0.5)
    assert summary.coverage < 0.5


def test_ctrl_c_keeps_what_was_seen_of_a_camera_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, iter([Stream(100)]))
    pressed = threading.Timer(3.0, os.kill, [os.getpid(), signal.SIGINT])
    pressed.start()
    try:
        assert analyse("rtsp://door:secret@cam/main", tmp_path) == 0
    finally:
        pressed.cancel()
    written = (tmp_path / "summary.json").read_text("utf-8")
    summary = Summary.model_validate_json(written)
    assert summary.incomplete == "stopped by hand"
    assert summary.frames >= 1
    assert summary.coverage < 0.5
    assert "secret" not in written + (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.parametrize("more", [(), ("--annotate",)], ids=["plain", "annotated"])
def test_the_recording_itself_is_never_replaced(
    more: tuple[str, ...], tmp_path: Path, capsys: Capture
) -> None:
    """Its name may be that of a result, which a run without it would take away."""
    video = film(tmp_path / "film.avi").rename(tmp_path / "annotated.mp4")
    before = video.read_bytes()
    for out, options in ((tmp_path, more), (tmp_path / "out", ("--mot", str(video)))):
        assert analyse(video, out, *options) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert left_over(tmp_path) == ["annotated.mp4"]
    assert video.read_bytes() == before


@pytest.mark.parametrize("video", ["clip", "missing.mp4"])
def test_the_detector_is_closed_whatever_happens(
    video: str, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    def opened(*args: Any, **more: Any) -> Any:
        detector = open_detector(*args, **more)
        monkeypatch.setattr(detector, "close", lambda: closed.append(detector.name), raising=False)
        return detector

    monkeypatch.setattr("miseban.cli.analyze.open_detector", opened)
    named = str(recording) if video == "clip" else str(tmp_path / video)
    status = analyse(named, tmp_path / "out")
    assert status == (0 if video == "clip" else 2)
    assert closed == ["motion"]
