"""The floor of this moment in the hub: the newest of each source, for three seconds by its own
clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from miseban.hub.live.floor import FORGOTTEN_S, MOST_SOURCES, LiveFloor
from miseban.vocabulary.floor_now import Dot, FloorNow

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def sent(source: str, *keys: str, time: datetime = NOW, cameras: int = 1) -> bytes:
    dots = tuple(Dot(key, 1.0, 2.0, 0.25, False, None) for key in keys)
    names = tuple(f"{source}-{n}" for n in range(cameras))
    return FloorNow(source=source, time=time, cameras=names, dots=dots).encode()


class Clock:
    s = 1000.0

    def __call__(self) -> float:
        return self.s


def shown(floor: LiveFloor) -> tuple[int, list[str]]:
    cameras, dots = floor.dots()
    return cameras, [dot.key for dot in dots]


def test_sources_are_put_together_and_each_shows_its_newest() -> None:
    floor = LiveFloor(Clock())
    floor.take("door", sent("door", "0000000c", "0000000a"))
    floor.take("roof", sent("roof", "0000000b", cameras=3))
    assert shown(floor) == (4, ["0000000a", "0000000b", "0000000c"])
    floor.take("door", sent("door"))
    assert shown(floor) == (4, ["0000000b"])


def test_who_is_silent_is_forgotten_whatever_its_clock_says() -> None:
    clock = Clock()
    floor = LiveFloor(clock)
    floor.take("slow", sent("slow", "0000000a", time=NOW - timedelta(hours=9)))
    floor.take("fast", sent("fast", "0000000b", time=NOW + timedelta(hours=9)))
    clock.s += FORGOTTEN_S - 0.1
    assert shown(floor) == (2, ["0000000a", "0000000b"])
    floor.take("slow", sent("slow", "0000000a", time=NOW - timedelta(hours=9)))
    clock.s += 0.2
    assert shown(floor) == (1, ["0000000a"])
    clock.s += FORGOTTEN_S
    assert shown(floor) == (0, [])
    assert not floor._newest


def test_a_page_is_told_places_and_nothing_while_nobody_looks() -> None:
    clock = Clock()
    floor = LiveFloor(clock)
    assert floor.text(NOW) == floor.text(NOW + timedelta(1)), "so it is not sent again"
    floor.take("door", sent("door", "0000000a"))
    told = json.loads(floor.text(NOW))
    assert told == {
        "time": NOW.isoformat(),
        "cameras": 1,
        "dots": [["0000000a", 1.0, 2.0, 0.25, False, None]],
    }


def test_rubbish_is_set_aside_and_told_once() -> None:
    floor = LiveFloor(Clock())
    floor.take("door", sent("door", "0000000a"))
    with capture_logs() as told:
        for _ in range(3):
            floor.take("door", b'{"kind":"floor","x":"7.125 metres"}')
            floor.take("roof", sent("door", "0000000b"))
    assert shown(floor) == (1, ["0000000a"])
    assert [one["source"] for one in told] == ["door", "roof"]
    assert "7.125" not in str(told)


def test_there_is_an_end_to_sources() -> None:
    floor = LiveFloor(Clock())
    for n in range(MOST_SOURCES + 10):
        floor.take(f"c{n}", sent(f"c{n}"))
    assert floor.dots()[0] == MOST_SOURCES
