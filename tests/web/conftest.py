"""A real browser before a real hub: Debian's Chromium, pages over loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS, fill

# A machine that does much else may take its time; a page that is wrong stays wrong.
expect.set_options(timeout=20_000)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with these tests: while Playwright runs, its thread has a running event loop, and no
    other can be started there."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine (scripts/setup-test installs it)")
    with sync_playwright() as playwright:
        # Containers have little of the memory that pages would share there.
        args = ["--no-sandbox", "--disable-dev-shm-usage"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def konbini_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the konbini's two busiest hours, of today and of the same weekday a week
    ago. Copied for whoever changes it."""
    data = tmp_path_factory.mktemp("konbini") / "data"
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    # Both lie wholly in the past, whatever the clock of this machine says.
    fill(
        data,
        SHOPS / "konbini.toml",
        [(now - timedelta(days=7, hours=2), 2.0, 1), (now - timedelta(hours=2), 2.0, 2)],
    )
    return data


@pytest.fixture(scope="module")
def konbini(konbini_days: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A hub of the konbini with these days behind it, and an account of every role."""
    folder = tmp_path_factory.mktemp("hub")
    shutil.copytree(konbini_days, folder / "data")
    shutil.copy(SHOPS / "konbini.toml", folder / "shop.toml")
    with website(folder / "shop.toml", folder / "data") as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, konbini: Website) -> Iterator[Visitor]:
    """Nobody in particular; what goes wrong in the browser fails the test at its end."""
    with Visitor.of(browser, konbini) as one:
        yield one
