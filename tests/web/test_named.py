"""What has a name is called by it, and areas without anybody are not among the fullest."""

from __future__ import annotations

import time
from datetime import timedelta

from playwright.sync_api import Browser, expect

from miseban.vocabulary.events import ShelfState
from miseban.web.words import words
from tests.web.pages import Visitor, Website
from tests.web.test_alerts import IDS, happened
from tests.web.test_areas import ready


def emptied(site: Website) -> None:
    """Milk has run out, for longer than the rule holds on."""
    hub = site.box.hub
    for ago_s in (90, 0):
        now = hub.now()
        time = now - timedelta(seconds=ago_s)
        state = ShelfState(
            id=IDS.at(time.timestamp()), time=time, shop=hub.shop.shop.id, camera="aisle",
            shelf="drinks", facing="milk", fill=0.0, state="empty", confidence=1.0,
        )  # fmt: skip
        happened(site, state, time)


def test_alerts_by_name(browser: Browser, konbini: Website) -> None:
    emptied(konbini)
    with Visitor.of(browser, konbini) as one:
        page = one.log_in("manager", "/")
        open_ = one.api("alerts")
        assert "milk" in [alert["subject"] for alert in open_]
        listed = page.locator("#open li span:not(.end)")
        expect(listed.first).to_be_visible()
        expect(listed.filter(has_text="Milk")).to_have_count(1)
        called = {
            camera["id"] for camera in one.api("shop")["cameras"] if camera["name"] == camera["id"]
        }
        named = {alert["subject"] for alert in open_ if alert["subject"]} - called
        for text in listed.all_text_contents():
            assert text.rpartition(": ")[2] not in named
        rules = page.locator("#past tbody tr td:first-child")
        said = rules.filter(has_text=words("en")["rulekind.shelf_empty"])
        until_s = time.monotonic() + 90
        while not said.count() and time.monotonic() < until_s:  # answers are some seconds behind
            page.goto("/alerts")
            ready(page)
        expect(said).to_have_count(1)
        assert "shelf-empty" not in rules.all_text_contents()


def test_the_fullest_areas_have_somebody(browser: Browser, konbini: Website) -> None:
    with Visitor.of(browser, konbini) as one:
        page = one.log_in("manager", "/")
        rows = page.locator("#zones li")
        expect(page.locator("#zones .body")).not_to_be_empty()
        live = {zone["zone"]: zone["people"] for zone in one.api("live")["shop"]["zones"]}
        somebody = [people for people in live.values() if people]
        assert all(int(text) > 0 for text in rows.locator("b").all_text_contents())
        assert rows.count() <= len(somebody)
        if not somebody:
            expect(page.locator("#zones")).to_contain_text(words("en")["now.zones_nobody"])
