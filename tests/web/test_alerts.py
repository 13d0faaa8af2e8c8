"""An alert on a clerk's telephone: it comes, is accepted, is done; also without a connection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from miseban.vocabulary.events import Event, HelpNeeded, QueueState
from miseban.vocabulary.identifiers import EventIds
from tests.web.pages import Visitor, Website

IDS = EventIds()


@pytest.fixture
def clerk(browser: Browser, konbini: Website) -> Iterator[Visitor]:
    with Visitor.of(browser, konbini, width=390, has_touch=True) as one:
        yield one


def happened(site: Website, event: Event, now: datetime) -> None:
    """As in a hub that runs: kept, and looked at by the rules."""
    hub = site.box.hub
    hub.journal.append([event])
    hub.alerts.take([event], now)
    hub.alerts.tick(now)


def long_queue(site: Website, length: int = 8) -> None:
    """For longer than the rule holds on."""
    hub = site.box.hub
    queue = next(zone.id for zone in hub.shop.zones if zone.kind == "queue")
    now = hub.now()
    for ago_s in (40, 20, 0):
        time = now - timedelta(seconds=ago_s)
        state = QueueState(
            id=IDS.at(time.timestamp()), time=time, shop=hub.shop.shop.id, zone=queue,
            camera="till", length=length, waiting_s=200.0,
        )  # fmt: skip
        happened(site, state, time)


def fall(site: Website, name: str) -> None:
    hub = site.box.hub
    now = hub.now()
    call = HelpNeeded(
        id=IDS.at(now.timestamp()), time=now, shop=hub.shop.shop.id, camera="aisle", help=name,
        kind="fall", place=(5.0, 5.0), unit="m", zone="drinks", confidence=0.9,
    )  # fmt: skip
    happened(site, call, now)


def call(clerk: Visitor) -> dict[str, Any]:
    """The one who fell, as the API tells of it. (The shop's own two hours may have ended with
    somebody who waits for help.)"""
    alerts = clerk.api("alerts")
    [found] = [one for one in alerts if (one["about"], one["urgency"]) == ("help", "urgent")]
    return dict(found)


def test_an_alert_is_accepted_and_done_with_a_thumb(clerk: Visitor, konbini: Website) -> None:
    page = clerk.log_in("staff", "/alerts")
    expect(page.get_by_text("Nothing needs you now")).to_be_visible()
    long_queue(konbini)
    alert = page.locator(".alert", has_text="Long queue")
    expect(alert).to_be_visible()
    for button in alert.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
    alert.get_by_role("button", name="I'm going").tap()
    expect(alert.get_by_text("Somebody is going")).to_be_visible()
    [shown] = [one for one in clerk.api("alerts") if one["about"] == "queue"]
    assert shown["accepted"] is not None
    alert.get_by_role("button", name="Done").tap()
    expect(alert).to_have_count(0)
    assert not [one for one in clerk.api("alerts") if one["about"] == "queue"]


def test_help_is_for_those_who_help(browser: Browser, konbini: Website, clerk: Visitor) -> None:
    page = clerk.log_in("staff", "/alerts")
    expect(page.locator("#open")).to_have_attribute("aria-busy", "false")
    fall(konbini, "first-fall")
    expect(page.locator(".alert.urgent")).to_be_visible()
    with Visitor.of(browser, konbini) as other:
        now = other.log_in("staff", "/")
        expect(now.locator("#open").get_by_text("Help needed: ")).not_to_have_count(0)
        expect(now.get_by_text("Nothing needs you now")).to_have_count(0)
    with Visitor.of(browser, konbini) as other:
        told: list[bytes] = []
        other.page.on("response", lambda got: told.append(got.url.encode()))
        marketer = other.log_in("marketer")
        marketer.wait_for_timeout(1500)
        assert "fall" not in marketer.content().lower()
        assert "Help needed" not in marketer.content()
        assert other.context.request.get("/api/v1/live/help").status == 403
    page.locator(".alert.urgent").get_by_role("button", name="I'm going").tap()
    page.locator(".alert.urgent").get_by_role("button", name="Done").tap()
    expect(page.locator(".alert.urgent")).to_have_count(0)


def test_an_answer_without_a_connection_is_sent_when_there_is_one(
    clerk: Visitor, konbini: Website
) -> None:
    page = clerk.log_in("staff", "/alerts")
    expect(page.locator("#open")).to_have_attribute("aria-busy", "false")
    fall(konbini, "second-fall")
    alert = page.locator(".alert.urgent")
    expect(alert).to_have_count(1)
    clerk.context.set_offline(True)
    alert.get_by_role("button", name="I'm going").tap()
    expect(page.get_by_text("your answer is sent as soon as")).to_be_visible()
    assert call(clerk)["accepted"] is None
    clerk.context.set_offline(False)
    expect(alert.get_by_text("Somebody is going")).to_be_visible()
    assert call(clerk)["accepted"] is not None
    clerk.forgive(lambda said: "ERR_INTERNET_DISCONNECTED" in said)
