"""Takes the pictures of the README from the demo: starts it, waits for its days and its people, and
photographs pages in Chromium. Everything in them is made up.

python scripts/pictures.py [--out DIR] [--seed N] [--days N]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

PICTURES: Final = Path(__file__).parents[1] / "docs" / "pictures"
MOST_BYTES: Final = 250_000
HOUR: Final = 17
"""Of the shop's clock, and of the scenario: the picture is the same at any time of ours."""
PATIENCE_S: Final = 1200.0
"""So long the demo may say nothing: it says of each day that it is in."""
DAYS: Final = 7
"""A week is what the pages show, and its first day is what the report compares with."""
_ZONES: Final = (
    "Africa/Abidjan", "Africa/Lagos", "Africa/Maputo", "Africa/Nairobi", "Asia/Dubai",
    "Asia/Tashkent", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Brisbane", "Pacific/Guadalcanal", "Pacific/Tarawa", "Pacific/Fakaofo",
    "Pacific/Honolulu", "Pacific/Gambier", "Pacific/Pitcairn", "America/Phoenix",
    "America/Costa_Rica", "America/Bogota", "America/Puerto_Rico", "America/Cayenne",
    "America/Noronha", "Atlantic/Cape_Verde",
)  # fmt: skip
"""By how many hours, from 0 to 23, they are before UTC, a day more or less; none changes its clock
in summer."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Of the page at ``path``, as ``role`` sees it; ``there`` is in it, so ``many`` times, when
    it is ready."""

    name: str
    path: str
    there: str
    size: tuple[int, int] = (1440, 900)
    scale: float = 1.0
    role: str = "manager"
    many: int = 1


TAKEN: Final = (
    Picture("now", "/", "svg.plan .person", (1440, 1200), many=8),
    Picture("areas", "/areas?period=week", "#map svg.with-heat", (1440, 1200)),
    Picture("shelves", "/shelves", "#now .facing", (1440, 1200), many=50),
    Picture("reports", "/reports", "#over .chart svg", (1440, 1200)),
    Picture("staff-phone", "/alerts", "#open[aria-busy=false] .body > *", (390, 844), 2.0, "staff"),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that is ready to be looked at."""

    url: str
    login: str
    password: str


def zone_at(now: datetime, hour: int = HOUR) -> str:
    """A time zone in which it is ``hour`` o'clock ``now``."""
    return _ZONES[(hour - now.astimezone(UTC).hour) % 24]


def ready(lines: Iterable[str]) -> Running:
    """When the demo has said, line by line, where it is, who may log in, that its days are in and
    that its cameras see people. Raises ``RuntimeError`` where it ends before."""
    url = account = None
    days = people = False
    for line in lines:
        url = url or re.search(r"hub is up.*: (http://\S+)", line)
        account = account or re.search(r"log in as (\S+) with the password: (.+?)\s*$", line)
        days = days or "days before today are in" in line
        people = people or re.search(r"cameras see \d+ pe", line) is not None
        if url and account and days and people:
            return Running(url[1], account[1], account[2])
    raise RuntimeError("the demo ended before it was ready")


def small(png: bytes) -> bytes:
    """The same picture in as many colours as fit into ``MOST_BYTES``."""
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32, 16):
        out = io.BytesIO()
        few = whole.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


@contextlib.contextmanager
def demo(folder: Path, seed: int, days: int) -> Iterator[Running]:
    """Runs it in ``folder`` for as long as this lasts."""
    program = [sys.executable, "-m", "miseban", "demo", "--no-open"]
    program += ["--out", str(folder), "--seed", str(seed), "--days", str(days)]
    # Beside cameras that are drawn, days come last; a machine that has other work never got there.
    program += ["--hour", str(HOUR), "--days-first"]
    environment = {**os.environ, "TZ": zone_at(datetime.now(UTC)), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield ready(said(process.stdout, process.kill))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def said(
    lines: Iterable[str], give_up: Callable[[], None], patience_s: float = PATIENCE_S
) -> Iterator[str]:
    """``lines`` as they come, shown; where none comes for so long, ``give_up`` is called."""
    patience = threading.Timer(patience_s, give_up)
    patience.start()
    try:
        for line in lines:
            patience.cancel()
            print(line, end="", flush=True)
            yield line
            patience = threading.Timer(patience_s, give_up)
            patience.start()
    finally:
        patience.cancel()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def take(
    browser: Browser, running: Running, out: Path, which: Iterable[Picture] = TAKEN
) -> list[Path]:
    """Writes ``NAME.png`` into ``out`` for each."""
    manager = _context(browser, (1440, 900), 1.0)
    page = manager.new_page()
    page.goto(urljoin(running.url, "/login"))
    page.fill("input[name=login]", running.login)
    page.fill("input[name=password]", running.password)
    page.click("button.main")
    page.wait_for_url(urljoin(running.url, "/"))
    found = []
    for picture in which:
        context = _context(browser, picture.size, picture.scale)
        if picture.role == "manager":
            context.add_cookies(manager.cookies())  # type: ignore[arg-type]
        else:
            _invited(page, context, running.url, picture.role)
        found.append(_taken(context, running.url, picture, out))
        context.close()
    manager.close()
    return found


def _context(browser: Browser, size: tuple[int, int], scale: float) -> BrowserContext:
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale,
        locale="en-GB", color_scheme="light", reduced_motion="reduce",
    )  # fmt: skip


def _invited(manager: Page, context: BrowserContext, url: str, role: str) -> None:
    """Logs a new account of ``role`` in, as whoever got its one-time link would."""
    csrf = manager.locator("meta[name=csrf]").get_attribute("content") or ""
    login = f"{role}-{datetime.now(UTC):%H%M%S%f}"
    answer = manager.request.post(
        urljoin(url, "/api/v1/people"),
        data={"login": login, "role": role},
        headers={"X-CSRF-Token": csrf, "Origin": url},
    )
    page = context.new_page()
    page.goto(urljoin(url, answer.json()["link"]["path"]))
    for name in ("password", "again"):
        page.fill(f"input[name={name}]", "a sentence for one picture")
    page.click("button.main")
    page.wait_for_url(urljoin(url, "/"))
    page.close()


def _taken(context: BrowserContext, url: str, picture: Picture, out: Path) -> Path:
    page = context.new_page()
    page.goto(urljoin(url, picture.path))
    patient = 300_000.0  # a question may wait for its turn behind the days that came in
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=patient)
    page.wait_for_timeout(3000)  # people have walked some steps, charts are drawn
    page.locator(picture.there).nth(picture.many - 1).wait_for(timeout=patient)
    file = out / f"{picture.name}.png"
    file.write_bytes(small(page.screenshot()))
    page.close()
    return file


def plan(file: Path) -> None:
    """The supermarket's plan, coloured by which floor its cameras see."""
    file.unlink(missing_ok=True)
    shop = str(Path(__file__).parents[1] / "shops" / "supermarket.toml")
    command = ["coverage", shop, "--within", "0,0,30,20", "--picture", str(file)]
    subprocess.run(
        [sys.executable, "-m", "miseban", *command], check=True, stdout=subprocess.DEVNULL
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Takes the pictures of the README.")
    parser.add_argument("--out", type=Path, default=PICTURES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=DAYS)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    plan(asked.out / "coverage.png")
    with (
        tempfile.TemporaryDirectory(prefix="miseban-pictures-") as folder,
        demo(Path(folder) / "demo", asked.seed, asked.days) as running,
        chromium() as browser,
    ):
        for file in take(browser, running, asked.out):
            print(f"{file} ({file.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
