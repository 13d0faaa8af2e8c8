"""The page of areas: hours and weekdays, the floor as a camera sees it, and lists that say what the
API says."""

from __future__ import annotations

import base64
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from miseban.camera.trial.told import Looked
from miseban.vocabulary.shop import load_shop
from tests.web.pages import Visitor, Website
from tests.web.shops import SHOPS
from tests.web.test_looks import serious

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0).astimezone(TOKYO)
FIRST, LAST = NOW - timedelta(days=7, hours=2), NOW - timedelta(days=7, hours=1)
"""Hours of which the journal knows something; of today's hardly anything is told yet."""
DAYS = f"{FIRST.date()}..{LAST.date()}"
AREAS = f"/areas?period={DAYS}"
SINCE = FIRST.replace(hour=0)
UNTIL = LAST.replace(hour=0) + timedelta(days=1)


def ready(page: Page) -> None:
    expect(page.locator("#main [aria-busy=true]")).to_have_count(0)


def said(found: dict[str, Any], measure: str) -> dict[str, float | None]:
    return dict(zip(found["place"], found["measures"][measure]["values"], strict=True))


def ask(visitor: Visitor, question: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = visitor.api(
        f"questions/{question}", since=SINCE.isoformat(), until=UNTIL.isoformat(), **more
    )
    return found


def stays_shown(page: Page) -> list[str]:
    return page.locator("#ranking .ranking li > small").all_text_contents()


def stays_told(answer: dict[str, Any]) -> list[str]:
    """The numbers in front of those lines, of areas that are told of; what is for sale first."""
    told = said(answer, "stays")
    shop = load_shop(SHOPS / "konbini.toml")
    service = {zone.id for zone in shop.zones if zone.kind in ("queue", "counter", "entrance")}
    known = [place for place in answer["place"] if told[place] is not None]
    return [
        f"{told[place]:,.0f} stays" if told[place] else "nobody"
        for place in sorted(known, key=lambda place: place in service)
    ]


def test_a_shop_that_does_not_come_at_once_is_asked_for_again(visitor: Visitor) -> None:
    visitor.page.route("**/api/v1/shop", lambda route: route.abort(), times=1)
    page = visitor.log_in("marketer", AREAS)
    ready(page)
    assert stays_shown(page)
    visitor.forgive(lambda line: "ERR_FAILED" in line)


def test_an_area_that_cannot_be_loaded_is_not_told_as_another(visitor: Visitor) -> None:
    page = visitor.log_in("marketer", f"{AREAS}&area=drinks")
    ready(page)
    expect(page.locator("#area .figure")).not_to_have_count(0)
    visitor.context.set_offline(True)
    page.locator("#ranking").get_by_role("button", name="Bento and rice balls").click()
    expect(page.locator("#area-title")).to_have_text("Bento and rice balls")
    expect(page.locator("#area").get_by_role("alert")).to_be_visible()
    expect(page.locator("#area .figure")).to_have_count(0)
    visitor.context.set_offline(False)
    page.locator("#ranking").get_by_role("button", name="Bento and rice balls").click()
    expect(page.locator("#area .figure")).not_to_have_count(0)
    visitor.forgive(lambda line: "ERR_INTERNET_DISCONNECTED" in line)


def test_the_hours_are_kept_in_the_address_and_asked_for(visitor: Visitor) -> None:
    page = visitor.log_in("marketer", AREAS)
    ready(page)
    assert [text.partition(" stays")[0] + " stays" if "stays" in text else "nobody"
            for text in stays_shown(page)] == stays_told(ask(visitor, "areas"))  # fmt: skip
    begin = page.get_by_role("slider", name="From")
    end = page.get_by_role("slider", name="Until")
    expect(page.locator(".hours output")).to_have_text("00:00 – 24:00")
    # By keys alone: the last hour of the two.
    for _ in range(LAST.hour):
        begin.press("ArrowRight")
    for _ in range(23 - LAST.hour):
        end.press("ArrowLeft")
    expect(page).to_have_url(re.compile(f"hours={LAST.hour}-{LAST.hour + 1}"))
    expect(begin).to_have_attribute("aria-valuetext", f"{LAST.hour:02}:00")
    end.press("Home")  # they do not cross
    expect(end).to_have_attribute("aria-valuetext", f"{LAST.hour + 1:02}:00")
    narrow = {"from_hour": LAST.hour, "to_hour": LAST.hour + 1}
    told = stays_told(ask(visitor, "areas", **narrow))
    if LAST.hour:  # in its first hour a day has no other
        assert told != stays_told(ask(visitor, "areas"))
    expect(page.locator("#ranking .ranking li > small").first).to_contain_text(told[0])
    page.reload()
    ready(page)
    shown = stays_shown(page)
    assert len(shown) == len(told)
    assert all(text.startswith(one) for text, one in zip(shown, told, strict=True))
    heat = ask(visitor, "heat", **narrow)["measures"]["person_s"]
    minutes = sum(value for value in heat["values"] if value) / 60
    expect(page.locator("#map")).to_contain_text(f"{minutes:,.0f} minutes of people")
    page.get_by_role("button", name="All day").click()
    expect(page).not_to_have_url(re.compile("hours="))
    expect(page.locator("#ranking .ranking li > small").first).to_contain_text(
        stays_told(ask(visitor, "areas"))[0]
    )


def test_two_times_beside_each_other_are_of_the_same_hours_and_days(visitor: Visitor) -> None:
    """Of seven days only one, and only an hour of it; a week before besides."""
    page = visitor.page
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    week = f"{LAST.date()}..{LAST.date() + timedelta(days=6)}"
    hours = f"hours={LAST.hour}-{LAST.hour + 1}&weekdays={LAST.strftime('%w')}"
    visitor.log_in("marketer", f"/areas?period={week}&compare=before&{hours}&mode=difference")
    ready(page)
    for question in ("heat", "areas", "dwell", "funnel"):
        found = [url for url in asked if f"questions/{question}?" in url]
        assert found, question
        for url in found:
            assert f"from_hour={LAST.hour}" in url
            assert f"weekdays={LAST.strftime('%a').lower()}" in url
            assert ("compare_since=" in url) == (question != "funnel")
    expect(page.locator("#map .legend")).to_contain_text("than in the compared time")
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="every day").click()
    expect(page).not_to_have_url(re.compile("weekdays="))


def test_how_long_people_stay_is_what_the_api_says(visitor: Visitor) -> None:
    page = visitor.log_in("marketer", AREAS)
    ready(page)
    dwell = ask(visitor, "dwell", by="whole")
    zones = {zone.id: zone.name for zone in load_shop(SHOPS / "konbini.toml").zones}
    medians = {zones[p]: v for p, v in said(dwell, "median_s").items() if v is not None}
    shown = page.locator("#stays .strips li button").all_text_contents()
    assert sorted(shown) == sorted(medians)
    assert [medians[name] for name in shown] == sorted(medians.values(), reverse=True)
    first = page.locator("#stays .strips li").first
    if medians[shown[0]] < 90:
        expect(first.locator("b")).to_have_text(f"{medians[shown[0]]:.0f} s")
    first.get_by_role("button").click()
    expect(page.locator("#area-title")).to_have_text(shown[0])
    funnel = ask(visitor, "funnel")
    shelves = load_shop(SHOPS / "konbini.toml").shelves
    rates = said(funnel, "stop_rate")
    for shelf in shelves:
        line = page.locator("#stops li", has_text=shelf.name)
        rate = rates[f"{shelf.id}/{shelf.facings[0].id}"]
        expect(line.locator("b")).to_have_text("–" if rate is None else f"{rate:.0%}")


def heat_of(page: Page) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(H, W, 4) the heat that lies over a camera's picture."""
    href = page.locator("#map .heat").get_attribute("href") or ""
    png = base64.b64decode(href.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def test_heat_lies_where_the_camera_sees_that_place(visitor: Visitor) -> None:
    page = visitor.log_in("marketer", f"{AREAS}&camera=aisle")
    ready(page)
    camera = next(c for c in visitor.api("shop/plan")["cameras"] if c["id"] == "aisle")
    answer = ask(visitor, "heat")["measures"]
    spots = zip(answer["x_m"]["values"], answer["y_m"]["values"], answer["person_s"]["values"],
                strict=True)  # fmt: skip
    heat = heat_of(page)
    assert heat.shape == (180, 320, 4)
    cells = {(x, y): v or 0.0 for x, y, v in spots}

    def seen(x: float, y: float) -> tuple[int, int] | None:
        u, v, w = np.array(camera["to_pixel"]) @ [x + 0.25, y + 0.25, 1.0]
        u, v = u / w / 2, v / w / 2
        return (int(u), int(v)) if w > 0 and 0 <= u < 320 and 0 <= v < 180 else None

    hot = sorted(((v, spot) for at, v in cells.items() if (spot := seen(*at))), reverse=True)
    (_, (u, v)), (_, (cold_u, cold_v)) = hot[0], hot[-1]
    assert heat[v, u, 3] > 200
    # cividis: the hottest is yellow.
    red, green, blue, _ = (int(one) for one in heat[v, u])
    assert min(red, green) > blue + 40
    assert heat[cold_v, cold_u, 3] < heat[v, u, 3]
    # Nobody walks in the furniture: the case along the wall, above y = 0.5 m.
    u, v, w = np.array(camera["to_pixel"]) @ [5.5, 0.0, 1.0]
    assert heat[int(v / w / 2) - 8, int(u / w / 2), 3] == 0
    expect(page.locator("#look")).to_have_count(0)  # for who sets cameras up
    expect(page.locator("#map")).to_contain_text("Outlines, as this camera sees the floor.")
    page.select_option("#surface", "")
    expect(page).not_to_have_url(re.compile("camera="))
    expect(page.locator("#map .heat")).to_have_count(0)


def test_who_sets_cameras_up_sees_the_place_and_nothing_is_kept(
    browser: Browser, konbini: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    png = io.BytesIO()
    Image.new("RGB", (640, 360), (120, 130, 140)).save(png, "JPEG")
    picture = base64.b64encode(png.getvalue()).decode()
    monkeypatch.setattr(
        "miseban.hub.api.cameras.look_into",
        lambda look: Looked(
            code="ok", detail="", width=640, height=360, picture=picture, seconds=12.0
        ),
    )
    with Visitor.of(browser, konbini) as one:
        page = one.log_in("installer", f"{AREAS}&camera=door")
        ready(page)
        page.get_by_role("button", name="Show the place without people").click()
        still = page.locator("#map svg.with-still image").first
        expect(still).to_have_attribute("href", f"data:image/jpeg;base64,{picture}")
        expect(page.locator("#map .heat")).to_have_count(1)
        assert not serious("areas", page)
        stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
        assert picture[:40] not in stored
        page.reload()
        ready(page)
        expect(page.locator("#map .with-still")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (820, "light")])
def test_nobody_is_kept_out(browser: Browser, konbini: Website, width: int, scheme: str) -> None:
    with Visitor.of(browser, konbini, width=width, color_scheme=scheme) as one:
        page = one.log_in("manager", f"{AREAS}&camera=till&compare=before")
        ready(page)
        assert not serious("areas", page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        handle = page.get_by_role("slider", name="From").bounding_box()
        assert handle is not None
        assert handle["height"] >= 44
