"""Another time on a page of days: each card says what it knows as soon as it knows it, and what the
API tells of that time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Route, expect

from tests.web.pages import Visitor

ZONE = ZoneInfo("Asia/Tokyo")
SLOW = {
    "/entrances": ("occupancy", "came", "inside"),
    "/tills": ("receipts", "waited", "receipts"),
    "/shelves": ("funnel", "empty", "funnel"),
}
"""A question of the page that takes long, the card with the answer, and the one that waits."""


def week() -> dict[str, Any]:
    today = datetime.now(ZONE).date()
    ends = today - timedelta(days=6), today + timedelta(days=1)
    return {
        name: f"{day}T00:00:00+09:00" for name, day in zip(("since", "until"), ends, strict=True)
    }


@pytest.mark.parametrize("path", SLOW)
def test_the_answer_waits_for_nothing_else(visitor: Visitor, path: str) -> None:
    question, first, last = SLOW[path]
    page = visitor.log_in("manager", path)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)

    held: list[Route] = []
    page.route(f"**/api/v1/questions/{question}?*", lambda route: held.append(route))
    page.locator("#period [data-name=week]").click()
    expect(page.locator(f"#{last}")).to_have_attribute("aria-busy", "true")
    expect(page.locator(f"#{first}")).to_have_attribute("aria-busy", "false")
    assert page.locator(f"#{last}").get_attribute("aria-busy") == "true"
    for route in held:
        route.continue_()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


def test_entrances_of_a_week_are_those_of_the_api(visitor: Visitor) -> None:
    page = visitor.log_in("manager", "/entrances")
    page.locator("#period [data-name=week]").click()
    told = visitor.api("questions/visitors", by="whole", **week())
    came = told["measures"]["visitors"]["values"][told["place"].index("")]
    assert came > 0
    expect(page.locator("#came b").first).to_have_text(f"{came:,.0f}")
    page.locator("#over summary").click()
    expect(page.locator("#over tbody tr")).to_have_count(7)
    by_day = visitor.api("questions/visitors", by="day", **week())
    rows = [n for n, place in enumerate(by_day["place"]) if place == ""]
    known = [by_day["measures"]["visitors"]["values"][n] for n in rows]
    shown = page.locator("#over tbody tr td:nth-child(2)").all_inner_texts()
    assert [text.split(" ")[0] for text in shown] == [
        "–" if one is None else f"{one:,.0f}" for one in known
    ]


def test_tills_of_a_week_are_those_of_the_api(visitor: Visitor) -> None:
    page = visitor.log_in("manager", "/tills")
    page.locator("#period [data-name=week]").click()
    told = visitor.api("questions/queues", by="whole", **week())
    known = [n for n in told["measures"]["waited"]["values"] if n is not None]
    # Nobody knows is not nobody.
    expect(page.locator("#served b").first).to_have_text(f"{sum(known):,.0f}" if known else "–")
    expect(page.locator("#queues tbody tr")).to_have_count(len(told["place"]))
    expect(page.locator("#more .body")).not_to_be_empty()
