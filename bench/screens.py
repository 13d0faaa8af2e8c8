"""The pages in a real browser before a year of a shop: how soon a page says something useful, and
how soon it shows another time.

The year is that of ``bench.questions`` (``MISEBAN_SHOP_YEAR``). Opening its journal changes it,
so a copy with hard links is opened.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.questions import DAYS, FOLDER
from bench.result import CannotRunError, Result
from bench.shop_year import SHOP_FILE, make
from miseban.hub.api.app import create_app
from miseban.hub.people.identity import CONSOLE
from miseban.hub.running.box import open_box
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import load_settings
from miseban.journal.reader import JournalReader
from miseban.vocabulary.shop import Shop, load_shop
from miseban.web.site import add_pages

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "a sentence for the bench alone"
ROUNDS = 5
FIRST = {"now": "#visitors", "areas": "#ranking", "entrances": "#came", "tills": "#waited"}
"""Of each page the card with its answer."""
READY = "() => !document.querySelector('main [aria-busy=true]')"


def run(repeats: int) -> list[Result]:
    del repeats
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise CannotRunError(f"needs {error.name}") from None
    if not Path(CHROMIUM).exists():
        raise CannotRunError("needs Chromium (scripts/setup-test)")
    shop = load_shop(SHOP_FILE)
    make((FOLDER / "journal").absolute(), DAYS, shop)
    first: dict[str, list[float]] = {}
    change: dict[str, list[float]] = {}
    with _hub(shop) as (url, newest), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto("/login")
        page.fill("input[name=login]", "bench")
        page.fill("input[name=password]", PASSWORD)
        page.click("button.main")
        page.wait_for_url(f"{url}/")
        for _ in range(ROUNDS):
            for name, card in FIRST.items():
                path = "/" if name == "now" else f"/{name}"
                page.goto("about:blank")
                page.goto(path, wait_until="commit")
                page.wait_for_selector(f"{card}[aria-busy=false]")
                first.setdefault(name, []).append(page.evaluate("performance.now()"))
        for name in ("areas", "entrances", "tills"):
            page.goto(f"/{name}")
            page.wait_for_function(READY)
            for back in range(2 * ROUNDS):
                until = newest - timedelta(days=3 * back)
                since = until - timedelta(days=6)
                took = page.evaluate(CHANGE, [f"{since:%Y-%m-%d}..{until:%Y-%m-%d}", FIRST[name]])
                change.setdefault(name, []).append(took)
        browser.close()
    results = []
    for name, took in first.items():
        note = f"from the click to the page's answer, {name}, median of {len(took)}"
        results.append(Result(f"first-{name}", statistics.median(took) / 1000, "s", note, 1.5))
    for name, took in change.items():
        note = f"another week on {name} until its answer stands there, median of {len(took)}; "
        note += f"the longest {max(took):.0f} ms"
        results.append(Result(f"change-{name}", statistics.median(took), "ms", note, 300.0))
    return results


CHANGE = """async ([period, card]) => {
  const began = performance.now();
  const box = document.querySelector(`${card} .body`);
  const changed = new Promise((done) => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now()); });
    watch.observe(box, { childList: true, subtree: true, characterData: true });
    setTimeout(() => done(performance.now()), 10000);
  });
  const query = new URLSearchParams(location.search);
  query.set("period", period);
  history.replaceState(null, "", `${location.pathname}?${query}`);
  dispatchEvent(new PopStateEvent("popstate"));
  return (await changed) - began;
}"""


@contextmanager
def _hub(shop: Shop) -> Iterator[tuple[str, datetime]]:
    """Its address, and the last whole day of the year."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        data = Path(folder)
        shutil.copytree(FOLDER / "journal", data / "journal", copy_function=os.link)
        reader = JournalReader(data / "journal")
        as_of = reader.newest()
        reader.close()
        if as_of is None:
            raise CannotRunError("the year has no events")
        settings_file = data / "hub.toml"
        settings_file.write_text("[tls]\non = false\n[upkeep]\ncompact_minutes = 600\n", "utf-8")
        settings = load_settings(settings_file, data=data, listen="127.0.0.1:8443")
        ends, ready = threading.Event(), threading.Event()
        ports: list[int] = []
        with open_box(SHOP_FILE, settings, now=lambda: as_of) as box:
            box.hub.people.accounts.add("bench", "manager", PASSWORD, CONSOLE, box.hub.now())
            app = create_app(box.hub)
            add_pages(app)

            def is_ready(port: int) -> None:
                ports.append(port)
                ready.set()

            given = {"on_ready": is_ready, "until": ends}
            thread = threading.Thread(target=serve, args=(app, "127.0.0.1", 0, None), kwargs=given)
            thread.start()
            try:
                ready.wait(60)
                zone = ZoneInfo(shop.shop.timezone)
                yield f"http://localhost:{ports[0]}", as_of.astimezone(zone) - timedelta(days=1)
            finally:
                ends.set()
                thread.join(30)
