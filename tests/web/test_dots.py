"""People on the floor plan: they move, nobody is slid across the shop, nothing old stays; and calls
for help are marked for those alone who may see them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from miseban.vocabulary.events import HelpNeeded
from miseban.vocabulary.floor_now import Dot, FloorNow
from tests.web.pages import Visitor, Website


@contextmanager
def walking(site: Website, people: int) -> Iterator[threading.Event]:
    """``people`` walk to and fro between x = 1 and 6.5, half a metre a beat, until the event is
    set; the first works here, the next two came together."""
    ends = threading.Event()

    def walk() -> None:
        beat = 0
        while not ends.wait(0.5):
            x = 6.5 - 0.5 * abs(beat % 22 - 11)
            dots = tuple(
                Dot(f"{n:08x}", x, 0.5 + 0.1 * n, 0.1 + 0.3 * (n == 1),
                    n == 0, "abcdef01" if n in (1, 2) else None)
                for n in range(people)
            )  # fmt: skip
            now = datetime.now(UTC)
            floor = FloorNow(source="door", time=now, cameras=("door",), dots=dots)
            site.box.hub.floor.take("door", floor.encode())
            beat += 1

    thread = threading.Thread(target=walk)
    thread.start()
    try:
        yield ends
    finally:
        ends.set()
        thread.join()


def call(site: Website) -> None:
    now = datetime.now(UTC)
    site.box.hub.journal.append(
        [
            HelpNeeded(
                id=f"help-{now.timestamp()}", time=now, shop="konbini", help="h1", kind="fall",
                place=(4.0, 3.0), unit="m", confidence=0.9,
            )
        ]
    )  # fmt: skip


def test_people_walk_on_the_plan_and_are_gone_when_nobody_tells(visitor: Visitor) -> None:
    call(visitor.site)
    with walking(visitor.site, 4) as ends:
        page = visitor.log_in("manager")
        expect(page.locator(".plan .person")).to_have_count(4, timeout=15_000)
        assert page.locator(".plan .person.staff").count() == 1
        assert page.locator(".plan .group").count() == 1
        wide = page.eval_on_selector_all(
            ".plan .sure", "a => a.map((one) => +one.getAttribute('r'))"
        )
        assert max(wide) == pytest.approx(0.8)
        assert min(wide) < 0.4, "how sure a place is, is seen"
        where = (
            "[performance.now() / 1000, new DOMMatrix("
            "getComputedStyle(document.querySelector('.plan .person')).transform).e]"
        )
        seen = []
        for _ in range(8):
            seen.append(page.evaluate(where))
            page.wait_for_timeout(90)
        speeds = [abs(b - a) / (after - before) for (before, a), (after, b) in pairwise(seen)]
        assert len({round(x, 3) for _, x in seen}) > 3, "it glides"
        assert max(speeds) < 4.5, "and does not jump"
        page.wait_for_selector(".plan .calls .help")
        # The shop's own two hours may have ended with somebody who waits for help.
        expect(page.locator(".plan .calls .word", has_text="Fall")).not_to_have_count(0)
        ends.set()
        expect(page.locator(".plan .person")).to_have_count(0, timeout=15_000)


def test_who_may_not_see_them_has_no_dots(visitor: Visitor) -> None:
    call(visitor.site)
    with walking(visitor.site, 4):
        page = visitor.log_in("staff")
        page.wait_for_selector(".plan .calls .help")
        page.wait_for_timeout(1200)
        assert page.locator(".plan .person").count() == 0


def test_who_may_see_no_help_has_no_marks_and_motion_is_asked_for(
    browser: Browser, konbini: Website
) -> None:
    call(konbini)
    with (
        walking(konbini, 60),
        Visitor.of(browser, konbini, language="ja", reduced_motion="reduce") as one,
    ):
        page = one.log_in("marketer")
        expect(page.locator(".plan .person")).to_have_count(60, timeout=15_000)
        assert page.locator(".plan .calls .help").count() == 0
        style = "getComputedStyle(document.querySelector('.plan .person')).transitionDuration"
        assert set(page.evaluate(style).split(", ")) == {"0s"}
        # Sixty people cost a page little: in three seconds, how long its thread worked for them,
        # whoever else had the processor meanwhile.
        cdp = one.context.new_cdp_session(page)
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = worked_s(cdp)
        page.wait_for_timeout(3000)
        assert 0 < worked_s(cdp) - before < 0.5


def worked_s(cdp: CDPSession) -> float:
    """Seconds of the processor that the page's thread has had."""
    told = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return float(told["TaskDuration"])
