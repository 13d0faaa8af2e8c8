"""The live state, and server-sent events from a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from miseban.hub.api import live, watching
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import Right, Role
from miseban.vocabulary.events import AlertAnswered, CameraHealth, Event, HelpNeeded, LineCrossed
from tests.hub.api.hubs import HELP_MARK, NOW, Place, a_morning, open_hub
from tests.hub.api.serving import served

STREAM = "/api/v1/live/events"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


class Stream:
    """A client that reads server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()
        self.comments = 0

    def next(self) -> dict[str, str]:
        """The fields of the next event."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                return fields
            else:
                fields = {}
        raise EOFError

    def take(self, count: int) -> list[dict[str, str]]:
        return [self.next() for _ in range(count)]


@contextmanager
def listening(url: str, token: str, *, seen: str | None = None, **params: Any) -> Iterator[Stream]:
    headers = {"Authorization": f"Bearer {token}"}
    if seen is not None:
        headers["Last-Event-ID"] = seen
    with (
        httpx.Client(base_url=url, headers=headers, timeout=20) as client,
        client.stream("GET", STREAM, params=params) as response,
    ):
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


def crossing(n: int) -> LineCrossed:
    time_ = NOW + timedelta(seconds=n)
    return LineCrossed(
        id=f"c{n}", time=time_, shop="shop", line="entrance", direction="in", visit=f"{n:016x}"
    )


def call(n: int) -> HelpNeeded:
    return HelpNeeded(
        id=f"h{n}", time=NOW, shop="shop", help=f"{HELP_MARK}-{n}", kind="fall", place=(0.0, 0.0),
        unit="m", confidence=1.0,
    )  # fmt: skip


def until_listened(place: Place, count: int) -> None:
    """Waits until so many have subscribed: what is kept before is not for them."""
    until_s = time.monotonic() + 10
    while len(place.app.state.streams) != count:
        assert time.monotonic() < until_s
        time.sleep(0.01)


def test_everybody_hears_of_the_classes_that_they_may_see(place: Place) -> None:
    other: list[Event] = [
        CameraHealth(id="d", time=NOW, shop="shop", camera="door", state="ok", fps=5.0),
        AlertAnswered(id="s", time=NOW, shop="shop", alert="a", step="done", by="x"),
    ]
    last = crossing(1)
    expected: dict[Role, list[str]] = {
        "manager": ["help.needed", "camera.health", "alert.answered", "line.crossed"],
        "staff": ["help.needed", "line.crossed"],
        "marketer": ["line.crossed"],
        "installer": ["camera.health", "line.crossed"],
        "privacy_officer": ["camera.health", "line.crossed"],
        "head_office": ["camera.health", "line.crossed"],
    }
    with served(place.app) as url:
        for role, types in expected.items():
            with listening(url, place.tokens[role]) as stream:
                until_listened(place, 1)
                place.hub.bus.publish([call(0), *other, last])
                got = stream.take(len(types))
                assert [one["event"] for one in got] == types, role
                assert json.loads(got[-1]["data"])["id"] == last.id
            until_listened(place, 0)


def test_who_comes_back_gets_what_was_missed(place: Place) -> None:
    with served(place.app) as url:
        with listening(url, place.tokens["staff"]) as stream:
            until_listened(place, 1)
            place.keep(*(crossing(n) for n in range(3)))
            first = stream.take(2)
        place.keep(*(crossing(n) for n in range(3, 6)))
        with listening(url, place.tokens["staff"], seen=first[-1]["id"]) as stream:
            ids = [json.loads(one["data"])["id"] for one in stream.take(4)]
            assert ids == ["c2", "c3", "c4", "c5"]
        with listening(url, place.tokens["staff"], seen="00000000-7") as stream:
            assert stream.next()["event"] == "missed"  # of another start: ask for a snapshot


def test_a_snapshot_and_the_stream_after_it_have_no_gap(place: Place) -> None:
    with served(place.app) as url:
        headers = {"Authorization": f"Bearer {place.tokens['staff']}"}
        place.keep(crossing(0))
        now = httpx.get(f"{url}/api/v1/live", headers=headers).json()
        assert now["shop"]["visits"] == 1
        place.keep(crossing(1))
        with listening(url, place.tokens["staff"], after=now["place"]) as stream:
            assert json.loads(stream.next()["data"])["id"] == "c1"


def test_only_the_types_asked_for(place: Place) -> None:
    with (
        served(place.app) as url,
        listening(url, place.tokens["staff"], types=["help.needed"]) as stream,
    ):
        until_listened(place, 1)
        place.hub.bus.publish([crossing(0), call(0)])
        assert stream.next()["event"] == "help.needed"


def test_silence_is_broken_by_a_heartbeat(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.1)
    with served(place.app) as url, listening(url, place.tokens["staff"]) as stream:
        until_listened(place, 1)
        began = time.monotonic()
        time.sleep(0.5)
        place.keep(crossing(0))
        stream.next()
        assert 2 <= stream.comments <= 1 + (time.monotonic() - began) / 0.1


@pytest.mark.parametrize("what", ["token revoked", "account closed", "role changed"])
def test_a_stream_ends_with_the_right_to_it(
    place: Place, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "ASKED_AGAIN_S", 0.1)
    scopes = [Right.SEE_COUNT, Right.SEE_ASSIST]
    token_id, secret = place.token("staff", scopes, timedelta(days=1))
    people = place.hub.people
    with served(place.app) as url, listening(url, secret) as stream:
        until_listened(place, 1)
        if what == "token revoked":
            people.tokens.revoke(token_id, CONSOLE, NOW)
        elif what == "account closed":
            people.accounts.close(place.accounts["staff"], CONSOLE, NOW)
        else:
            people.accounts.set_role(place.accounts["staff"], "marketer", CONSOLE, NOW)
        with pytest.raises(EOFError):
            stream.next()
        if what == "role changed":
            with listening(url, secret) as again:  # it may come back, and hears of no help now
                until_listened(place, 1)
                place.hub.bus.publish([call(0), crossing(0)])
                assert again.next()["event"] == "line.crossed"


def test_too_many_streams_of_one_are_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_OF_ONE", 1)
    headers = {"Authorization": f"Bearer {place.tokens['staff']}"}
    with served(place.app) as url, listening(url, place.tokens["staff"]):
        until_listened(place, 1)
        refused = httpx.get(f"{url}{STREAM}", headers=headers)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0


def test_a_type_that_may_not_be_seen_or_is_none_is_refused(place: Place) -> None:
    with served(place.app) as url:
        headers = {"Authorization": f"Bearer {place.tokens['marketer']}"}
        for types, status in (("help.needed", 403), ("no.type", 422)):
            found = httpx.get(f"{url}{STREAM}", params={"types": types}, headers=headers)
            assert found.status_code == status


def test_help_is_a_page_of_its_own(place: Place) -> None:
    place.keep(*a_morning())
    with served(place.app) as url, httpx.Client(base_url=url) as client:
        for role in ("manager", "staff"):
            headers = {"Authorization": f"Bearer {place.tokens[role]}"}
            assert HELP_MARK in client.get("/api/v1/live/help", headers=headers).text
            assert HELP_MARK not in client.get("/api/v1/live", headers=headers).text


def test_an_alert_on_a_page_of_the_staff_has_been_delivered_there(place: Place) -> None:
    with served(place.app) as url:
        with listening(url, place.tokens["head_office"]):
            until_listened(place, 1)
            place.keep(call(1))
            place.hub.alerts.take([call(1)], place.clock())
        until_listened(place, 0)
        alert = place.hub.alerts.open()[0]
        assert alert.channels == ()
        with listening(url, place.tokens["staff"], seen=f"{place.hub.bus.place[:8]}-0") as stream:
            while stream.next()["event"] != "help.step":
                pass
            until_s = time.monotonic() + 10
            while place.hub.alerts.open()[0].channels != ("page",):
                assert time.monotonic() < until_s
                time.sleep(0.01)
