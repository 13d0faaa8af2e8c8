"""The parts of a camera process: which cameras share one, and cameras and clocks that come late."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import structlog

from miseban.camera.child_process import Command
from miseban.camera.delivery.address import parse_hub
from miseban.camera.process.commands import camera_commands
from miseban.camera.process.feeds import Feeds
from miseban.camera.process.groups import groups_of
from miseban.camera.process.opening import check_live
from miseban.camera.process.patient import PatientSource
from miseban.camera.process.settings import Beat, Model, ProcessSettings
from miseban.camera.process.wall_clock import LASTS_S, WallClock
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detector
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap
from miseban.vision.sources.live import MOST_GAPS
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.shop import load_shop, parse_shop
from tests.camera.played import START, PlayedSource

SHOPS = Path(__file__).parents[3] / "shops"


def test_cameras_of_one_floor_share_a_process_and_others_do_not() -> None:
    shop = load_shop(SHOPS / "konbini.toml")
    fused = [camera.id for camera in shop.cameras if camera.floor_points]
    assert len(fused) > 1
    groups = groups_of(shop, [camera.id for camera in shop.cameras])
    assert groups[fused[0]] == tuple(fused)
    assert groups_of(shop, fused[1:2]) == {fused[1]: (fused[1],)}
    assert sorted(name for group in groups.values() for name in group) == sorted(
        camera.id for camera in shop.cameras
    )


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("rtsp://10.0.0.7/main", True),
        ("rtsps://user:secret@10.0.0.7/main", True),
        ("usb:0", True),
        ("sim:c", True),
        ("sim:c?pace=full", False),
        ("door.mp4", False),
        ("images:pictures", False),
    ],
)
def test_only_live_cameras_are_counted_for_ever(source: str, good: bool) -> None:
    shop = parse_shop(
        f'[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n[[camera]]\nid = "c"\n'
        f'source = "{source}"\nresolution = [64, 48]\n',
        "shop.toml",
    )
    if good:
        check_live(shop, ["c"], Path("shop.toml"))
        return
    with pytest.raises(BadInput, match='"c" source'):
        check_live(shop, ["c"], Path("shop.toml"))


def test_a_command_tells_its_child_everything_and_shows_no_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    hub = parse_hub("mqtt://door@hub", password_file=secret)
    models = {
        camera.id: Model(name="motion") for camera in load_shop(SHOPS / "konbini.toml").cameras
    }
    commands = camera_commands(SHOPS / "konbini.toml", models, hub, tmp_path)
    for source, command in commands.items():
        assert "s3cret" not in " ".join(command.arguments)
        settings = ProcessSettings.model_validate_json(command.told)
        assert settings.source == source
        assert settings.hub == hub
        assert set(settings.cameras) <= set(models)
    beat = Beat(frames=3, waiting=1, connected=True)
    assert Beat.model_validate_json(beat.model_dump_json()) == beat


class Late(PlayedSource):
    """Answers only the third time, then gives frames until it is closed."""

    def __init__(self, width: int = 64) -> None:
        super().__init__(width, 48, 5.0, live=True)
        self.gaps = [Gap(1.0, 2.0, "no frames came")]
        self.closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        for n in range(1, 1000):
            if self.closed.wait(0.005):
                return
            picture = np.zeros((48, 64, 3), np.uint8)
            yield Frame(picture, n, n * 0.2, START + timedelta(seconds=n * 0.2))

    def close(self) -> None:
        self.closed.set()


def test_a_camera_that_answers_late_is_there_from_the_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("miseban.camera.process.patient.RETRY_S", 0.01)
    now_s = [100.0]
    asked: list[datetime] = []
    inner = Late()

    def open_camera(start: datetime) -> Source:
        asked.append(start)
        now_s[0] += 10.0
        if len(asked) == 1:
            raise Failed("no-stream", "rtsp://c", "no answer")
        return Late(width=32) if len(asked) == 2 else inner

    source = PatientSource(
        "door", "rtsp://c", "shop.toml", (64, 48), 5.0, open_camera,
        monotonic=lambda: now_s[0], utc=lambda: START,
    )  # fmt: skip
    assert source.info.start == START
    assert not source.gaps
    frames = source.frames()
    with structlog.testing.capture_logs() as logs:
        frame = next(frames)
    said = [(line["event"], line["camera"], line.get("why")) for line in logs]
    size = "expected frames of 64x48, found 32x48"
    assert said[0] == ("camera.away", "door", "no answer")
    assert said[1][:2] == ("camera.away", "door"), "another reason is told too"
    assert str(said[1][2]).startswith(size)
    assert said[2:] == [("camera.answers", "door", None)]
    assert asked[2] == START + timedelta(seconds=20)
    assert frame.time_s == pytest.approx(20.2)
    assert frame.utc == START + timedelta(seconds=20.2)
    assert source.gaps == [Gap(21.0, 22.0, "no frames came")]
    before = source.gaps
    inner.gaps = [*inner.gaps, Gap(3.0, 4.0, "no frames came")]
    assert source.gaps == [*before, Gap(23.0, 24.0, "no frames came")]
    assert source.gaps[0] is before[0], "asked with every frame, so none is made twice"
    inner.gaps = [Gap(5.0 + n, 5.5 + n, "flap") for n in range(3 * MOST_GAPS)]
    assert source.gaps == [
        Gap(g.start_s + 20.0, g.end_s + 20.0, g.reason) for g in inner.gaps[-MOST_GAPS:]
    ]
    source.close()
    assert list(frames) == []
    assert inner.closed.is_set()


def test_a_camera_that_never_answers_can_be_closed() -> None:
    def refuse(start: datetime) -> Source:
        raise Failed("no-stream", "rtsp://c", "no answer")

    source = PatientSource("door", "rtsp://c", "shop.toml", (64, 48), 5.0, refuse)
    feeds = Feeds({"c": source})
    feeds.start()
    assert feeds.take(0.05) == {}
    began_s = time.monotonic()
    feeds.stop()
    assert time.monotonic() - began_s < 2.0


def test_feeds_hold_the_latest_frame_of_each_and_tell_who_broke() -> None:
    class Breaks(Late):
        def frames(self) -> Iterator[Frame]:
            raise RuntimeError("boom")

    sources = {"a": Late(), "b": Late(), "c": Breaks()}
    feeds = Feeds(sources)
    feeds.start()
    time.sleep(0.3)
    frames = feeds.take(1.0)
    assert {"a", "b"} <= set(frames)
    assert frames["a"].number > 5, "not the first, which nobody took"
    assert feeds.broken == {"c": "RuntimeError: boom"}
    feeds.stop()
    assert sources["a"].closed.is_set()
    assert feeds.take(0.0) == {}


def test_a_clock_that_was_set_is_noticed_and_one_that_wavers_is_not() -> None:
    wall, mono = [1000.0], [0.0]
    clock = WallClock(lambda: wall[0], lambda: mono[0])

    def pass_s(seconds: float, set_by: float = 0.0) -> bool:
        mono[0] += seconds
        wall[0] += seconds + set_by
        return clock.was_set()

    assert not pass_s(3600.0)
    assert not pass_s(1.0, set_by=1.5), "put right slowly"
    assert not pass_s(100.0)
    assert not pass_s(1.0, set_by=7200.0)
    assert not pass_s(1.0, set_by=-7200.0), "there and back"
    assert not pass_s(LASTS_S * 2)
    assert not pass_s(1.0, set_by=-86_400.0)
    assert not pass_s(LASTS_S / 2)
    assert pass_s(LASTS_S)
    assert datetime.fromtimestamp(wall[0], UTC) < START


def test_another_command_is_made_for_whom_the_shop_file_says_something_else(tmp_path: Path) -> None:
    camera = '[[camera]]\nid = "{0}"\nsource = "rtsp://10.0.0.7/{0}"\nresolution = [64, 48]\n'
    line = '[[line]]\nid = "in"\ncamera = "door"\npoints = [[30, 0], [30, 47]]\n'
    text = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n' + camera.format("door")
    text += camera.format("till") + line
    file = tmp_path / "shop.toml"
    models = {"door": Model(name="motion"), "till": Model(name="motion")}

    def commands(text: str) -> dict[str, Command]:
        file.write_text(text, encoding="utf-8")
        return camera_commands(file, models, tmp_path / "hub.sock", tmp_path)

    before, same = commands(text), commands(text + "# a comment\n")
    moved = commands(text.replace("[30, 0]", "[31, 0]"))
    policy = commands(text.replace('"jp"', '"strict"'))
    assert same == before
    assert moved["till"] == before["till"]
    assert moved["door"] != before["door"]
    assert all(policy[name] != before[name] for name in models)


NOTICE = """
[notice]
operator = "The corner shop"
purpose = "counting"
data = ["count", "appearance"]
retention_days = 365
contact = "03-0000-0000"
posted = 2026-01-01
"""


def test_what_a_policy_forbids_stops_a_start_and_is_switched_off_by_a_reload(
    tmp_path: Path,
) -> None:
    file = tmp_path / "shop.toml"
    models = {name: Model(name="motion") for name in ("door", "aisle", "till")}
    text = (SHOPS / "konbini.toml").read_text("utf-8") + NOTICE

    def settings(text: str, *, strict: bool) -> ProcessSettings:
        file.write_text(text, encoding="utf-8")
        found = camera_commands(
            file, models, tmp_path / "hub.sock", tmp_path, appearance=True, strict=strict
        )
        return ProcessSettings.model_validate_json(found["door"].told)

    assert settings(text, strict=True).appearance
    assert not settings(text, strict=True).uniform
    tighter = text.replace('policy = "jp"', 'policy = "strict"')
    with pytest.raises(BadInput, match="appearance needs"):
        settings(tighter, strict=True)
    with structlog.testing.capture_logs() as logs:
        assert not settings(tighter, strict=False).appearance
    assert [line["event"] for line in logs] == ["switched off"]
    staff = text.replace("[notice]", '[staff]\nuniform = ["#1f6f5c"]\n[notice]')
    assert settings(staff, strict=True).uniform


def test_a_camera_that_cannot_be_run_is_left_out_by_a_reload_and_the_others_are_not(
    tmp_path: Path,
) -> None:
    file = tmp_path / "shop.toml"
    text = (SHOPS / "konbini.toml").read_text("utf-8")
    file.write_text(text.replace('"sim:door"', '"door.mp4"'), encoding="utf-8")
    models = {"door": Model(name="motion"), "till": Model(name="motion"), "aisle": Model(name="x")}
    hub = tmp_path / "hub.sock"
    with pytest.raises(BadInput, match="door"):
        camera_commands(file, models, hub, tmp_path)
    with structlog.testing.capture_logs() as logs:
        found = camera_commands(file, models, hub, tmp_path, strict=False)
    assert list(found) == ["till"]
    assert [(one["event"], one["camera"]) for one in logs] == [
        ("camera left out", "door"), ("camera left out", "aisle"),
    ]  # fmt: skip


def test_a_detector_that_breaks_does_not_hold_up_other_cameras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = open_detector

    def opened(name: str) -> Detector:
        if name == "broken":
            raise Failed("model", "broken", "no memory for it")
        return plain(name)

    monkeypatch.setattr("miseban.camera.process.commands.open_detector", opened)
    models = {"door": Model(name="broken"), "till": Model(name="motion")}
    with structlog.testing.capture_logs() as logs:
        found = camera_commands(
            SHOPS / "konbini.toml", models, tmp_path / "hub.sock", tmp_path, strict=False
        )
    assert list(found) == ["till"]
    assert [(one["event"], one["camera"]) for one in logs] == [("camera left out", "door")]
