"""The parts of the command that takes the pictures of the README."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser

from miseban.web.pages import RAIL
from scripts.pictures import (
    HOUR,
    MOST_BYTES,
    PICTURES,
    TAKEN,
    Picture,
    Running,
    ready,
    said,
    small,
    take,
    zone_at,
)
from tests.hub.people.staff import PASSWORD
from tests.web.pages import Website

SAID = (
    "The hub is up after 4 s: http://localhost:8088\n",
    "  log in as manager with the password: amber basket candle dragon\n",
    "14 days of history fill in behind it. Ctrl-C ends everything.\n",
    "8 cameras see 3 people, 40 s after the start.\n",
    "The 14 days before today are in (6.1 min).\n",
)


@given(st.integers(1_580_000_000, 2_050_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_it_is_always_the_same_hour_in_the_shop(now: datetime) -> None:
    there = now.astimezone(ZoneInfo(zone_at(now)))
    assert there.hour == HOUR
    assert there.minute == now.minute


def test_the_demo_is_waited_for_until_it_has_people_and_days() -> None:
    found = ready(iter(SAID))
    assert found == Running("http://localhost:8088", "manager", "amber basket candle dragon")
    for n in (0, 1, 3, 4):
        with pytest.raises(RuntimeError, match="ended before"):
            ready(SAID[:n] + SAID[n + 1 :])


def test_a_demo_that_says_nothing_any_more_is_given_up() -> None:
    """And one that goes on slowly is not, however long it takes in all."""
    talks = "import time\nfor n in range({}): print(n, flush=True); time.sleep({})"
    for lines, pause_s, ends in ((12, 0.4, True), (2, 60.0, False)):
        program = [sys.executable, "-c", talks.format(lines, pause_s)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            heard = list(said(process.stdout, process.kill, 3.0))
        assert heard == [f"{n}\n" for n in range(12 if ends else 1)]
        assert (process.returncode == 0) is ends


def test_a_picture_is_small_and_still_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 255, (600, 900, 3), np.uint8)
    noise[:300] = 255
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    packed = small(out.getvalue())
    assert len(out.getvalue()) > MOST_BYTES >= len(packed)
    again = np.asarray(Image.open(io.BytesIO(packed)).convert("RGB"))
    assert again.shape == noise.shape
    assert (again[:300] > 250).all()


def test_pages_that_are_there_are_taken() -> None:
    paths = {page.path for page in RAIL}
    assert {picture.path.partition("?")[0] for picture in TAKEN} <= paths
    for picture in TAKEN:
        file = PICTURES / f"{picture.name}.png"
        assert file.is_file(), f"make pictures has not written {file.name}"
        assert file.stat().st_size <= MOST_BYTES
        with Image.open(file) as image:
            width, height = picture.size
            assert image.size == (width * picture.scale, height * picture.scale)


def test_a_telephone_of_the_staff_is_photographed(
    browser: Browser, konbini: Website, tmp_path: Path
) -> None:
    phone = next(picture for picture in TAKEN if picture.role == "staff")
    small_one = Picture(phone.name, phone.path, phone.there, phone.size, 1.0, "staff")
    (file,) = take(browser, Running(konbini.url, "manager", PASSWORD), tmp_path, [small_one])
    assert file == tmp_path / "staff-phone.png"
    with Image.open(file) as image:
        assert image.size == (390, 844)
        assert len(image.convert("RGB").getcolors(256) or []) > 8  # a page, not a blank
