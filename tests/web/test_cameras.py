"""The page of the cameras says what the API says, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from miseban.vocabulary.events import CameraHealth
from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS


def report(camera: str, ago_s: float, **more: object) -> CameraHealth:
    told: dict[str, object] = {"state": "ok", "fps": 5.0, "gap_s": 0.0} | more
    return CameraHealth.model_validate(
        {
            "id": f"{camera}-{ago_s}-{told['state']}", "shop": "konbini", "camera": camera,
            "time": datetime.now(UTC) - timedelta(seconds=ago_s), **told,
        }
    )  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    """The konbini with a camera that is well, one that was moved, and one that fell silent."""
    (tmp_path / "data").mkdir()
    file = Path(shutil.copy(SHOPS / "konbini.toml", tmp_path / "shop.toml"))
    with website(file, tmp_path / "data") as running:
        since = datetime.now(UTC) - timedelta(seconds=300)
        running.tell(
            [
                report("till", 7200.0),
                report("door", 5.0),
                report("aisle", 290.0, state="moved", phase="begins", since=since),
                report("aisle", 250.0, state="gap", gap_s=12.0),
                report("aisle", 4.0),
            ]
        )
        yield running


def test_each_camera_has_its_state_and_each_trouble_what_to_do(
    browser: Browser, site: Website
) -> None:
    with Visitor.of(browser, site) as one:
        page = one.log_in("installer", "/cameras")
        live = {each["camera"]: each for each in one.api("live")["shop"]["cameras"]}
        up = sum(each["up"] for each in live.values())
        assert (up, list(live["aisle"]["troubles"])) == (2, ["moved"])
        expect(page.locator("#answer .figure b")).to_have_text(str(up))
        todo = page.locator("#answer .todo li")
        expect(todo).to_have_count(2)
        expect(todo.nth(0)).to_contain_text("till")  # the worst first
        expect(todo.nth(0)).to_contain_text("Nothing is heard of it")
        expect(todo.nth(1)).to_contain_text("was moved")
        expect(todo.nth(1).get_by_role("link")).to_have_attribute("href", "/setup?on=aisle")
        row = page.locator("#each tbody tr").filter(has_text="aisle")
        expect(row).to_contain_text("sees")

        day = datetime.now(UTC) - timedelta(hours=26)
        whole = one.api(
            "questions/cameras", since=day.isoformat(), until=datetime.now(UTC).isoformat(),
            by="whole",
        )  # fmt: skip
        told = dict(zip(whole["place"], whole["coverage"], strict=True))
        assert min(told[name] for name in ("till", "door", "aisle")) > 0, "the question knows them"
        page.goto("/cameras?period=week")
        expect(page.locator("#lost tbody tr")).to_have_count(3)
        expect(page.locator("#ills tbody")).to_contain_text("was moved")


def test_nobody_without_the_right_sees_them(browser: Browser, site: Website) -> None:
    with Visitor.of(browser, site) as one:
        one.log_in("marketer")
        assert one.context.request.get("/cameras").status == 403
        assert one.context.request.get("/setup").status == 403


def test_of_hours_that_are_to_come_nothing_is_drawn(browser: Browser, site: Website) -> None:
    """Else each morning looks as if all cameras were about to fail."""

    def begun() -> int:
        return datetime.now(ZoneInfo("Asia/Tokyo")).hour + 1

    with Visitor.of(browser, site) as one:
        before = begun()
        page = one.log_in("installer", "/cameras")
        site.tell([report("door", 0.0)])  # whatever the hour is, something of today
        page.reload()
        page.click("#trend summary")
        rows = page.locator("#trend tbody tr")
        expect(rows.first).to_be_attached()
        drawn = page.evaluate(
            "document.querySelector('#trend .js-plotly-plot').data"
            ".map((one) => one.y.filter((value) => value !== null).length)"
        )
        assert rows.count() == sum(drawn)
        assert set(drawn) <= {before, begun()}
