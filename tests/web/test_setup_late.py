"""What Set-up hears late does not get in the way of whoever is at work on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS

KONBINI = (SHOPS / "konbini.toml").read_text("utf-8")
NO_PLAN = """[shop]
id = "small"
timezone = "Asia/Seoul"
policy = "kr"

[[camera]]
id = "door"
source = "sim:door"
resolution = [640, 360]
fps = 5
"""


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Website]:
    (tmp_path / "data").mkdir()
    (tmp_path / "shop.toml").write_text(getattr(request, "param", KONBINI), "utf-8")
    with website(tmp_path / "shop.toml", tmp_path / "data") as running:
        yield running


class Late:
    """Holds back what a page asks for, until it ``comes``."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: dict[str, list[Route]] = {"coverage": [], "screen": []}
        page.route(re.compile("/shop/coverage$|/live/screen$"), self._hold)

    def _hold(self, route: Route) -> None:
        # Once let through, whatever is asked for again is let through as well.
        held = self._held.get(route.request.url.rpartition("/")[2])
        if held is None:
            route.continue_()
        else:
            held.append(route)

    def comes(self, late: str) -> None:
        for _ in range(500):
            if self._held[late]:
                break
            self._page.wait_for_timeout(20)
        for route in self._held.pop(late):
            route.continue_()


@pytest.mark.parametrize(
    ("language", "width"), [("en-GB", 1440), ("en-GB", 900), ("ja-JP", 360), ("ko-KR", 390)]
)
def test_it_does_not_move_what_is_drawn_on(
    browser: Browser, site: Website, language: str, width: int
) -> None:
    """Whoever aims at a place of the board clicks where it was a moment ago."""
    with Visitor.of(browser, site, language=language, width=width) as one:
        page, late = one.page, Late(one.page)
        one.log_in("installer", "/setup")
        # Else a browser makes up for most of what comes above what is looked at, but not always.
        page.evaluate("document.documentElement.style.overflowAnchor = 'none'")
        expect(page.locator("#seen-floor .hint")).to_be_visible()
        expect(page.locator("#details .empty")).to_be_visible()
        drawn = [page.locator(name) for name in ("#board svg", "#details", "#shapes")]
        where = [part.bounding_box() for part in drawn]

        late.comes("coverage")
        expect(page.locator("#seen-floor .figures")).to_be_visible()
        assert [part.bounding_box() for part in drawn] == where
        expect(page.locator("#heard a")).to_have_count(0)
        late.comes("screen")
        expect(page.locator("#heard a")).to_contain_text("3")
        assert [part.bounding_box() for part in drawn] == where


@pytest.mark.parametrize("site", [NO_PLAN], indirect=True)
def test_it_takes_away_nothing_that_was_typed(browser: Browser, site: Website) -> None:
    with Visitor.of(browser, site) as one:
        page, late = one.page, Late(one.page)
        one.log_in("manager", "/setup")
        page.fill("[name=width_m]", "9.5")
        late.comes("screen")
        expect(page.locator("#heard")).to_contain_text("not seen at the moment: 1.")
        expect(page.locator("[name=width_m]")).to_have_value("9.5")
        expect(page.locator("[name=width_m]")).to_be_focused()
        one.forgive(lambda said: "404" in said)  # there is no plan


def test_once_nothing_is_heard_nothing_is_said_of_cameras(browser: Browser, site: Website) -> None:
    with Visitor.of(browser, site) as one:
        page = one.log_in("installer", "/setup")
        heard = page.locator("#heard")
        expect(heard).to_contain_text("not seen at the moment: 3")
        one.context.set_offline(True)
        expect(heard).to_be_empty(timeout=40_000)
        one.context.set_offline(False)
        one.forgive(lambda said: "ERR_" in said)
