"""The page of reports: what it says is what the API says, and it can be taken along."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.insight.digest.papers import text_of
from tests.web.pages import Visitor, Website

TODAY = (datetime.now(UTC) - timedelta(hours=2)).astimezone(ZoneInfo("Asia/Tokyo")).date()
"""Of which the shop's journal knows something."""


def ready(page: Page) -> None:
    expect(page.locator("#seen")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#know li").first).to_be_visible()


def test_the_page_shows_what_the_api_says(visitor: Visitor) -> None:
    page = visitor.log_in("manager", f"/reports?day={TODAY}")
    ready(page)
    report = visitor.api(f"reports/day/{TODAY}", lang="en")
    assert page.locator("#know li").all_text_contents() == report["says"]
    count = report["visitors"]["counted"]
    expect(page.locator("#came .figure b")).to_have_text(f"{count['value']:,.0f}")
    interval = [] if count["low"] is None else [f"{count['low']:,.0f} to {count['high']:,.0f}"]
    shown = page.locator("#came .interval").all_text_contents()
    assert [text.partition(" with 95 % certainty")[0] for text in shown] == interval
    expect(page.locator("#inside .figure b")).to_have_text(f"{report['inside']['most']:.0f}")
    areas = page.locator("#areas tbody tr")
    told = areas.locator("td:first-child").all_text_contents()
    assert told == [area["name"] for area in report["areas"]]
    cameras = page.locator("#seen tbody tr td:first-child").all_text_contents()
    assert cameras == [camera["name"] for camera in report["seen"]["cameras"]]
    page.locator("#over summary").click()
    expect(page.locator("#over tbody tr")).to_have_count(len(report["visitors"]["over"]))
    expect(page.locator("#over .chart svg").first).to_be_visible()


def test_another_day_and_week_are_kept_in_the_address(visitor: Visitor) -> None:
    page = visitor.log_in("manager", f"/reports?day={TODAY}")
    ready(page)
    page.get_by_role("button", name="The day before").click()
    before = TODAY - timedelta(days=1)
    expect(page).to_have_url(re.compile(f"day={before}"))
    page.get_by_role("button", name="Week", exact=True).click()
    expect(page).to_have_url(re.compile("kind=week"))
    expect(page.locator("#of")).to_contain_text("Monday")
    page.reload()
    ready(page)
    report = visitor.api(f"reports/week/{before}", lang="en")
    assert page.locator("#know li").all_text_contents() == report["says"]
    expect(page.get_by_role("button", name="Week", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_it_can_be_taken_along_as_pdf_and_csv(visitor: Visitor) -> None:
    page = visitor.log_in("manager", f"/reports?day={TODAY}")
    ready(page)
    links = {
        name: page.locator(f"a[data-file={name}]").get_attribute("href") for name in ("pdf", "csv")
    }
    report = visitor.api(f"reports/day/{TODAY}", lang="en")
    assert links["pdf"] is not None
    assert links["csv"] is not None
    pdf = visitor.context.request.get(links["pdf"]).body()
    assert re.sub(r"\W", "", report["says"][0]) in re.sub(r"\W", "", text_of(pdf))
    table = visitor.context.request.get(links["csv"]).text()
    assert f",visitors,people,{report['visitors']['counted']['value']:.0f}," in table


def test_paper_has_the_report_and_no_buttons(visitor: Visitor) -> None:
    page = visitor.log_in("manager", f"/reports?day={TODAY}")
    ready(page)
    page.emulate_media(media="print")
    for hidden in ("#choice", ".rail", ".me"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("#know li").first).to_be_visible()
    expect(page.locator("#of")).to_be_visible()


def test_who_may_not_see_devices_is_told_so(visitor: Visitor) -> None:
    page = visitor.log_in("marketer", f"/reports?day={TODAY}")
    ready(page)
    assert page.locator("#seen table").count() == 0
    expect(page.locator("#seen")).to_contain_text("those who may see devices")


@pytest.mark.parametrize(("language", "word"), [("ja-JP", "来店"), ("ko-KR", "방문")])
def test_it_is_in_the_readers_language(
    browser: Browser, konbini: Website, language: str, word: str
) -> None:
    with Visitor.of(browser, konbini, language=language) as one:
        page = one.log_in("manager", f"/reports?day={TODAY}")
        ready(page)
        expect(page.locator("#know li").first).to_contain_text(word)
        assert f"lang={language[:2]}" in (
            page.locator("a[data-file=pdf]").get_attribute("href") or ""
        )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_nobody_is_kept_out(browser: Browser, konbini: Website, width: int, scheme: str) -> None:
    with Visitor.of(browser, konbini, width=width, color_scheme=scheme) as one:
        page = one.log_in("manager", f"/reports?day={TODAY}")
        ready(page)
        found = Axe().run(page).response["violations"]
        assert [v for v in found if v["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
