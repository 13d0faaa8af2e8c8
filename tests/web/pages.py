"""A hub's pages on a port of their own, and somebody who looks at them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from miseban.hub.api.app import create_app
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLES, Role
from miseban.hub.running.box import Box, open_box, utc_now
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import Settings, load_settings
from miseban.vocabulary.events import Event
from miseban.web.site import add_pages
from tests.hub.people.staff import PASSWORD

START_S = 30.0


@dataclass
class Website:
    """``url`` has no path; ``box`` is the hub behind it."""

    url: str
    box: Box

    def tell(self, events: Sequence[Event]) -> None:
        """Puts ``events`` into the journal and waits until questions know them: their reader looks
        only every few seconds, so a page that asks too soon is rightly told nothing of them."""
        self.box.hub.journal.append(events)
        told, since = {event.id for event in events}, min(event.time for event in events)
        until_s = time.monotonic() + START_S
        while not told <= {event.id for event in self.box.hub.reader.events(since=since)}:
            assert time.monotonic() < until_s, "the questions know nothing of what was told"
            time.sleep(0.1)


@contextmanager
def website(
    shop_file: Path, data: Path, *, port: int = 0, now: Callable[[], datetime] = utc_now
) -> Iterator[Website]:
    """Served in a thread, without TLS, with an account of every role."""
    settings_file = data / "hub.toml"
    settings_file.write_text("[tls]\non = false\n", encoding="utf-8")
    settings: Settings = load_settings(settings_file, data=data, listen="127.0.0.1:8443")
    ends, ready = threading.Event(), threading.Event()
    ports: list[int] = []

    def is_ready(port: int) -> None:
        ports.append(port)
        ready.set()

    with open_box(shop_file, settings, now=now) as box:
        there = {one.login for one in box.hub.people.accounts.all()}
        for role in sorted(set(ROLES) - there):
            box.hub.people.accounts.add(role, role, PASSWORD, CONSOLE, box.hub.now())
        app = create_app(box.hub)
        add_pages(app)
        thread = threading.Thread(
            target=serve,
            args=(app, "127.0.0.1", port, None),
            kwargs={"on_ready": is_ready, "until": ends},
        )
        thread.start()
        try:
            assert ready.wait(START_S), "the hub did not come up"
            yield Website(f"http://localhost:{ports[0]}", box)
        finally:
            ends.set()
            thread.join(20)


@dataclass
class Visitor:
    """Somebody with a browser. ``bad`` is what went wrong in it: errors of scripts, lines on the
    console, and requests that would have left the machine."""

    site: Website
    context: BrowserContext
    page: Page
    bad: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(
        cls,
        browser: Browser,
        site: Website,
        *,
        language: str = "en-GB",
        width: int = 1440,
        **more: Any,
    ) -> Iterator[Visitor]:
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": 900}, base_url=site.url, **more
        )
        one = cls(site, context, context.new_page())
        one.page.set_default_timeout(15_000)
        one.page.on("pageerror", lambda error: one.bad.append(f"error: {error}"))
        one.page.on(
            "console", lambda said: one.bad.append(said.text) if said.type == "error" else None
        )
        one.page.on("request", lambda asked: one._asked(asked.url))
        try:
            yield one
        finally:
            context.close()
        assert not one.bad, one.bad

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self.bad.append(f"left the machine: {url}")

    def log_in(self, role: Role, then: str = "/") -> Page:
        """As somebody types it."""
        self.page.goto(f"/login?next={quote(then)}")
        self.page.fill("input[name=login]", role)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button.main")
        self.page.wait_for_url(f"{self.site.url}{then}")
        return self.page

    def api(self, path: str, **query: Any) -> Any:
        """What the API answers this person."""
        cookies = {one["name"]: one["value"] for one in self.context.cookies()}
        found = httpx.get(
            f"{self.site.url}/api/v1/{path}", params=query, cookies=cookies, timeout=20
        )
        assert found.status_code == 200, found.text
        return found.json()

    def forgive(self, is_expected: Callable[[str], bool]) -> None:
        """Takes out of ``bad`` what the test itself brought about."""
        self.bad = [one for one in self.bad if not is_expected(one)]
