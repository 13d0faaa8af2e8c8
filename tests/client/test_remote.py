"""The client at a hub: the same answers as from the folder, and errors that say what is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

import miseban
from miseban.client import remote
from miseban.client.local import LocalShop
from miseban.client.questions import Shop
from miseban.client.remote import NotAllowed, RemoteShop, Unreachable
from miseban.hub.api.questions import MODELS, name_of
from miseban.hub.people.rights import Right
from miseban.insight.uncertainty.accuracy_file import AccuracyFile, Look, accuracy_file
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import Event, ZoneOccupancy
from tests.hub.api.hubs import NOW, Place, a_morning, open_hub
from tests.hub.api.serving import served

DAY = "2026-03-02"
WEEK: tuple[Any, ...] = ("2026-02-25", "2026-03-03")
Ask = Callable[..., pd.DataFrame]


def reports() -> list[Event]:
    """Of a zone, so that it is known what was seen."""
    return [
        ZoneOccupancy(
            id=f"{n:08x}-milk", time=NOW - timedelta(minutes=60 - n), shop="shop", zone="milk",
            people=0, people_max=1, person_s=5.0, period_s=60.0, coverage=1.0,
        )
        for n in range(1, 61)
    ]  # fmt: skip


def _asked(name: str, *period: Any, shop: Shop, **more: Any) -> pd.DataFrame:
    found: pd.DataFrame = getattr(shop, name)(*period, **more)
    return found


ASKED: dict[str, list[Ask]] = {
    name: [
        partial(_asked, name, DAY),
        partial(_asked, name, *WEEK, compare=WEEK),
    ]
    for name in map(name_of, MODELS)
}
ASKED["visitors"] += [lambda shop: shop.visitors(DAY, by="minute", lines=["entrance"])]
ASKED["dwell"] += [lambda shop: shop.dwell(DAY, by="hour", zones=["milk", "queue-1"])]
ASKED["heat"] += [lambda shop: shop.heat(DAY, cell_m=1.5)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_hub(tmp_path_factory.mktemp("hub")) as found:
        found.keep(*a_morning(), *reports())
        found.hub.journal.compact(NOW)
        yield found


@pytest.fixture(scope="module")
def url(place: Place) -> Iterator[str]:
    with served(place.app) as address:
        yield address


@pytest.fixture
def far(place: Place, url: str) -> Iterator[Shop]:
    with miseban.open(url, token=place.tokens["manager"]) as shop:
        yield shop


@pytest.fixture
def near(place: Place) -> Iterator[Shop]:
    with miseban.open(place.hub.journal.folder) as shop:
        yield shop


@pytest.mark.parametrize("name", ASKED)
def test_a_hub_answers_as_the_folder_does(name: str, near: Shop, far: Shop) -> None:
    for ask in ASKED[name]:
        here, there = ask(shop=near), ask(shop=far)
        pd.testing.assert_frame_equal(here, there)
        assert here.attrs == there.attrs


def test_nothing_asked_for_is_the_same_at_both(near: Shop, far: Shop) -> None:
    for shop in (near, far):
        assert list(shop.events(types=[])) == []
        for name, of in (
            ("dwell", "zones"),
            ("visitors", "lines"),
            ("occupancy", "zones"),
            ("funnel", "shelves"),
            ("stock", "shelves"),
        ):
            with pytest.raises(BadInput, match="at least 1 item"):
                _asked(name, DAY, shop=shop, **{of: []})


def test_what_audits_taught_holds_at_both(place: Place, near: Shop, far: Shop) -> None:
    before = near.visitors(DAY)
    look = Look(
        made=NOW, camera=None, line="entrance", start=NOW, seconds=600, condition="well",
        counted=(60, 60), told=(90, 60), passed=120,
    )  # fmt: skip
    shop_file = place.hub.files.shop
    assert shop_file is not None
    file = accuracy_file(shop_file)
    file.write_text(AccuracyFile(shop="shop", looks=(look,)).model_dump_json(by_alias=True))
    try:
        with miseban.open(place.hub.journal.folder) as again:
            here = again.visitors(DAY)
        pd.testing.assert_frame_equal(here, far.visitors(DAY))
        assert not here.equals(before)
    finally:
        file.unlink()


def test_no_question_is_left_out_and_some_have_an_answer(near: Shop) -> None:
    assert set(ASKED) == {name_of(model) for model in MODELS}
    told = {name for name, asks in ASKED.items() if len(asks[0](shop=near))}
    assert {"visitors", "occupancy", "dwell", "queues"} <= told


def test_shop_and_events_are_the_same(near: Shop, far: Shop, monkeypatch: Any) -> None:
    assert (near.id, near.timezone) == (far.id, far.timezone)
    monkeypatch.setattr(remote, "_PAGE", 7)  # so that there are pages
    assert list(near.events()) == list(far.events())
    since, until = NOW - timedelta(minutes=30), NOW - timedelta(minutes=20)
    for limit in (None, 1, 9):
        here = list(near.events(["line.crossed"], since, until, limit))
        assert here == list(far.events(["line.crossed"], since, until, limit))
        assert here


def test_which_half_it_is_shows_by_the_address(place: Place, url: str) -> None:
    with miseban.open(url, token=place.tokens["staff"]) as shop:
        assert isinstance(shop, RemoteShop)
    with miseban.open(str(place.hub.journal.folder)) as shop:
        assert isinstance(shop, LocalShop)


@pytest.mark.parametrize(
    ("where", "more", "why"),
    [
        ("https://hub.example", {}, "token"),
        ("https://hub.example", {"token": " "}, "token"),
        ("https://hub.example", {"token": "t", "shop": "shop.toml"}, "no shop file"),
        ("http://hub.example", {"token": "t"}, "anybody on the way could read the token"),
        ("ftp://hub.example", {"token": "t"}, "https://hub.example"),
        ("https://user:pass@hub.example", {"token": "t"}, "https://hub.example"),
        ("https://hub.example", {"token": "t", "ca": "nowhere.pem"}, "PEM"),
        ("folder", {"token": "t"}, "this is a folder"),
    ],
)
def test_what_cannot_be_opened_is_refused_at_once(
    where: str, more: dict[str, str], why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        miseban.open(where, **more)


def test_a_file_that_holds_no_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(BadInput, match="PEM"):
        miseban.open("https://hub.example", token="t", ca=tmp_path / "ca.pem")


def test_errors_have_types(place: Place, url: str) -> None:
    _, narrow = place.token("manager", [Right.SEE_COUNT], timedelta(days=1))
    with RemoteShop(url, token=narrow) as shop, pytest.raises(NotAllowed, match=r"see\.assist"):
        shop.help(DAY)
    with RemoteShop(url, token="msb_nothing") as shop, pytest.raises(NotAllowed) as found:
        shop.visitors(DAY)
    assert found.value.code == "log-in"
    with RemoteShop(url, token=narrow) as shop:
        with pytest.raises(BadInput, match="entrance"):
            shop.visitors(DAY, lines=["no-such-line"])
        with pytest.raises(BadInput):
            shop.visitors(DAY, by="week")  # type: ignore[arg-type]
    with RemoteShop("http://127.0.0.1:9", token="t") as shop, pytest.raises(Unreachable):
        shop.visitors(DAY)


class Fake(httpx.BaseTransport):
    """A hub that answers what it is told to, one after the other."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = itertools.chain(answers, itertools.repeat(answers[-1]))
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def busy(status: int = 503) -> httpx.Response:
    told = {"code": "busy", "detail": "later"}
    return httpx.Response(status, json=told, headers={"Retry-After": "0"})


GOOD = {"id": "shop", "timezone": "UTC"}


@pytest.mark.parametrize(
    ("answers", "asked", "error"),
    [
        ([httpx.ConnectError("no"), httpx.Response(200, json=GOOD)], 2, None),
        ([busy(), busy(429), httpx.Response(200, json=GOOD)], 3, None),
        ([busy()], 3, Failed),
        ([httpx.ReadTimeout("slow")], 3, Unreachable),
        ([httpx.ConnectError("no")], 3, Unreachable),
        ([httpx.Response(500, json={"code": "internal", "detail": "x"})], 1, Failed),
        ([httpx.Response(404, text="<html>")], 1, Failed),
        ([httpx.Response(302, headers={"Location": "https://evil.example"})], 1, Failed),
    ],
)
def test_what_only_reads_is_tried_again_and_no_more_than_three_times(
    answers: list[Any], asked: int, error: type[Exception] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "WAIT_S", 0.0)
    fake = Fake(*answers)
    with RemoteShop("https://hub.example", token="t", transport=fake) as shop:
        if error is None:
            assert shop.id == "shop"
        else:
            with pytest.raises(error):
                _ = shop.id
    assert fake.asked == asked


def test_a_time_without_a_zone_is_the_shops(far: Shop, near: Shop) -> None:
    begin, end = "2026-03-02T11:00", datetime(2026, 3, 2, 3, tzinfo=UTC)
    pd.testing.assert_frame_equal(near.visitors(begin, end), far.visitors(begin, end))
