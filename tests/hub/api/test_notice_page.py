"""The page behind the poster's code, and what may be told through the routes of questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from miseban.vocabulary.events import CameraHealth, Event, ZoneLeft
from miseban.vocabulary.shop import parse_shop
from tests.hub.api.hubs import NOW, SHOP, Place, open_hub
from tests.hub.privacy.shops import NOTICE

pytestmark = pytest.mark.anyio


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


async def test_everybody_may_read_it_in_their_language(place: Place) -> None:
    place.hub.shop = parse_shop(SHOP + NOTICE, "shop.toml")
    async with place.client() as client:  # nobody has logged in
        for accept, lang, words in (
            ("ko-KR,ko;q=0.9", "ko", "매장 내 카메라"),
            ("zh-CN", "zh", "摄像头"),
            ("fr, en;q=0.5", "en", "Cameras at work"),
            ("fr", "ja", "お知らせ"),
        ):
            answer = await client.get("/notice", headers={"Accept-Language": accept})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["content-language"] == lang
            assert answer.headers["vary"] == "Accept-Language"
            assert words in answer.text
            assert (
                "default-src 'none'; style-src 'sha256-"
                in answer.headers["content-security-policy"]
            )
        chosen = await client.get("/notice?lang=en", headers={"Accept-Language": "ko"})
        assert chosen.headers["content-language"] == "en"
        assert (await client.get("/notice?lang=fr")).status_code == 422


async def test_without_a_notice_there_is_no_page(place: Place) -> None:
    async with place.client() as client:
        assert (await client.get("/notice")).status_code == 404


def stays(hour: int, count: int) -> list[Event]:
    """``count`` people who stayed at the milk in that hour of the day before."""
    begin = NOW.replace(hour=0, minute=0) - timedelta(days=1) + timedelta(hours=hour)
    return [
        ZoneLeft(
            id=f"stay-{hour}-{n}", time=begin + timedelta(minutes=n + 1), shop="shop", zone="milk",
            visit=f"{hour * 100 + n:016x}", dwell_s=30.0 + n, stitched=1,
        )
        for n in range(count)
    ]  # fmt: skip


COUNTS = {0: 9, 1: 3, 2: 8, 3: 0, 4: 6, 5: 2}
"""People at the milk, from nine in the morning at the shop."""


async def test_no_difference_of_answers_over_the_api_tells_of_fewer_than_k(place: Place) -> None:
    """Every period by whole hours is asked for, as a whole and by the hour, as JSON and as CSV:
    what is told of a longer time differs from what is told of a part of it by nothing, or by five
    people or more, and no answer is of fewer."""
    place.keep(*[event for hour, n in COUNTS.items() for event in stays(hour, n)])
    place.keep(CameraHealth(id="later", time=NOW, shop="shop", camera="door", state="ok", fps=5))
    first = NOW.replace(hour=0) - timedelta(days=1)
    told: dict[tuple[int, int], int] = {}
    async with place.client("marketer") as client:
        for a in range(7):
            for b in range(a + 1, 7):
                since, until = (first + timedelta(hours=h) for h in (a, b))
                for by in ("whole", "hour"):
                    params = {"since": since.isoformat(), "until": until.isoformat(), "by": by}
                    answer = await client.get("/api/v1/questions/dwell", params=params)
                    assert answer.status_code == 200
                    body = answer.json()
                    milk = [i for i, p in enumerate(body["place"]) if p == "milk"]
                    values = body["measures"]["stays"]["values"]
                    for n, i in enumerate(milk):
                        span = (a, b) if by == "whole" else (a + n, a + n + 1)
                        if values[i] is not None:
                            assert told.setdefault(span, int(values[i])) == int(values[i])
        day = {"since": first.isoformat(), "until": (first + timedelta(days=1)).isoformat()}
        text = (
            await client.get("/api/v1/questions/dwell", params=day | {"format": "csv"})
        ).text.splitlines()
        (row,) = [line for line in text if ",milk," in line]
        assert int(float(row.split(",")[4])) == sum(COUNTS.values())
    assert told[0, 6] == sum(COUNTS.values())
    assert all(n == 0 or n >= 5 for n in told.values())
    for (a, b), whole in told.items():
        for (c, d), part in told.items():
            if a <= c and d <= b:
                assert whole - part == 0 or whole - part >= 5, (a, b, whole, c, d, part)


async def test_the_same_attack_finds_it_without_the_gate(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from miseban.insight.disclosure.figures import GATED, PLAIN
    from miseban.insight.questions import rows

    monkeypatch.setattr(rows, "PLAIN", PLAIN | GATED)
    monkeypatch.setattr(rows, "GATED", frozenset())
    with pytest.raises(AssertionError):
        await test_no_difference_of_answers_over_the_api_tells_of_fewer_than_k(place)
