"""Bad weather: the hub is restarted, the network goes, a camera falls silent, the browser sleeps,
somebody's clock is wrong. A page recovers by itself and never shows old as new."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, quote, urlparse
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from miseban.vocabulary.events import CameraHealth
from miseban.vocabulary.floor_now import Dot, FloorNow
from miseban.vocabulary.identifiers import EventIds
from tests.hub.people.staff import PASSWORD
from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS

ZONE = ZoneInfo("Asia/Tokyo")
IDS = EventIds()
CLOCK = """(() => {
  const Real = Date;
  let by = BY;
  globalThis.setClock = (ms) => { by = ms; };
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + by); }
    static now() { return Real.now() + by; }
  };
})()"""


class Weather:
    """A hub that is stopped and started again on the same port, and whose clock is set."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._running = folder, ExitStack()
        self.by = timedelta()
        self.site: Website = self._started(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def _started(self, port: int) -> Website:
        shop, data = self._folder / "shop.toml", self._folder / "data"
        return self._running.enter_context(website(shop, data, port=port, now=self.now))

    def stop(self) -> None:
        self._running.close()

    def start(self) -> None:
        """On the port that it had: pages that are open come back to it."""
        port = urlparse(self.site.url).port
        assert port is not None
        self.site.box = self._started(port).box

    def tell(self) -> None:
        """A camera tells that all is well, at this moment of the hub."""
        now = self.now()
        said = CameraHealth(
            id=IDS.at(now.timestamp()), time=now, shop="konbini", camera="door", state="ok", fps=5.0
        )
        self.site.box.hub.journal.append([said])

    @contextmanager
    def walking(self) -> Iterator[None]:
        """Two people on the floor, told by a camera, as long as there is a hub to tell it to."""
        ends = threading.Event()

        def walk() -> None:
            dots = tuple(Dot(f"{n:08x}", 2.0 + n, 3.0, 0.1, False, None) for n in range(2))
            while not ends.wait(0.5):
                floor = FloorNow(source="door", time=self.now(), cameras=("door",), dots=dots)
                self.site.box.hub.floor.take("door", floor.encode())

        thread = threading.Thread(target=walk)
        thread.start()
        try:
            yield
        finally:
            ends.set()
            thread.join()


@pytest.fixture(scope="module")
def weather(konbini_days: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weather]:
    folder = tmp_path_factory.mktemp("weather")
    shutil.copytree(konbini_days, folder / "data")
    shutil.copy(SHOPS / "konbini.toml", folder / "shop.toml")
    one = Weather(folder)
    yield one
    one.stop()


@pytest.fixture
def looker(browser: Browser, weather: Weather) -> Iterator[Visitor]:
    weather.by = timedelta()
    with Visitor.of(browser, weather.site) as one:
        yield one
        # What a browser says when nobody answers is the weather's.
        weathered = re.compile(r"net::ERR_|401")
        one.page.close()  # it may be at asking still
        one.forgive(lambda said: bool(weathered.search(said)))


def state(page: Page, kind: str, timeout: float | None = None) -> None:
    expect(page.locator("#state")).to_have_attribute("data-kind", kind, timeout=timeout)


def says(page: Page) -> str:
    return page.locator("#state .says").inner_text()


def of_day(url: str) -> str:
    """The day of the shop that a question begins with."""
    return parse_qs(urlparse(url).query)["since"][0][:10]


def test_a_hub_that_is_restarted(looker: Visitor, weather: Weather) -> None:
    page = looker.page
    tries: list[float] = []
    page.on(
        "request", lambda one: tries.append(time.monotonic()) if "live/screen" in one.url else None
    )
    with weather.walking():
        looker.log_in("manager")
        weather.tell()
        state(page, "live")
        expect(page.locator(".plan .person")).to_have_count(2)
        expect(page.locator("#here")).to_contain_text("2")
        weather.stop()
        state(page, "lost")
        said = re.search(r"lost since (\d\d:\d\d)\. What you see is of \d\d:\d\d", says(page))
        assert said is not None
        times = [datetime.now(ZONE) - timedelta(minutes=ago) for ago in (0, 1)]
        assert said[1] in [f"{one:%H:%M}" for one in times]
        expect(page.locator(".plan .person")).to_have_count(0)
        expect(page.locator("#here")).to_have_text("")
        expect(page.locator("body")).to_have_class(re.compile("stale"))
        page.wait_for_timeout(8000)
        gaps = [b - a for a, b in pairwise(tries)]
        assert len(gaps) >= 3, "it comes back by itself"
        assert max(gaps[-3:]) <= 11.0
        weather.start()
        began = time.monotonic()
        weather.tell()
        state(page, "live")
        assert time.monotonic() - began < 15.0
        expect(page.locator(".plan .person")).to_have_count(2)
        expect(page.locator("body")).not_to_have_class(re.compile("stale"))
    assert page.url == f"{weather.site.url}/", "nobody has to log in again"


def test_a_network_that_goes_and_comes_on_a_page_of_days(looker: Visitor, weather: Weather) -> None:
    page = looker.log_in("manager", "/entrances")
    card = page.locator("#came > .body")
    note = page.locator("#unanswered")
    expect(page.locator("#main")).to_have_attribute("data-shown", re.compile(r"\d"))
    looker.context.set_offline(True)
    state(page, "lost")
    # Newer figures of the same days do not come: these are told with their time.
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(note).to_contain_text(re.compile(r"of \d\d:\d\d: newer ones could not be loaded"))
    expect(card).to_be_visible()
    # Those of other days are none of them.
    page.locator("#period [data-name=week]").click()
    expect(note).to_contain_text("figures of these days could not be loaded")
    expect(card).not_to_be_visible()
    looker.context.set_offline(False)
    expect(note).to_have_count(0)
    expect(card).to_be_visible()
    expect(page.locator("#state")).to_have_attribute("data-kind", re.compile("^(live|old)$"))
    today = datetime.now(ZONE).date()
    told = looker.api(
        "questions/visitors", by="whole",
        since=f"{today - timedelta(days=6)}T00:00:00+09:00",
        until=f"{today + timedelta(days=1)}T00:00:00+09:00",
    )  # fmt: skip
    at = told["place"].index("")
    expect(card.locator("b").first).to_have_text(
        f"{told['measures']['visitors']['values'][at]:,.0f}"
    )


@pytest.mark.parametrize("hours", [-31.0, 27.0])
def test_a_clock_of_the_browser_that_is_wrong(
    browser: Browser, weather: Weather, hours: float
) -> None:
    weather.by = timedelta()
    by = str(int(hours * 3_600_000))
    with Visitor.of(browser, weather.site) as one:
        one.context.add_init_script(CLOCK.replace("BY", by))
        asked: list[str] = []
        one.page.on("request", lambda it: asked.append(it.url) if "questions/" in it.url else None)
        page = one.log_in("manager")
        weather.tell()
        state(page, "live")
        expect(page.locator("#visitors")).to_have_attribute("aria-busy", "false")
        today = datetime.now(ZONE).date()
        assert max(of_day(url) for url in asked) == f"{today}"
        page.goto("/entrances")
        expect(page.locator("#came")).to_have_attribute("aria-busy", "false")
        assert of_day(asked[-1]) == f"{today}"
        # And when somebody sets it right while the page is open, or wrong the other way.
        for other in (0, int(-hours * 3_600_000)):
            weather.tell()
            page.evaluate(f"setClock({other})")
            page.wait_for_timeout(1500)
            state(page, "live")
        assert {of_day(url) for url in asked if "visitors" in url and "by=hour" in url} >= {
            f"{today}"
        }
        assert page.evaluate("new URL(location.href).search") == ""


def test_a_camera_that_is_gone(looker: Visitor, weather: Weather) -> None:
    page = looker.page
    with weather.walking():
        looker.log_in("manager")
        weather.tell()
        state(page, "live")
        expect(page.locator(".plan .person")).to_have_count(2)
    # No camera tells any more who is where, while the hub goes on.
    expect(page.locator(".plan .person")).to_have_count(0)
    expect(page.locator("#here")).to_contain_text("Nobody is shown")
    hub = weather.site.box.hub
    newest = hub.live.snapshot(hub.now()).newest
    assert newest is not None
    told = newest.astimezone(ZONE)
    weather.by = timedelta(minutes=25)
    state(page, "old")
    # With its day, where that is not today any more.
    assert re.search(rf"what you see is of (\S+ \S+ \d+ )?{told:%H:%M} ", says(page))
    cameras = hub.live.snapshot(hub.now()).cameras
    assert not any(one.up for one in cameras)
    expect(page.locator("#state .says")).to_contain_text(f"0 of {len(cameras)} cameras")
    expect(page.locator("#queue")).to_contain_text("–")


def test_a_browser_that_slept_for_an_hour(looker: Visitor, weather: Weather) -> None:
    page = looker.page
    looker.context.add_init_script(CLOCK.replace("BY", "0"))
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    looker.log_in("manager")
    weather.tell()
    state(page, "live")
    expect(page.locator("#visitors")).to_have_attribute("aria-busy", "false")
    cdp = looker.context.new_cdp_session(page)
    cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    asked.clear()
    weather.by = timedelta(hours=1)
    weather.tell()
    time.sleep(1)
    cdp.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator("body")).to_be_visible()  # awake: a script waits for a page that sleeps on
    page.evaluate("setClock(3600000)")
    state(page, "live")
    expect(page.locator("#visitors")).to_have_attribute("aria-busy", "false")
    page.wait_for_timeout(2500)
    state(page, "live")
    assert [url for url in asked if "live/screen" in url], "it does not trust the old connection"
    assert [url for url in asked if "questions/visitors" in url], "nor the figures of before"


def test_a_day_that_ends_while_a_page_is_open(looker: Visitor, weather: Weather) -> None:
    """What was today is not called so the morning after. Whoever looks came late in the evening: a
    session that was unused for half a day would end with the clock's jump, and the page leave."""
    evening = datetime.now(ZONE).replace(hour=23, minute=50, second=0, microsecond=0)
    weather.by = evening - datetime.now(ZONE)
    now = weather.now().astimezone(ZONE)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    page = looker.page
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "questions/" in one.url else None)
    looker.log_in("manager", "/entrances")
    expect(page.locator("#came")).to_have_attribute("aria-busy", "false")
    before = of_day(asked[-1])
    assert before == f"{now:%Y-%m-%d}"
    with page.expect_request(
        lambda one: "questions/visitors" in one.url and of_day(one.url) == f"{midnight:%Y-%m-%d}"
    ):
        weather.by += midnight - now + timedelta(seconds=1)
    expect(page.locator("#period [data-name=today]")).to_have_attribute("aria-pressed", "true")


def test_a_session_that_ends_leads_to_the_log_in_and_back(
    looker: Visitor, weather: Weather
) -> None:
    view = "/areas?period=week&area=drinks"
    page = looker.page
    begun: list[str] = []
    page.on("request", lambda one: begun.append(one.url) if one.is_navigation_request() else None)
    page.goto(view)
    for again in (True, False):
        page.wait_for_url(f"{weather.site.url}/login?next={quote(view, safe='')}")
        page.fill("input[name=login]", "marketer")
        page.fill("input[name=password]", PASSWORD)
        page.click("button.main")
        page.wait_for_url(f"{weather.site.url}{view}")
        # Many questions are refused at once, and the first alone leads away.
        ways = [urlparse(url).path for url in begun]
        assert ways == ["/areas", "/login", "/areas"][not again :], "each is gone once"
        begun.clear()
        expect(page.locator("#ranking")).to_have_attribute("aria-busy", "false")
        if again:
            weather.by = timedelta(hours=13)  # idle for longer than sessions live
    expect(page.locator("#period [data-name=week]")).to_have_attribute("aria-pressed", "true")


def test_a_hub_that_takes_the_call_and_says_nothing(looker: Visitor, weather: Weather) -> None:
    """A network that swallows everything: nobody is told that a connection failed."""
    page = looker.log_in("marketer")
    weather.tell()
    state(page, "live")
    tries: list[float] = []

    def swallow(_: object) -> None:
        tries.append(time.monotonic())

    page.route("**/api/v1/live/screen", swallow)
    page.evaluate("dispatchEvent(new Event('offline'))")  # the one before ends
    state(page, "lost")
    page.wait_for_timeout(14_000)
    assert len(tries) >= 2
    page.unroute("**/api/v1/live/screen")
    weather.tell()
    state(page, "live", timeout=25_000)


def test_alerts_without_a_connection(looker: Visitor, weather: Weather) -> None:
    page = looker.log_in("staff", "/alerts")
    expect(page.get_by_text("Nothing needs you now")).to_be_visible()
    # Not waited for by the script itself, which would wait for ever.
    page.evaluate(
        "void navigator.serviceWorker.ready.then(() => { document.body.dataset.worker = 'ready'; })"
    )
    expect(page.locator("body")).to_have_attribute("data-worker", "ready")
    weather.stop()
    expect(page.get_by_text("No connection since")).to_be_visible()
    expect(page.get_by_text("Nothing needs you now")).to_have_count(0)
    page.goto("/alerts")
    expect(page.get_by_role("heading", level=1)).to_contain_text("shop")
    weather.start()
    expect(page.get_by_text("Nothing needs you now")).to_be_visible()
    assert page.url == f"{weather.site.url}/alerts"
