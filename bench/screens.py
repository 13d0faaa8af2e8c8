"""The pages in a real browser before a year of a shop: how soon a page says something useful, and
how soon it shows another time.

The year is that of ``bench.questions`` (``MISEBAN_SHOP_YEAR``). Opening its journal changes it, so
a copy with hard links is opened, by a hub in a process of its own (``screens_hub``). The first time
it is looked at from the first moment on, while the hub deletes and tidies what is due after a year
(``at-work``), and again once that is done; the copy stays in the folder ``screens`` beside the
year, so that another run has nothing to wait for. ``MISEBAN_SCREENS`` names some of the pages
instead of all.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from bench.questions import DAYS, FOLDER
from bench.result import CannotRunError, Result
from bench.screens_hub import LOGIN, PASSWORD
from bench.screens_look import ANSWERS, Looker
from bench.shop_year import SHOP_FILE, make
from miseban.journal.reader import JournalReader
from miseban.vocabulary.shop import load_shop

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FIRST_S, CHANGE_MS = 1.5, 300.0
"""The bars."""
ROUNDS, ROUNDS_AT_WORK = 4, 1
SPANS = {
    "day": (1, ""),
    "day-compared": (1, "before"),
    "week": (7, ""),
    "week-compared": (7, "before"),
    "month": (28, ""),
    "month-compared": (28, "before"),
    "year": (364, ""),
}
"""Days, and with what they are compared."""
AT_WORK, RESTED = "at-work", "rested"
PERIODS = ("areas", "paths", "entrances", "tills", "shelves", "cameras")
UPKEEP_S = 1800.0
"""So long the hub may take with what is due after a year."""


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
    some = os.environ.get("MISEBAN_SCREENS", "").split()
    with _hub() as hub, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        told, results = Told(hub), [hub.started]
        states = {AT_WORK: ROUNDS_AT_WORK, RESTED: ROUNDS} if hub.is_new else {RESTED: ROUNDS}
        for state, rounds in states.items():
            if state == RESTED and hub.is_new:
                results.append(hub.rest())
            context = browser.new_context(
                base_url=hub.url, viewport={"width": 1440, "height": 900}, locale="en-GB"
            )
            told.look(context.new_page(), state, some, rounds)
            context.close()
        browser.close()
    return [*results, *told.results()]


@dataclass
class Hub:
    """A hub's process. ``url`` has no path; ``data`` is its folder; ``started`` how long it took
    to answer; ``until`` is the day on which its clock stands; ``is_new`` where nothing that is due
    after a year was done yet."""

    url: str
    pid: int
    data: Path
    started: Result
    until: datetime
    is_new: bool

    def processor_s(self) -> float:
        """Seconds of processor time so far."""
        told = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def rest(self) -> Result:
        """Waits until it is done with what is due after a year."""
        began, spent = time.monotonic(), self.processor_s()
        while time.monotonic() - began < UPKEEP_S:
            if '"deleted"' in (self.data / "hub.log").read_text():  # told once all of it is
                break
            time.sleep(2)
        else:
            raise CannotRunError(f"the hub was still at work after {UPKEEP_S:.0f} s")
        (self.data / "rested").touch()
        note = "until the hub had deleted and tidied what was due; of this, processor time "
        note += f"{self.processor_s() - spent:.0f} s"
        return Result("screens-upkeep", time.monotonic() - began, "s", note)


class Told:
    """What was measured, by page."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self._more: defaultdict[str, defaultdict[str, list[float]]]
        self._more = defaultdict(lambda: defaultdict(list))

    def look(self, page: Any, state: str, some: list[str], rounds: int) -> None:
        """Opens the pages and changes their time, so many ``rounds``."""
        looker = Looker(page)
        looker.log_in(LOGIN, PASSWORD)
        names = [name for name in ANSWERS if not some or name in some]
        for turn in range(rounds + 1):
            for name in names:
                spent = self._hub.processor_s()
                answer, whole, thread = looker.opened(name)
                key = f"{'first' if turn else 'cold'} {state} {name}"
                self._keep(key, "", answer, whole, thread, self._hub.processor_s() - spent)
        for name in names:
            if name in PERIODS:
                looker.opened(name)
                self._changes(looker, name, state, rounds)

    def _changes(self, looker: Looker, name: str, state: str, rounds: int) -> None:
        looker.changed(name, self._query(1, 40, ""))  # plotly.js is there from now on
        for turn in range(rounds):
            for span, (days, compare) in SPANS.items():
                query = self._query(days, 0 if days > 28 else 3 * turn, compare)
                spent = self._hub.processor_s()
                took = looker.changed(name, query)
                hub = self._hub.processor_s() - spent
                key = f"change {state} {name}"
                self._keep(key, span, took.answer, took.whole, took.thread, hub)
                for asked, ms, size, _ in took.asked:
                    kind = asked.partition("?")[0].rpartition("/")[2]
                    self._more[key][f"{span}_{kind}_ms"].append(ms)
                    self._more[key][f"{span}_{kind}_kb"].append(size / 1000)

    def _query(self, days: int, back: int, compare: str) -> str:
        until = self._hub.until - timedelta(days=back)
        since = until - timedelta(days=days - 1)
        told = f"?period={since:%Y-%m-%d}..{until:%Y-%m-%d}"
        return told + (f"&compare={compare}" if compare else "")

    def _keep(
        self, key: str, span: str, answer: float, whole: float, thread: float, hub_s: float
    ) -> None:
        self._took[key].append(answer)
        told = {"answer": answer, "whole": whole, "browser": thread, "hub": hub_s * 1000}
        for name, value in told.items():
            self._more[key][f"{name}_ms"].append(value)
            if span:
                self._more[key][f"{span}_{name}_ms"].append(value)

    def results(self) -> Iterator[Result]:
        for key, took in self._took.items():
            what, state, name = key.split()
            of = {name: statistics.median(values) for name, values in self._more[key].items()}
            beside = f"95 % of {len(took)} within {np.percentile(took, 95):.0f} ms; all of the "
            beside += f"page {of['whole_ms']:.0f} ms; processor time of the hub "
            beside += f"{of['hub_ms']:.0f} ms, of the page's thread {of['browser_ms']:.0f} ms"
            value, shown = statistics.median(took), f"{what}-{name}"
            if state != RESTED:
                shown, beside = f"{shown}-{state}", f"{beside}; the hub deletes meanwhile"
            if what == "change":
                slowest = max(SPANS, key=lambda span: of[f"{span}_answer_ms"])
                note = f"another time on {name} until its answer stands there; slowest "
                note += f"{slowest}, {of[f'{slowest}_answer_ms']:.0f} ms; {beside}"
                yield Result(shown, value, "ms", note, CHANGE_MS, details=of)
            else:
                when = ", for the first time" if what == "cold" else ""
                note = f"from the click to the answer, {name}{when}; {beside}"
                yield Result(shown, value / 1000, "s", note, FIRST_S, details=of)


@contextmanager
def _hub() -> Iterator[Hub]:
    """A hub's process over a copy of the year with hard links."""
    data = FOLDER.absolute() / "screens"
    done = data / "rested"
    is_new = not done.exists()
    if is_new:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(FOLDER / "journal", data / "journal", copy_function=os.link)
    reader = JournalReader(data / "journal")
    newest, zone = reader.newest(), ZoneInfo(reader.timezone)
    reader.close()
    if newest is None:
        raise CannotRunError("the year has no events")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.screens_hub", str(data), "--port", str(port)]
    with (
        (data / "hub.log").open("w") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as child,
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            told = next((json.loads(x) for x in child.stdout if x.startswith("{")), None)
            if told is None:
                raise CannotRunError(f"the hub ended: {(data / 'hub.log').read_text()[-400:]}")
            note = "from the hub's start until its door is open, a year behind it"
            started = Result("screens-start", told["seconds"], "s", note)
            until = newest.astimezone(zone) - timedelta(minutes=1)
            yield Hub(f"http://localhost:{port}", child.pid, data, started, until, is_new)
        finally:
            child.stdin.close()
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()
