"""The page of shelves: what staff say with one tap reaches the journal and the camera, and what
hands did stands there as the API tells it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from miseban.vocabulary.events import EVENTS, Event
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.lessons import read_lesson
from miseban.vocabulary.shop import Shop, load_shop
from tests.web.pages import Visitor, Website
from tests.web.shops import SHOPS
from tests.web.test_looks import serious

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
FIRST = NOW - timedelta(days=7, hours=2)
"""The hour of a week ago of which the journal knows something."""
DAY = FIRST.astimezone(ZoneInfo("Asia/Tokyo")).date()
SHELVES = f"/shelves?period={DAY}..{DAY}"


def hands(shop: Shop) -> list[Event]:
    """At the first two facings of a shelf: 35 stand before the first, 30 touch it, 12 of them buy;
    it is empty for twenty minutes, in which 9 take from the second."""
    shelf = shop.shelves[0]
    first, second = shelf.facings[:2]
    ids, events = EventIds(random.Random(8)), []

    def add(second_s: float, type_: str, **more: Any) -> None:
        time = FIRST + timedelta(seconds=second_s)
        head = {"id": ids.at(time.timestamp()), "time": time, "shop": shop.shop.id, "type": type_}
        events.append(EVENTS.validate_python(head | more))

    def hand(second_s: float, visit: int, facing: str, kind: str) -> None:
        more = {"shelf": shelf.id, "facing": facing, "kind": kind, "visit": f"{visit + 900:016x}"}
        add(second_s, "shelf.touched", **more, confidence=1.0, camera=shelf.camera)

    for n in range(35):  # five of them only look
        add(50 + n, "shelf.faced", shelf=shelf.id, facing=first.id, visit=f"{n + 900:016x}",
            dwell_s=5.0, camera=None)  # fmt: skip
    for n in range(30):
        hand(60 + n, n, first.id, "reach")
        if n < 12:
            hand(90 + n, n, first.id, "pick_up")
            line = {"gtin": first.gtin, "quantity": 1, "price": 100}
            add(300 + n, "till.receipt", till=shop.tills[0].id, receipt=f"w{n}", currency="JPY",
                lines=[line], total=100)  # fmt: skip
    for at_s, state in ((1200, "empty"), (2400, "full")):
        fill = float(state == "full")
        add(at_s, "shelf.state", shelf=shelf.id, facing=first.id, state=state, fill=fill,
            confidence=1.0, camera=shelf.camera)  # fmt: skip
    for at_s in (172_800, 174_600):  # two days later it stays full
        add(at_s, "shelf.state", shelf=shelf.id, facing=first.id, state="full", fill=1.0,
            confidence=1.0, camera=shelf.camera)  # fmt: skip
    for n in range(9):
        hand(1300 + 20 * n, 100 + n, second.id, "pick_up")
    return events


@pytest.fixture(scope="module")
def shop() -> Shop:
    return load_shop(SHOPS / "konbini.toml")


@pytest.fixture(scope="module")
def site(konbini: Website, shop: Shop) -> Website:
    konbini.tell(hands(shop))
    return konbini


def ready(page: Page) -> None:
    expect(page.locator("#main [aria-busy=true]")).to_have_count(0)


def test_one_tap_is_kept_told_to_the_camera_and_shown(
    browser: Browser, site: Website, shop: Shop
) -> None:
    shelf = shop.shelves[0]
    facing, lessons = shelf.facings[2], site.box.hub.lessons
    lessons.wait(shelf.camera, 0.0)  # as the camera's process asks
    with Visitor.of(browser, site, width=390) as one:
        page = one.log_in("staff", "/shelves")
        ready(page)
        place = f"{shelf.id}/{facing.id}"
        page.locator("#now button.facing", has_text=facing.name).first.click()
        row = page.locator(f'#check [data-place="{place}"]')
        tap = row.locator('[data-state="low"]')
        box = tap.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        tap.click()
        expect(page.locator("#toasts")).to_contain_text(facing.name)
        (told,) = [read_lesson(payload, "x") for payload in lessons.wait(shelf.camera, 10.0)]
        assert (told.shelf, told.facing, told.state) == (shelf.id, facing.id, "low")
        low = page.locator("#now button.facing.low", has_text=facing.name)
        expect(low).to_have_count(1)
        expect(row.locator('[data-state="low"]')).to_have_attribute("aria-pressed", "true")
        states = {(s["shelf"], s["facing"]): s["state"] for s in one.api("live")["shop"]["shelves"]}
        assert states[shelf.id, facing.id] == "low"
        page.locator(f'#check [data-place="{place}"] [data-state="full"]').click()
        expect(page.locator("#now button.facing.full", has_text=facing.name)).to_have_count(1)


def test_other_goods_are_shown_and_are_right_from_now_on_with_one_tap(
    browser: Browser, site: Website, shop: Shop
) -> None:
    shelf = shop.shelves[0]
    facing, now = shelf.facings[3], datetime.now(UTC)
    told = {
        "id": EventIds(random.Random(9)).at(now.timestamp()), "time": now, "shop": shop.shop.id,
        "type": "shelf.state", "shelf": shelf.id, "facing": facing.id, "camera": shelf.camera,
        "state": "wrong", "fill": 0.8, "confidence": 0.9,
    }  # fmt: skip
    site.tell([EVENTS.validate_python(told)])
    with Visitor.of(browser, site) as one:
        page = one.log_in("staff", "/shelves")
        ready(page)
        board = page.locator("#now button.facing.wrong")
        expect(board).to_have_count(1)
        expect(board).to_contain_text("wrong product")
        row = page.locator(f'#check [data-place="{shelf.id}/{facing.id}"]')
        expect(row).to_contain_text("Other goods than usual")
        assert not serious("shelves", page)
        row.locator('[data-state="full"]').click()
        expect(board).to_have_count(0)
        expect(page.locator("#check")).not_to_contain_text("Other goods than usual")


def test_a_day_on_which_nothing_was_empty_is_no_day_of_which_nothing_is_known(
    browser: Browser, site: Website
) -> None:
    with Visitor.of(browser, site) as one:
        full, unknown = (DAY + timedelta(days=n) for n in (2, -3))
        page = one.log_in("staff", f"/shelves?period={full}..{full}")
        ready(page)
        expect(page.locator("#stock")).to_contain_text("No facing was empty")
        page.goto(f"{site.url}/shelves?period={unknown}..{unknown}")
        ready(page)
        expect(page.locator("#stock")).to_contain_text("Nothing is known")


def test_without_a_connection_nothing_is_said_later(browser: Browser, site: Website) -> None:
    with Visitor.of(browser, site) as one:
        page = one.log_in("staff", "/shelves")
        ready(page)
        page.locator("#now button.facing").first.click()
        page.route("**/confirmed", lambda route: route.abort())
        page.locator("#check [data-state=empty]").first.click()
        expect(page.locator("#toasts")).to_contain_text("No connection")
        one.forgive(lambda line: "ERR_FAILED" in line)


def test_who_may_not_answer_cannot_tap(browser: Browser, site: Website) -> None:
    with Visitor.of(browser, site) as one:
        page = one.log_in("marketer", SHELVES)
        ready(page)
        expect(page.locator("#now .facing").first).to_be_visible()
        expect(page.locator("#now button.facing, #check")).to_have_count(0)


def test_a_level_is_as_high_as_the_facing_is_full(
    browser: Browser, site: Website, shop: Shop
) -> None:
    shelf, ids, now = shop.shelves[0], EventIds(random.Random(8)), datetime.now(UTC)
    fills = {facing.id: fill for facing, fill in zip(shelf.facings[3:], (0.25, 0.75), strict=False)}
    head = {"type": "shelf.state", "time": now, "shop": shop.shop.id, "confidence": 1.0}
    site.tell(
        [
            EVENTS.validate_python(
                head | {"id": ids.at(now.timestamp()), "shelf": shelf.id, "facing": facing}
                | {"state": "full", "fill": fill, "camera": shelf.camera}
            )
            for facing, fill in fills.items()
        ]
    )  # fmt: skip
    names = {facing.id: facing.name for facing in shelf.facings}
    for role in ("staff", "marketer"):  # a button, and none
        with Visitor.of(browser, site) as one:
            page = one.log_in(role, "/shelves")
            ready(page)
            for facing, fill in fills.items():
                level = page.locator("#now .facing", has_text=names[facing]).locator(".level")
                part = level.evaluate("it => it.firstChild.offsetHeight / it.offsetHeight")
                assert part == pytest.approx(fill, abs=0.05)


def test_what_cannot_be_told_now_is_hatched_and_the_page_says_what_that_means(
    browser: Browser, site: Website, shop: Shop
) -> None:
    shelf, now = shop.shelves[-1], datetime.now(UTC)
    ids = EventIds(random.Random(9))
    states = {facing.id: ("blocked", "unknown")[n] for n, facing in enumerate(shelf.facings[:2])}
    head = {"time": now, "shop": shop.shop.id, "camera": shelf.camera, "type": "shelf.state"}
    site.tell(
        [
            EVENTS.validate_python(
                head | {"id": ids.at(now.timestamp()), "shelf": shelf.id, "facing": facing}
                | {"state": state, "fill": 0.0, "confidence": 0.5}
            )
            for facing, state in states.items()
        ]
    )  # fmt: skip
    with Visitor.of(browser, site) as one:
        page = one.log_in("marketer", SHELVES)
        ready(page)
        hatched = page.locator("#now .facing:is(.unseen, .blocked, .unknown)")
        expect(hatched).to_have_count(2)
        every = page.locator("#now .facing").count()
        expect(page.locator("#now .hint")).to_contain_text(f"2 of {every} facings")


def test_from_passing_to_buying_as_the_api_tells_it(
    browser: Browser, site: Website, shop: Shop
) -> None:
    first, second = shop.shelves[0].facings[:2]
    place = f"{shop.shelves[0].id}/{first.id}"
    with Visitor.of(browser, site) as one:
        page = one.log_in("manager", SHELVES)
        ready(page)
        start = datetime.combine(DAY, datetime.min.time(), ZoneInfo("Asia/Tokyo"))
        when = {"since": start.isoformat(), "until": (start + timedelta(days=1)).isoformat()}
        told = one.api("questions/funnel", **when)
        n = told["place"].index(place)

        def value(name: str) -> float:
            found = told["measures"][name]["values"][n]
            assert found is not None
            return float(found)

        row = page.locator("#funnel tbody tr", has=page.get_by_text(first.name, exact=True))
        cells = row.first.locator("td").all_text_contents()
        steps = ("faced", "touched", "picked", "kept_by", "bought_by")
        assert value("faced") > value("touched")
        assert cells[3:8] == [f"{value(name):,.0f}" for name in steps]
        share = f"{value('not_bought_rate'):.0%}"
        line = page.locator("#notbought li", has_text=first.name).first
        expect(line.locator("b")).to_have_text(share)
        expect(line).to_contain_text(f"of {value('touched'):,.0f} who touched")
        taken = one.api("questions/instead", **when)
        pair = list(zip(taken["place"], taken["detail"], strict=True))
        people = taken["measures"]["people"]["values"]
        there = people[pair.index((place, ""))]
        took = people[pair.index((place, f"{shop.shelves[0].id}/{second.id}"))]
        assert took >= 9
        row = page.locator("#instead tbody tr", has_text=second.name).first.locator("td")
        assert f"{took:.0f} / {there:.0f}" in row.all_text_contents()
        page.get_by_role("button", name="Whole shelves").click()
        expect(page.locator("#funnel tbody tr", has_text=shop.shelves[0].name)).to_have_count(1)
        assert "of=shelf" in page.url


@pytest.mark.parametrize(("language", "word"), [("ja", "棚別"), ("ko", "진열대별")])
def test_axe_finds_nothing_serious_and_all_fits_a_telephone(
    browser: Browser, site: Website, language: str, word: str
) -> None:
    with Visitor.of(browser, site, language=language, width=390, color_scheme="dark") as one:
        page = one.log_in("manager", SHELVES + "&compare=before")
        ready(page)
        expect(page.get_by_text(word)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not serious("shelves", page)
