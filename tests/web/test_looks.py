"""Every page for everybody: axe finds nothing serious in either theme, nothing is wider than a
telephone, and every page says something at once."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from miseban.web import pages as house
from miseban.web.pages import RAIL
from tests.web.pages import Visitor, Website

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (390, 820, 1440)
WITH = "?period=week&compare=before"


@pytest.mark.parametrize("pages", [RAIL[:6], RAIL[6:]], ids=["days", "the rest"])
def test_all_can_read_it_in_either_theme_and_nothing_is_wider_than_the_screen(
    browser: Browser, konbini: Website, pages: tuple[house.Page, ...]
) -> None:
    """Widths in English, whose words are the longest."""
    found = []
    with Visitor.of(browser, konbini, reduced_motion="reduce") as one:
        page = one.page
        page.goto("/login")
        found += in_both_themes("login", page)
        one.log_in("manager")
        for which in pages:
            page.goto(which.path + (WITH if which.period else ""))
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (which.name, width, wide)
            found += in_both_themes(which.name, page)
    assert not found, "\n".join(found)


def in_both_themes(name: str, page: Page) -> list[str]:
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        assert page.evaluate(f"matchMedia('(prefers-color-scheme: {theme})').matches")
        found += [f"{theme}: {one}" for one in serious(name, page)]
    return found


def serious(name: str, page: Page) -> list[str]:
    """What axe finds that keeps somebody out, a line each."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{name}: {one['id']}: {one['help']}: {node['target']} {node['html']:.120}"
        for one in violations
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_axe_would_find_something(visitor: Visitor) -> None:
    page = visitor.log_in("manager")
    page.evaluate("document.querySelector('main').prepend(document.createElement('button'))")
    assert any("button-name" in one for one in serious("now", page))
