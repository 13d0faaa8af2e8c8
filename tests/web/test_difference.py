"""The floor of one day beside that of another: what is drawn, and what is called chance, is what
the API says."""

from __future__ import annotations

import base64
import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from miseban.journal.journal import Journal
from miseban.journal.rollups.keeper import RollupKeeper
from tests.insight.questions.test_edges import event
from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS, fill
from tests.web.test_areas import LAST, UNTIL, ready
from tests.web.test_looks import serious

DAY = timedelta(days=1)
SINCE = UNTIL - DAY
"""The last of the days that are shown: one, whatever hour it is now."""
BEFORE = f"{(SINCE - DAY).date()}"
SQUARE = (4, 8)
PAGE = f"/areas?period={SINCE.date()}..{SINCE.date()}&compare={BEFORE}&mode=difference"


@pytest.fixture(scope="module")
def two_days(konbini_days: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """The days of the konbini, and the one before the last that is shown; and many who stood in one
    square on the later day."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copytree(konbini_days, folder / "data")
    shutil.copy(SHOPS / "konbini.toml", folder / "shop.toml")
    fill(folder / "data", folder / "shop.toml", [(LAST - DAY, 1.0, 3)])
    stood = [
        event(
            "visit.ended", LAST + timedelta(seconds=40 + n), shop="konbini", started=LAST,
            visit=f"{n:016x}", t=[*map(float, range(30))], x=[SQUARE[0] / 2 + 0.2] * 30,
            y=[SQUARE[1] / 2 + 0.2] * 30, unit="m", areas=[], stitched=1,
        )
        for n in range(300)
    ]  # fmt: skip
    journal = Journal.open(
        folder / "data" / "journal", shop="konbini", timezone="Asia/Tokyo", rollups=RollupKeeper()
    )
    journal.append(stood)
    journal.compact(datetime.now(UTC))
    journal.close()
    with website(folder / "shop.toml", folder / "data") as running:
        yield running


def told(visitor: Visitor) -> dict[tuple[int, int], tuple[float, float]]:
    """Difference and chance by column and band."""
    found = visitor.api(
        "questions/heat", since=SINCE.isoformat(), until=UNTIL.isoformat(),
        compare_since=(SINCE - DAY).isoformat(), compare_until=(UNTIL - DAY).isoformat(),
    )  # fmt: skip
    columns = (found["measures"][name]["values"] for name in ("x_m", "y_m", "difference", "chance"))
    return {
        (round(x / 0.5), round(y / 0.5)): (difference, chance)
        for x, y, difference, chance in zip(*columns, strict=True)
        if difference is not None
    }


def drawn(page: Page) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(bands, columns, 4)."""
    href = page.locator("#map svg.plan image").first.get_attribute("href") or ""
    return np.asarray(
        Image.open(io.BytesIO(base64.b64decode(href.partition(",")[2]))).convert("RGBA")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_may_be_chance_is_pale_and_hatched(
    browser: Browser, two_days: Website, scheme: str
) -> None:
    with Visitor.of(browser, two_days, color_scheme=scheme) as one:
        page = one.log_in("marketer", PAGE)
        ready(page)
        squares = told(one)
        assert len(squares) > 20
        sure = [difference for difference, chance in squares.values() if chance <= 0.05]
        said = page.locator("#certain")
        assert squares[SQUARE][0] > 2000
        assert squares[SQUARE][1] < 0.05
        more = sum(one > 0 for one in sure)
        expect(said).to_have_text(
            f"{len(sure)} of {len(squares)} squares differ by more than chance: "
            f"{more} more, {len(sure) - more} less."
        )
        strokes = page.locator("#map svg.plan path.chance").get_attribute("d") or ""
        assert len(re.findall("M", strokes)) == len(squares) - len(sure)
        picture = drawn(page)
        inked = {(x, y) for y, x in np.argwhere(picture[:, :, 3] > 0).tolist()}
        assert inked <= squares.keys()  # of what is left out nothing is drawn
        assert inked >= {at for at, (difference, _) in squares.items() if abs(difference) >= 1}
        pale = [at for at, (_, chance) in squares.items() if chance > 0.05]
        assert max(picture[y, x, 3] for x, y in pale) <= 0.4 * 235 + 1
        red, _, blue, alpha = (int(one) for one in picture[SQUARE[1], SQUARE[0]])
        assert alpha > 200
        assert red > blue  # more: orange
        assert not serious("areas", page)


def test_a_day_that_goes_on_is_not_compared(browser: Browser, two_days: Website) -> None:
    with Visitor.of(browser, two_days) as one:
        page = one.log_in("marketer", "/areas?compare=before&mode=difference")
        ready(page)
        expect(page.locator("#certain")).to_have_text(
            "Today is not over: choose days that are, to see the difference."
        )
