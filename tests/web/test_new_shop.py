"""Pages of a shop of which no camera has told anything yet."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.web.pages import Visitor, website
from tests.web.shops import SHOPS


def test_nobody_seen_is_not_nobody(browser: Browser, tmp_path: Path) -> None:
    """Nothing is known of today's visitors, and nothing is what the page says: no 0."""
    (tmp_path / "data").mkdir()
    shutil.copy(SHOPS / "konbini.toml", tmp_path / "shop.toml")
    with (
        website(tmp_path / "shop.toml", tmp_path / "data") as site,
        Visitor.of(browser, site) as one,
    ):
        page = one.log_in("manager", "/")
        card = page.locator("#visitors")
        expect(card).to_have_attribute("aria-busy", "false")
        expect(card.locator(".figure b")).to_have_text("–")
        expect(card).to_contain_text("Not seen")
