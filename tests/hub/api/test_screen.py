"""What a page that stays open is sent: to each who they are, made once for all of them."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from miseban.hub.api import screen as screen_module
from miseban.hub.live.floor import LiveFloor
from miseban.hub.people.rights import Role
from miseban.vocabulary.floor_now import Dot, FloorNow
from tests.hub.api.hubs import HELP_MARK, Place, a_morning, open_hub
from tests.hub.api.serving import served
from tests.hub.api.test_live import Stream, call, until_listened

KEY = "0f1e2d3c"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        found.keep(*a_morning())
        found.keep(call(1))
        yield found


def tell(floor: LiveFloor, x: float) -> None:
    dots = (Dot(KEY, x, 2.5, 0.25, False, None),)
    now = datetime.now(UTC)
    floor.take("door", FloorNow(source="door", time=now, cameras=("door",), dots=dots).encode())


@contextmanager
def looking(url: str, token: str) -> Iterator[Stream]:
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(base_url=url, headers=headers, timeout=20) as client,
        client.stream("GET", "/api/v1/live/screen") as response,
    ):
        assert response.status_code == 200, response.read()
        yield Stream(response)


def first(stream: Stream, seconds: float = 2.5, of: Collection[str] = ()) -> dict[str, list[str]]:
    """All that comes for so long, by event, and until something has ``of`` each, or 20 s more."""
    found: dict[str, list[str]] = {}
    until_s = time.monotonic() + seconds
    while (now_s := time.monotonic()) < until_s or not set(of) <= found.keys():
        assert now_s < until_s + 20, f"of {sorted(of)} only {sorted(found)} came"
        one = stream.next()
        found.setdefault(one["event"], []).append(one["data"])
    return found


def test_everybody_is_sent_what_they_may_see(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_module, "BEAT_S", 0.2)
    monkeypatch.setattr(screen_module, "TURN_S", 0.2)
    expected: dict[Role, set[str]] = {
        "manager": {"now", "floor", "help"},
        "marketer": {"now", "floor"},
        "staff": {"now", "help"},
        "installer": {"now"},
        "privacy_officer": {"now"},
        "head_office": {"now"},
    }
    with served(place.app) as url:
        for role, events in expected.items():
            tell(place.hub.floor, 1.25)
            with looking(url, place.tokens[role]) as stream:
                found = first(stream, 1.0, of=events)
            assert set(found) - {"beat"} == events, role
            everything = json.dumps(found)
            assert (KEY in everything) == ("floor" in events), role
            assert (HELP_MARK in everything) == ("help" in events), role
            cameras = json.loads(found["now"][0])["cameras"]
            assert bool(cameras) == (role in {"manager", "installer", "privacy_officer",
                                              "head_office"}), role  # fmt: skip


def test_dots_move_twice_a_second_and_vanish(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    place.hub.floor._clock = lambda: clock[0]
    with served(place.app) as url, looking(url, place.tokens["marketer"]) as stream:
        until_listened(place, 1)
        moved: list[dict[str, Any]] = []
        for x in (1.0, 2.0, 3.0):
            tell(place.hub.floor, x)
            while not moved or moved[-1]["dots"][0][1] != x:
                one = stream.next()
                if one["event"] == "floor" and json.loads(one["data"])["dots"]:
                    moved.append(json.loads(one["data"]))
        assert [dot[:1] + dot[2:] for one in moved for dot in one["dots"]] == [
            [KEY, 2.5, 0.25, False, None]
        ] * len(moved)
        assert all(one["cameras"] == 1 for one in moved)
        clock[0] += 10.0
        while (one := stream.next())["event"] != "floor" or json.loads(one["data"])["cameras"]:
            pass
        assert json.loads(one["data"]) == {"time": None, "cameras": 0, "dots": []}


def test_each_state_is_made_once_for_all_and_only_while_somebody_may_look(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []
    text = LiveFloor.text

    def counted(self: LiveFloor, now: datetime) -> str:
        made.append(time.monotonic())
        tell(self, float(len(made)))
        return text(self, now)

    monkeypatch.setattr(LiveFloor, "text", counted)
    with served(place.app) as url:
        with looking(url, place.tokens["staff"]) as stream:
            first(stream, 1.5)
        assert not made, "nobody who looks may see it"
        with ExitStack() as stack:
            streams = [
                stack.enter_context(looking(url, place.tokens[role]))
                for role in ("manager", "marketer", "manager", "marketer")
            ]
            until_listened(place, 4)
            made.clear()
            floors = [first(stream, 1.2, of=["floor"])["floor"] for stream in streams]
            assert len(made) <= 4 + 2 * (made[-1] - made[0]), (
                "twice a second for four, not eight times"
            )
            assert all(floors)
        until_listened(place, 0)
        time.sleep(1.2)
        made.clear()
        time.sleep(1.0)
        assert not made
        monkeypatch.setattr(LiveFloor, "text", text)
        tell(place.hub.floor, 99.0)
        with looking(url, place.tokens["manager"]) as stream:
            while (one := stream.next())["event"] != "floor":
                pass
            assert json.loads(one["data"])["dots"][0][1] == 99.0, "nothing old at first"


def test_a_call_does_not_wait_for_the_next_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_module, "TURN_S", 12.0)
    with served(place.app) as url, looking(url, place.tokens["staff"]) as stream:
        for _ in range(2):  # now and help
            stream.next()
        for n in (2, 3, 4):
            place.keep(call(n))
            told_s = time.monotonic()
            while (one := stream.next())["event"] != "help":
                pass
            assert f'"help":"{call(n).help}"' in one["data"]
            assert time.monotonic() - told_s < 6.0
