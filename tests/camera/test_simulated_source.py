"""``sim:ID`` as a source: live or as fast as asked, the same every time, faults and all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from miseban.camera.opening import open_source
from miseban.camera.simulated import SimulatedSource, open_simulated
from miseban.camera.simulated_address import parse_simulated
from miseban.camera.simulated_world import SharedWorld
from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.sim.state import Scene
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop
from tests.sim import corner

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")

FAULT = '[[fault]]\ncamera = "eye"\nkind = "{}"\namount = {}\nfrom_s = {}\nto_s = {}\n\n[[facing]]'


class Clock:
    """A clock that only goes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def first(source: Source, count: int) -> list[Frame]:
    with source:
        return list(islice(source.frames(), count))


def at_full_pace(shop_file: Path, more: str = "", fps: float | None = None) -> SimulatedSource:
    return open_simulated(f"sim:eye?pace=full{more}", shop_file=shop_file, fps=fps)


def with_fault(folder: Path, kind: str, amount: float, from_s: float, to_s: float) -> Path:
    fault = FAULT.format(kind, amount, from_s, to_s)
    return corner.files(folder, ("[[facing]]", fault))


def test_frames_have_the_scenarios_time_and_the_shop_files_rate(tmp_path: Path) -> None:
    source = at_full_pace(corner.files(tmp_path))
    frames = first(source, 9)
    begins = datetime(2026, 4, 6, 3, tzinfo=UTC)  # noon in Seoul
    assert source.info.start == begins
    assert (source.info.width, source.info.height, source.info.fps) == (320, 240, 4.0)
    assert not source.info.live
    assert [frame.number for frame in frames] == list(range(1, 10))
    assert [frame.time_s for frame in frames] == [n / 4 for n in range(9)]
    assert (frames[8].utc - begins).total_seconds() == 2.0
    assert source.gaps == []
    assert source.incomplete == ""


def test_the_same_seed_gives_the_same_bytes_in_two_processes(tmp_path: Path) -> None:
    shop_file = corner.files(tmp_path)
    command = (
        "import hashlib, sys; from itertools import islice; from pathlib import Path\n"
        "from miseban.camera.simulated import open_simulated\n"
        "source = open_simulated(sys.argv[1], shop_file=Path(sys.argv[2]))\n"
        "seen = b''.join(frame.bgr.tobytes() for frame in islice(source.frames(), 60))\n"
        "print(hashlib.sha256(seen).hexdigest())\n"
    )
    arguments = [sys.executable, "-c", command, "sim:eye?seed=3&pace=full", str(shop_file)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    for seed, same in (("3", True), ("4", False)):
        frames = first(at_full_pace(shop_file, f"&seed={seed}"), 60)
        digest = hashlib.sha256(b"".join(frame.bgr.tobytes() for frame in frames)).hexdigest()
        assert (digest == done.stdout.strip()) == same


def test_a_frame_does_not_depend_on_the_rate_it_came_at(tmp_path: Path) -> None:
    shop_file = corner.files(tmp_path)
    slow = first(at_full_pace(shop_file, fps=1.0), 30)
    quick = first(at_full_pace(shop_file, fps=2.0), 60)
    assert len(slow) == 30
    for one, other in zip(slow, quick[::2], strict=True):
        assert one.time_s == other.time_s
        assert np.array_equal(one.bgr, other.bgr)


def test_who_is_slower_than_the_camera_gets_the_latest_frame(tmp_path: Path) -> None:
    shop_file = corner.files(tmp_path)
    clock = Clock()
    stage = Stage(corner.shop(), corner.scenario())
    world = Simulation(stage.shop, stage.scenario, 1, remember=False)
    filmed = FilmedCamera(stage, "eye", FaultSchedule((), 1))
    source = SimulatedSource("sim:eye", filmed, world, 4.0, paced=True, clock=clock)
    assert source.info.live
    clock.now_s += 50.0  # nobody has asked for frames yet
    times, pictures = [], []
    with source:
        for frame in source.frames():
            times.append(frame.time_s)
            pictures.append(frame.bgr)
            if len(times) == 4:
                break
            clock.now_s += 1.9
    assert times == [0.0, 1.75, 3.75, 5.5]
    assert source.gaps == []  # the camera sent the others: they were only not looked at
    every = first(at_full_pace(shop_file), 23)
    assert np.array_equal(pictures[3], every[22].bgr)


def test_a_live_camera_keeps_time_with_the_clock(tmp_path: Path) -> None:
    source = open_simulated("sim:eye", shop_file=corner.files(tmp_path), fps=20.0)
    begun = datetime.now(UTC)
    frames = first(source, 20)
    took_s = (datetime.now(UTC) - begun).total_seconds()
    assert frames[-1].time_s >= 19 / 20
    assert took_s >= frames[-1].time_s - 0.01


def test_close_from_another_thread_ends_the_wait(tmp_path: Path) -> None:
    source = open_simulated("sim:eye", shop_file=corner.files(tmp_path), fps=0.01)
    frames = source.frames()
    assert next(frames).time_s == 0.0
    threading.Timer(0.1, source.close).start()
    assert list(frames) == []


def test_a_camera_that_is_away_is_a_gap(tmp_path: Path) -> None:
    shop_file = with_fault(tmp_path, "drop", 1.0, 2.0, 7.0)
    source = at_full_pace(shop_file)
    frames = first(source, 12)
    assert [frame.time_s for frame in frames[6:10]] == [1.5, 1.75, 7.0, 7.25]
    assert frames[8].number == 29
    assert [(gap.start_s, gap.end_s) for gap in source.gaps] == [(1.75, 7.0)]


def test_a_gap_in_progress_is_told_at_the_end(tmp_path: Path) -> None:
    clock = Clock()
    schedule = FaultSchedule(corner.scenario(
        ("[[facing]]", FAULT.format("drop", 1.0, 2.0, 600.0))
    ).faults, 1)  # fmt: skip
    stage = Stage(corner.shop(), corner.scenario())
    world = Simulation(stage.shop, stage.scenario, 1, remember=False)
    source = SimulatedSource(
        "sim:eye", FilmedCamera(stage, "eye", schedule), world, 4.0, paced=True, clock=clock
    )
    assert next(source.frames()).time_s == 0.0
    clock.now_s += 30.0
    source.close()
    assert [(gap.start_s, gap.end_s) for gap in source.gaps] == [(1.75, 30.0)]
    assert list(source.frames()) == []


def test_a_recording_of_a_camera_that_stays_away_is_over(tmp_path: Path) -> None:
    source = at_full_pace(with_fault(tmp_path, "drop", 1.0, 2.0, 90_000.0), fps=0.25)
    assert [frame.time_s for frame in source.frames()] == [0.0]
    assert source.incomplete == "no frames came for 3600 s"


def test_a_clock_that_jumps_does_not_move_frames(tmp_path: Path) -> None:
    frames = first(at_full_pace(with_fault(tmp_path, "jump", 30.0, 1.0, 2.0)), 16)
    times = [frame.time_s for frame in frames]
    assert all(0 < b - a < 1.0 for a, b in pairwise(times))
    assert times[-1] == pytest.approx(15 / 4, abs=0.3)


def test_shop_scenario_seed_and_start_come_from_the_address(tmp_path: Path) -> None:
    shop_file = corner.files(tmp_path)
    other = tmp_path / "evening.toml"
    other.write_text(corner.changed(corner.SCENARIO, ("T12:00:00", "T18:00:00")), encoding="utf-8")
    address = f"sim:eye?shop={shop_file}&scenario={other}&seed=9&from=20:15&pace=full"
    with open_source(address) as source:
        assert source.info.start == datetime(2026, 4, 6, 11, 15, tzinfo=UTC)
        assert source.info.address == address
    wanted = parse_simulated("sim:eye?shop=a.toml", base=tmp_path)
    assert wanted.shop == tmp_path / "a.toml"
    assert (wanted.seed, wanted.paced, wanted.begins) == (1, True, None)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sim:", "expected sim:ID"),
        ("sim:a b", "expected sim:ID"),
        ("sim:eye?seed", "expected sim:ID"),
        ("sim:eye?seed=1&seed=2", "expected sim:ID"),
        ("sim:eye?zoom=2", "found 'zoom'"),
        ("sim:eye?seed=-1", "expected seed=0"),
        ("sim:eye?seed=\u0661", "expected seed=0"),
        ("sim:eye?pace=slow", "found 'slow'"),
        ("sim:eye?from=24:00", "expected from 00:00 to 23:59"),
        ("sim:eye?from=noon", "expected from 00:00 to 23:59"),
        ("sim:eye?shop=nowhere.toml", "expected a shop file, found none"),
        ("sim:eye?scenario=nowhere.toml", "expected a scenario file, found none"),
        ("sim:door", 'expected a camera of the shop file (eye), found "door"'),
    ],
)
def test_an_address_with_nonsense_is_one_line(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_source(address, shop_file=corner.files(tmp_path))
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_simulated_camera_needs_a_shop_and_a_place(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected a shop file: --shop FILE"):
        open_source("sim:eye")
    shop_file = corner.files(tmp_path)
    scenario = corner.SCENARIO
    begins, ends = scenario.index("[[camera]]"), scenario.index("[[facing]]")
    beside = tmp_path / "corner.scenario.toml"
    beside.write_text(scenario[:begins] + scenario[ends:], encoding="utf-8")
    with pytest.raises(BadInput, match=r'expected a \[\[camera\]\] "eye" with its place'):
        open_source("sim:eye", shop_file=shop_file)
    with pytest.raises(BadInput, match="starts when its scenario does"):
        open_source("sim:eye", shop_file=shop_file, start=datetime(2026, 1, 1, tzinfo=UTC))


def test_without_panda3d_it_says_what_to_install(tmp_path: Path) -> None:
    shop_file = corner.files(tmp_path)
    command = (
        "import sys; sys.modules['panda3d'] = None\n"
        "from miseban.cli.app import run; sys.exit(run(sys.argv[1:]))\n"
    )
    arguments = ["analyze", "sim:eye", "--shop", str(shop_file), "--model", "motion"]
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments, "--out", str(tmp_path / "out")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert 'pip install "miseban[sim]"' in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_world_that_began_before_is_the_same_for_all_cameras_and_bears_our_time(
    tmp_path: Path,
) -> None:
    shop_file = corner.files(tmp_path)
    shop = load_shop(shop_file)
    scenario = load_scenario(beside(shop_file), shop)
    now = datetime(2026, 11, 26, 23, 0, 0, 500_000, tzinfo=UTC)
    clock = Clock()

    def opened(speed: float, world: SharedWorld) -> SimulatedSource:
        filmed = FilmedCamera(Stage(shop, scenario), "eye", FaultSchedule(scenario.faults, 1))
        return SimulatedSource(
            "eye", filmed, world, 4.0, paced=True, at=now - timedelta(seconds=60.5), speed=speed,
            clock=clock, utc=lambda: now + timedelta(seconds=clock.now_s - 100.0),
        )  # fmt: skip

    asked: list[float] = []

    class Watched(Simulation):
        def scene(self, time_s: float) -> Scene:
            asked.append(time_s)
            return super().scene(time_s)

    for speed in (1.0, 2.0):
        world = SharedWorld(Watched(shop, scenario, 1, remember=False))
        clock.now_s = 100.0
        one = opened(speed, world)
        clock.now_s = 103.0  # the next camera takes a while to open
        other = opened(speed, world)
        assert (other.info.start - one.info.start).total_seconds() == 3.0
        clock.now_s = 110.0
        frames = []
        for source in (one, other):
            frames.append(source.poll())
            assert source.poll() is None, "one frame of a moment"
        times = [frame.utc for frame in frames if frame is not None]
        assert times == [now + timedelta(seconds=10.0)] * 2, "the time of this machine"
        assert [frame.time_s for frame in frames if frame is not None] == [10.0, 7.0]
        assert asked[-2:] == [70.5 * speed] * 2, "both look at the same moment of the world"
        assert one.gaps == []
        for source in (one, other):
            source.close()
        asked.clear()


def test_one_world_is_made_for_cameras_of_one_process(tmp_path: Path) -> None:
    shop_file = corner.files(tmp_path)
    address = "sim:eye?seed=4&at=2026-11-26T10:00:00Z"
    one = open_simulated(address, shop_file=shop_file)
    other = open_simulated(address, shop_file=shop_file)
    apart = open_simulated(address.replace("seed=4", "seed=5"), shop_file=shop_file)
    assert one._world is other._world is not apart._world


@pytest.mark.parametrize(
    "more", ["at=now", "at=2026-11-26T10:00:00", "speed=0", "speed=11", "speed=x",
             "pace=full&speed=2", "pace=full&at=2026-11-26T10:00:00Z"],
)  # fmt: skip
def test_a_moment_or_a_speed_that_cannot_be_is_refused(more: str) -> None:
    with pytest.raises(BadInput, match="expected"):
        parse_simulated(f"sim:eye?{more}")
