"""Set-up shows which floor the cameras see: the figures of the command, and a layer on the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from typer.testing import CliRunner

from miseban.cli.app import app
from miseban.space.coverage import Coverage, Posture, cover
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.whole_files import write_whole
from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS
from tests.web.test_looks import serious

KONBINI = (SHOPS / "konbini.toml").read_text("utf-8")
BOX = '\n[[fixture]]\nid = "box"\npolygon = [[0, 0], [3, 0], [3, 3], [0, 3]]\n'
CLASSES = ("none", "one", "two", "more")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    (tmp_path / "data").mkdir()
    (tmp_path / "shop.toml").write_text(KONBINI, "utf-8")
    with website(tmp_path / "shop.toml", tmp_path / "data") as running:
        yield running


@pytest.fixture
def installer(browser: Browser, site: Website) -> Iterator[Visitor]:
    with Visitor.of(browser, site) as one:
        yield one


def file_of(visitor: Visitor) -> Path:
    file = visitor.site.box.hub.files.shop
    assert file is not None
    return file


def press(page: Page, act: str) -> None:
    page.click(f"#drawing [data-act={act}]")


def squares(layer: Locator, step_m: float) -> list[int]:
    """How many squares are painted as seen by none, one, two, more."""
    found = []
    for name in CLASSES:
        path = layer.locator(f"[data-squares={name}]").get_attribute("d") or ""
        m2 = sum(float(w) * float(h) for w, h in re.findall(r"h([\d.]+)v([\d.]+)", path))
        found.append(round(m2 / step_m**2))
    return found


def expected(found: Coverage, posture: Posture) -> list[int]:
    counts = found.by[posture].clip(max=3)
    return [int((counts == n).sum()) for n in range(4)]


def test_its_figures_are_those_of_the_command_and_each_place_is_on_the_plan(
    installer: Visitor,
) -> None:
    page = installer.log_in("installer", "/setup")
    line = page.locator("#seen-floor .figures")
    printed = CliRunner().invoke(app, ["coverage", str(file_of(installer)), "--more", "1"])
    m2 = re.search(r"^(\d+) m² of floor", printed.stdout)
    assert m2 is not None, printed.output
    shares = re.findall(
        r"by at least one camera on (\d+%) of it, by at least two on (\d+%)", printed.stdout
    )
    expect(line).to_contain_text(f"Of {m2[1]} m²")
    assert re.findall(r"\d+%", line.inner_text()) == [one for pair in shares for one in pair]

    found = cover(load_shop(file_of(installer)))
    layer = page.locator("#board .quiet")
    assert squares(layer, found.step_m) == expected(found, "stands")
    press(page, "seen-lies")
    expect(page.locator("[data-act=seen-lies]")).to_have_attribute("aria-pressed", "true")
    assert squares(layer, found.step_m) == expected(found, "lies")
    assert expected(found, "lies") != expected(found, "stands")
    press(page, "gaps")
    gap = found.gaps("lies")[0]
    first = page.locator("#seen-floor li").first
    expect(first).to_contain_text(f"{gap.m2:.1f} m² around {gap.x:.1f} m, {gap.y:.1f} m")

    page.route("**/coverage?more=true", lambda route: route.abort())
    press(page, "further")
    expect(page.locator("#toasts")).to_contain_text("What the cameras see is not known")
    page.unroute("**/coverage?more=true")
    installer.forgive(lambda said: "ERR_FAILED" in said)
    press(page, "further")
    told = re.search(r"1: at ([\d.]+), ([\d.]+), .*: (\d+%), (\d+%)", printed.stdout)
    assert told is not None, printed.output
    x, y, one, two = told.groups()
    told_here = page.locator("#seen-floor p", has_text="One more helps most")
    expect(page.locator("#said")).to_have_text(told_here.inner_text())
    for part in (f"{x} m, {y} m", one, two):
        expect(told_here).to_contain_text(part)
    ring = page.locator("#board .further circle")
    assert float(ring.get_attribute("cx") or "") == pytest.approx(float(x), abs=0.06)
    assert serious("setup", page) == []

    press(page, "seen-off")
    expect(layer.locator("path")).to_have_count(0)
    expect(ring).to_have_count(0)
    expect(line).to_be_visible()
    page.reload()  # a link to the page shows the same
    expect(page.locator("[data-act=seen-off]")).to_have_attribute("aria-pressed", "true")


def test_of_words_that_are_none_of_the_three_it_is_of_who_stands(installer: Visitor) -> None:
    page = installer.log_in("installer", "/setup")
    for word in ("constructor", "__proto__", "sits"):
        page.goto(f"{installer.site.url}/setup?seen={word}")
        expect(page.locator("[data-act=seen-stands]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#board .quiet path").first).to_be_attached()


def test_who_was_refused_may_ask_again(installer: Visitor) -> None:
    page = installer.log_in("installer", "/setup?on=door")
    page.route("**/shop/coverage", lambda route: route.abort())
    page.click("#surfaces button[data-surface=plan]")
    refused = page.locator("#seen-floor [role=alert]")
    expect(refused).to_contain_text("What the cameras see is not known")
    press(page, "again")
    expect(refused).to_be_visible()
    page.unroute("**/shop/coverage")
    press(page, "again")
    expect(page.locator("#seen-floor .figures")).to_be_focused()
    installer.forgive(lambda said: "ERR_FAILED" in said)


def test_a_file_that_somebody_else_saved_is_not_shown_on_the_drawings_of_the_one_before(
    installer: Visitor,
) -> None:
    page = installer.log_in("installer", "/setup")
    line = page.locator("#seen-floor .figures")
    expect(line).to_be_visible()
    page.locator("#shapes button").first.click()
    page.locator("[data-act=remove]").click()
    expect(page.locator("#unsaved")).to_contain_text("1")
    file = file_of(installer)
    write_whole(file, f"{file.read_text('utf-8')}{BOX}")
    press(page, "further")
    expect(page.locator("#seen-floor [role=alert]")).to_contain_text("Somebody else has saved")
    expect(page.locator("#board .quiet path")).to_have_count(0)
    press(page, "again")
    expect(line).to_contain_text(f"Of {cover(load_shop(file)).m2:.0f} m²")
    expect(page.locator("#board .quiet path").first).to_be_attached()
    expect(page.locator("#unsaved")).to_contain_text("1")


def test_what_is_drawn_counts_once_it_is_saved(installer: Visitor) -> None:
    page = installer.log_in("installer", "/setup")
    line = page.locator("#seen-floor .figures")
    before = line.inner_text()
    page.locator("#shapes button").first.click()
    page.locator("[data-act=remove]").click()
    expect(page.locator("#seen-floor")).to_contain_text("As it was last saved")
    assert line.inner_text() == before
    page.click("#save")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    expect(line).not_to_have_text(before)
    m2 = cover(load_shop(file_of(installer))).m2
    expect(line).to_contain_text(f"Of {m2:.0f} m²")
    expect(page.locator("#seen-floor")).not_to_contain_text("As it was last saved")


def test_on_a_cameras_picture_there_is_no_layer(installer: Visitor) -> None:
    page = installer.log_in("installer", "/setup")
    expect(page.locator("#board .quiet path").first).to_be_attached()
    page.click("#surfaces button[data-surface=door]")
    expect(page.locator("#seen-floor")).to_be_hidden()
    expect(page.locator("#board .quiet path")).to_have_count(0)
    page.click("#surfaces button[data-surface=plan]")
    expect(page.locator("#board .quiet path").first).to_be_attached()


def test_cameras_that_do_not_know_their_floor_are_led_to_learn_it(installer: Visitor) -> None:
    cameras = KONBINI.split("[[line]]")[0]
    bare = re.sub(r"^anchor = .*\n|^floor_points = \[\n(?: .*\n)*\]\n", "", cameras, flags=re.M)
    file_of(installer).write_text(bare, "utf-8")
    installer.site.box.reload()
    page = installer.log_in("installer", "/setup")
    expect(page.locator("#seen-floor .empty")).to_contain_text("No camera knows its floor yet")
    expect(page.locator("#board .quiet path")).to_have_count(0)
    press(page, "calibrate-first")
    expect(page.locator("#calib")).to_be_visible()
