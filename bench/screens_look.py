"""What ``bench.screens`` does in the browser: opens pages, and asks them for other times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

WAIT_MS = 120_000

ANSWERS = {
    "now": ("/", "#visitors"),
    "areas": ("/areas", "#ranking"),
    "paths": ("/paths", "#top"),
    "entrances": ("/entrances", "#came"),
    "tills": ("/tills", "#waited"),
    "shelves": ("/shelves", "#empty"),
    "cameras": ("/cameras", "#trend"),
    "alerts": ("/alerts", "#open"),
    "reports": ("/reports", "#came"),
    "setup": ("/setup", "#overview"),
    "privacy": ("/privacy", "#policy"),
    "people": ("/people", "#accounts"),
    "account": ("/account", "#mine"),
}
"""Of each page its address and the card with its answer."""

WATCH = """(() => {
  const seen = globalThis.__bench = { busy: 0, answers: {} };
  const plain = globalThis.fetch;
  globalThis.fetch = async (...given) => {
    seen.busy++;
    try { return await plain(...given); } finally { seen.busy--; }
  };
  const look = () => {
    for (const card of document.querySelectorAll("[id][aria-busy=false]")) {
      seen.answers[card.id] ??= performance.now();
    }
  };
  const watch = new MutationObserver(look);
  const told = { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-busy"] };
  watch.observe(document, told);
})()"""
"""Before any script of the page: when each card first says something, and how many requests are
under way."""

OPENED = """async (card) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  while (__bench.answers[card] === undefined) await frame();
  const answered = __bench.answers[card];
  let quiet = 0;
  let last = performance.now();
  // Nothing is asked any more, for a few frames: then what came was drawn.
  while (quiet < 6) {
    const busy = __bench.busy > 0 || document.querySelector("main [aria-busy=true]");
    quiet = busy ? 0 : quiet + 1;
    if (quiet === 1) last = performance.now();
    await frame();
  }
  return [answered, last];
}"""

CHANGE = """async ([query, card]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  performance.clearResourceTimings();
  const box = document.querySelector(`#${card} .body`) ?? document.querySelector(`#${card}`);
  const began = performance.now();
  let first = null;
  const watch = new MutationObserver(() => { first = performance.now(); });
  watch.observe(box, { childList: true, subtree: true, characterData: true });
  history.replaceState(null, "", location.pathname + query);
  dispatchEvent(new PopStateEvent("popstate"));
  let quiet = 0;
  let last = began;
  while (quiet < 6) {
    quiet = __bench.busy > 0 ? 0 : quiet + 1;
    if (quiet === 1) last = performance.now();
    await frame();
  }
  watch.disconnect();
  const all = performance.getEntriesByType("resource").filter((one) => one.name.includes("/api/"));
  const name = (one) => one.name.replace(/.*\\/api\\/v1\\//, "");
  const asked = all.map((one) => [
    name(one), one.duration, one.decodedBodySize, one.encodedBodySize,
  ]);
  return { answer: (first ?? last) - began, whole: last - began, asked };
}"""
"""Until the answer last changed, and until nothing is asked any more and all of it is drawn."""


@dataclass
class Changed:
    """Milliseconds until the page's answer was another, and until all of the page was; of that the
    browser's main thread; what it asked for: (question, ms, bytes)."""

    answer: float
    whole: float
    thread: float
    asked: list[tuple[str, float, float, float]] = field(default_factory=list)


class Looker:
    """A page of the browser, watched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(WAIT_MS)
        page.add_init_script(WATCH)
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")

    def log_in(self, login: str, password: str) -> None:
        self.page.goto("/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button.main")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def opened(self, name: str) -> tuple[float, float, float]:
        """Milliseconds from the click on a link to the answer, and to the whole page; and those of
        the browser's main thread."""
        path, card = ANSWERS[name]
        self.page.goto("about:blank")
        before = self._thread_s()
        self.page.goto(path, wait_until="commit")
        answered, whole = self.page.evaluate(OPENED, card.removeprefix("#"))
        return answered, whole, (self._thread_s() - before) * 1000

    def changed(self, name: str, query: str) -> Changed:
        before = self._thread_s()
        card = ANSWERS[name][1].removeprefix("#")
        told: dict[str, Any] = self.page.evaluate(CHANGE, [query, card])
        thread = (self._thread_s() - before) * 1000
        asked = [tuple(one) for one in told["asked"]]
        return Changed(told["answer"], told["whole"], thread, asked)

    def _thread_s(self) -> float:
        told = self._cdp.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in told if one["name"] == "TaskDuration"))
