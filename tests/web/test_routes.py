"""The page of paths: usual ways through several areas are what the API says, and a day that goes on
is not taken for one on which nobody came."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from miseban.journal.journal import Journal
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.shop import load_shop
from tests.insight.questions.test_edges import event
from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS
from tests.web.test_areas import DAYS, FIRST, ask, ready
from tests.web.test_looks import serious

NAMES = {zone.id: zone.name for zone in load_shop(SHOPS / "konbini.toml").zones}

D, B, Q, C = "drinks", "bento", "queue", "counter-1"
WALKED = {
    (D, B, D, Q): 14, (B, Q, C): 9, (D, B, D): 6, (B, D, Q): 6,
    (D, B): 6, (D, Q): 6, (B, Q): 6, (Q, C): 6,
}  # fmt: skip
"""And enough who went a part of it only, so that the konbini's own visits beside them, one or two,
take no way from what is told."""


@pytest.fixture(scope="module")
def walked(konbini_days: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """The days of the konbini, and some more who came on the first one, all the same ways."""
    folder = tmp_path_factory.mktemp("walked")
    shutil.copytree(konbini_days, folder / "data")
    shutil.copy(SHOPS / "konbini.toml", folder / "shop.toml")
    ended = [
        event(
            "visit.ended", FIRST + timedelta(seconds=90 + n), shop="konbini", started=FIRST,
            visit=f"{w:08x}{n:08x}", t=[], x=[], y=[], unit="m", areas=[*way], stitched=1,
        )
        for w, (way, many) in enumerate(WALKED.items())
        for n in range(many)
    ]  # fmt: skip
    journal = Journal.open(
        folder / "data" / "journal", shop="konbini", timezone="Asia/Tokyo", rollups=RollupKeeper()
    )
    journal.append(ended)
    journal.compact(datetime.now(UTC))
    journal.close()
    with website(folder / "shop.toml", folder / "data") as running:
        yield running


def test_usual_ways_are_those_of_the_api(browser: Browser, walked: Website) -> None:
    with Visitor.of(browser, walked) as one:
        page = one.log_in("marketer", f"/paths?period={DAYS}")
        ready(page)
        found = ask(one, "routes")
        columns = (found["measures"]["people"]["values"], found["measures"]["share"]["values"])
        rows = list(zip(found["place"], found["detail"], *columns, strict=True))
        ways = {
            " → ".join(NAMES[area] for area in place.split(">")): (people, share)
            for place, detail, people, share in rows
            if detail == "way" and people
        }
        for way in ((D, B, D, Q), (B, Q, C)):
            assert ways[" → ".join(NAMES[area] for area in way)][0] >= WALKED[way]
        shown = page.locator("#routes ol li")
        expect(shown).not_to_have_count(0)
        before = None
        for line in shown.all():
            people, share = ways[line.locator("> span").first.inner_text()]
            expect(line.locator("b")).to_have_text(f"{people:,.0f} visits")
            # A half goes up on a page (11.85 % is 11.9 %), and to the even one in Python's format.
            tenths = (100 * Decimal(str(share))).quantize(Decimal("0.1"), ROUND_HALF_UP)
            known = re.escape(str(tenths).removesuffix(".0"))
            expect(line.locator("small")).to_have_text(re.compile(rf"^{known}% \(.+–.+%\)$"))
            assert before is None or people <= before
            before = people
        first = max((row for row in rows if row[1] == "first" and row[2]), key=lambda row: row[2])
        expect(page.locator("#first tbody tr").first).to_contain_text(NAMES[first[0]])
        expect(page.locator("#first tbody tr").first).to_contain_text(f"{first[2]:,.0f}")
        assert not serious("paths", page)


def test_of_today_it_says_when_they_come(browser: Browser, walked: Website) -> None:
    with Visitor.of(browser, walked, width=390) as one:
        page = one.log_in("manager", "/paths")
        ready(page)
        expect(page.locator("#routes ol")).to_have_count(0)
        expect(page.locator("#routes .empty")).not_to_be_empty()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
