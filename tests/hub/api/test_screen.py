"""The state that pages are sent: to each what they may see, again when it is another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from miseban.hub.people.rights import Role
from tests.hub.api.hubs import HELP_MARK, Place, a_morning, open_hub
from tests.hub.api.serving import served

URL = "/api/v1/live/screen"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        found.keep(*a_morning())
        yield found


def told(url: str, place: Place, role: Role, until: str, most: int = 20) -> list[tuple[str, Any]]:
    """What comes over the stream, up to the first ``until``."""
    found = []
    headers = {"Authorization": f"Bearer {place.tokens[role]}"}
    with httpx.stream("GET", url + URL, headers=headers, timeout=15) as stream:
        assert stream.status_code == 200
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
                if name == until or len(found) >= most:
                    return found
    return found


def test_a_page_gets_what_the_api_tells_and_help_is_for_those_who_help(place: Place) -> None:
    with served(place.app) as url:
        [*_, (name, now)] = told(url, place, "manager", "now")
        assert name == "now"
        headers = {"Authorization": f"Bearer {place.tokens['manager']}"}
        asked = httpx.get(f"{url}/api/v1/live", headers=headers).json()["shop"]
        assert now == asked
        assert now["cameras"]
        helping = told(url, place, "staff", "help")
        assert HELP_MARK in json.dumps(helping)
        assert [one["cameras"] for name, one in helping if name == "now"] in ([], [[]])


@pytest.mark.parametrize("role", ["marketer", "head_office", "installer"])
def test_who_may_not_see_help_is_sent_none(
    place: Place, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miseban.hub.api.screen.BEAT_S", 0.0)
    with served(place.app) as url:
        found = told(url, place, role, "never", most=3)
    assert {name for name, _ in found} == {"now", "beat"}
    assert HELP_MARK not in json.dumps(found)


def test_the_state_comes_again_only_when_it_is_another(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miseban.hub.api.screen.BEAT_S", 0.0)
    with served(place.app) as url:  # the hub's clock stands still here, and nothing happens
        found = told(url, place, "marketer", "never", most=4)
    assert [name for name, _ in found] == ["now", "beat", "beat", "beat"]
