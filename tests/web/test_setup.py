"""Set-up in a real browser: what is drawn lands in the shop file, and is counted."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from miseban.vocabulary.events import VisitEnded, ZoneEntered
from miseban.vocabulary.lessons import read_lesson
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.whole_files import write_whole
from tests.web.pages import Visitor, Website, website
from tests.web.shops import SHOPS
from tests.web.test_looks import serious

KONBINI = (SHOPS / "konbini.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """The konbini before its first day."""
    folder = tmp_path_factory.mktemp("setup")
    (folder / "data").mkdir()
    (folder / "shop.toml").write_text(KONBINI, "utf-8")
    with website(folder / "shop.toml", folder / "data") as running:
        yield running


@pytest.fixture
def shop_file(site: Website) -> Path:
    """As it was at first, and nothing known of what others made of it."""
    file, versions = site.box.hub.files.shop, site.box.hub.files.versions
    assert file is not None
    assert versions is not None
    file.write_text(KONBINI, "utf-8")
    shutil.rmtree(versions, ignore_errors=True)
    site.box.reload()
    return file


@pytest.fixture
def installer(browser: Browser, site: Website, shop_file: Path) -> Iterator[Visitor]:
    with Visitor.of(browser, site) as one:
        yield one


def spot(board: Locator, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a place of the board is."""
    found = board.evaluate(
        "(svg, [x, y]) => { const p = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());"
        " return [p.x, p.y]; }",
        [x, y],
    )
    return found[0], found[1]


def draw(page: Page, tool: str, points: list[tuple[float, float]]) -> None:
    page.click(f"[data-tool={tool}]")
    board = page.locator("#board svg")
    board.scroll_into_view_if_needed()
    for point in points:
        page.mouse.click(*spot(board, *point))


def table(file: Path, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [one for one in tomllib.loads(file.read_text("utf-8"))[kind] if one["id"] == name]
    return found


def test_a_line_and_a_zone_are_drawn_saved_and_counted(installer: Visitor, shop_file: Path) -> None:
    page = installer.log_in("installer", "/setup")
    draw(page, "zone", [(8.5, 0.8), (10.5, 0.8), (10.5, 2.5), (8.5, 2.5), (8.5, 0.8)])
    page.fill("[name=name]", "Fruit 果物")
    page.select_option("[name=kind]", "area")
    draw(page, "line", [(2.0, 6.5), (6.0, 6.5), (6.0, 6.5)])
    expect(page.locator("#unsaved")).to_contain_text("2")
    page.click("#save")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")

    zone, line = table(shop_file, "zone", "zone-7"), table(shop_file, "line", "line-2")
    assert (zone["name"], zone["kind"]) == ("Fruit 果物", "area")
    near = [(8.5, 0.8), (10.5, 0.8), (10.5, 2.5), (8.5, 2.5)]
    assert zone["polygon"] == [pytest.approx(point, abs=0.06) for point in near]
    assert line["points"] == [
        pytest.approx((2.0, 6.5), abs=0.06),
        pytest.approx((6.0, 6.5), abs=0.06),
    ]
    # Every line that a person wrote is there, comments too, in its order.
    left = iter(shop_file.read_text("utf-8").splitlines())
    assert all(written in left for written in KONBINI.splitlines())

    now = datetime.now(UTC)
    box = installer.site.box
    box.hub.journal.append(
        [
            ZoneEntered(
                id=f"{n:08x}-in", time=now - timedelta(seconds=2), shop="konbini", zone="zone-7",
                visit=f"{n:016x}",
            )
            for n in range(3)
        ]
    )  # fmt: skip
    live = {one["zone"]: one["people"] for one in installer.api("live")["shop"]["zones"]}
    assert live["zone-7"] == 3
    expect(page.locator("#versions")).to_contain_text("Zone “Fruit 果物” added")


def test_a_facing_is_moved_by_the_keyboard_and_moved_back(
    installer: Visitor, shop_file: Path
) -> None:
    before = tomllib.loads(KONBINI)["shelf"][0]
    facing = before["facing"][0]
    page = installer.log_in("installer", f"/setup?on={before['camera']}")
    page.get_by_role("button", name=facing.get("name", facing["id"]), exact=True).press("Enter")
    first = page.get_by_role("button", name="Point 1 of 4")
    first.press("ArrowRight")
    first.press("Shift+ArrowDown")
    page.keyboard.press("Tab")  # to the next point
    expect(page.get_by_role("button", name="Point 2 of 4")).to_be_focused()
    x, y = facing["polygon"][0]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+z")
    assert not serious("setup with a shape chosen", page)
    page.locator("#save").press("Enter")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    after = load_shop(shop_file).shelves[0].facings[0].polygon
    assert after[0] == pytest.approx((x + 1, y + 10))
    assert [list(point) for point in after[1:]] == facing["polygon"][1:]

    page.get_by_role("button", name="Look at it").last.press("Enter")
    dialog = page.locator("dialog")
    expect(dialog.locator(".changes li")).to_have_count(1)
    dialog.get_by_role("button", name="Back to this version").press("Enter")
    expect(page.locator("#versions .chip.good")).to_have_count(2)  # the first again, and the newest
    assert shop_file.read_text("utf-8") == KONBINI


def test_a_zone_drawn_by_keys_alone_can_have_points_more_and_less(
    installer: Visitor, shop_file: Path
) -> None:
    page = installer.log_in("installer", "/setup")
    page.locator("[data-tool=zone]").press("Enter")
    board = page.locator("#board svg")
    expect(board).to_be_focused()
    for keys in ("", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowLeft"):
        if keys:
            board.press(keys)
        board.press("Enter")
    board.press("Enter")  # at the same place again: it ends
    page.get_by_role("button", name="Point 2 of 4").press("Enter")
    expect(page.get_by_role("button", name="Point 3 of 5")).to_be_focused()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    page.locator("#save").press("Enter")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    polygon = table(shop_file, "zone", "zone-7")["polygon"]
    assert polygon == [[7, 5.5], [7.5, 5.5], [7.5, 5.75], [7.5, 6], [7, 6]]


def test_a_crossing_outline_is_told_where_it_is_and_nothing_is_written(
    installer: Visitor, shop_file: Path
) -> None:
    page = installer.log_in("installer", "/setup")
    page.uncheck(".check input")
    draw(page, "zone", [(8.0, 0.8), (10.0, 2.8), (10.0, 0.8), (8.0, 2.8), (8.0, 0.8)])
    expect(page.locator("#mistake")).to_contain_text("9.0")
    expect(page.locator("#board .wrong")).to_be_visible()
    page.click("#save")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("It crosses itself at 9.0")
    expect(said).to_contain_text("1.8")
    assert shop_file.read_text("utf-8") == KONBINI


def test_nobody_elses_change_is_lost(installer: Visitor, shop_file: Path) -> None:
    page = installer.log_in("installer", "/setup")
    expect(page.locator("#board svg .fixture").first).to_be_visible()
    # As a whole: the page asks just now which floor is seen, and half a file would be refused.
    write_whole(shop_file, KONBINI.replace('name = "Drinks"', 'name = "Cold drinks"'))
    draw(page, "line", [(2.0, 6.5), (6.0, 6.5), (6.0, 6.5)])
    page.click("#save")
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has saved meanwhile")
    installer.forgive(lambda said: "412" in said)
    page.click("#save")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    assert table(shop_file, "zone", "drinks")["name"] == "Cold drinks"
    assert table(shop_file, "line", "line-2")["name"] == "Line 2"


def test_a_shop_without_a_plan_gets_one(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(
        '[shop]\nid = "small"  # ours\ntimezone = "Asia/Seoul"\npolicy = "kr"\n', encoding="utf-8"
    )
    (tmp_path / "data").mkdir()
    with website(file, tmp_path / "data") as site, Visitor.of(browser, site) as one:
        page = one.log_in("manager", "/setup")
        expect(page.locator("#board")).to_be_hidden()
        page.fill("[name=width_m]", "9.5")
        page.fill("[name=depth_m]", "6")
        page.locator("[name=depth_m]").press("Enter")
        expect(page.locator("#board")).to_be_visible()
        one.forgive(lambda said: "404" in said)  # there was no plan
    assert file.read_text("utf-8").splitlines() == [
        "[shop]", 'id = "small"  # ours', 'timezone = "Asia/Seoul"', 'policy = "kr"',
        "floor = { width_m = 9.5, depth_m = 6 }",
    ]  # fmt: skip


def test_a_draft_is_tried_out_on_the_trails_of_the_last_minutes(installer: Visitor) -> None:
    now = datetime.now(UTC)
    installer.site.tell(
        [
            VisitEnded(
                id=f"{n:08x}-end", time=now - timedelta(seconds=20 * n + 1), shop="konbini",
                visit=f"{n:016x}", started=now - timedelta(seconds=20 * n + 31),
                t=tuple(float(s) for s in range(30)), x=(9.5,) * 30,
                y=tuple(3.5 if 5 < s < 25 else 6.5 for s in range(30)), unit="m", areas=(),
                stitched=1,
            )
            for n in range(7)
        ]
    )  # fmt: skip
    page = installer.log_in("installer", "/setup")
    draw(page, "zone", [(8.2, 3.0), (10.8, 3.0), (10.8, 4.4), (8.2, 4.4), (8.2, 3.0)])
    told = page.locator("#tryout")
    expect(told.locator(".figure b")).to_have_text("7")
    expect(told).to_contain_text("7 stays")
    # The same shape elsewhere: of nobody nothing is told.
    draw(page, "zone", [(1.0, 4.0), (2.0, 4.0), (2.0, 5.0), (1.0, 5.0), (1.0, 4.0)])
    expect(told).to_contain_text("Fewer than 5 people, or nobody")


def test_a_camera_is_added_when_it_has_answered(
    installer: Visitor, shop_file: Path, tmp_path: Path
) -> None:
    video = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    for n in range(20):
        writer.write(np.full((240, 320, 3), 12 * n, np.uint8))
    writer.release()
    page = installer.log_in("installer", "/setup")
    page.fill("[name=camera-name]", "Back door")
    page.fill("[name=camera-source]", "http://192.168.1.1/")
    card = page.locator("#more")
    card.locator("[data-act=check]").click()
    expect(card.locator("[data-code=form]")).to_be_visible()
    expect(card.locator("button.main")).to_be_disabled()
    page.fill("[name=camera-source]", str(video))
    card.locator("[data-act=check]").click()
    expect(card.locator("[data-code=ok]")).to_contain_text("320 × 240 px", timeout=60_000)
    card.locator("button.main").click()
    expect(page.locator("#eyes li")).to_have_count(4)
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    added = load_shop(shop_file).camera("camera-4")
    page.get_by_role("button", name="Remove the camera till").click()
    expect(page.locator("#eyes li")).to_have_count(3)
    page.click("#save")  # zones are drawn on its picture
    expect(page.get_by_role("alert")).to_contain_text("Not saved")
    installer.forgive(lambda said: "400" in said)
    page.click("#undo")
    expect(page.locator("#eyes li")).to_have_count(4)
    assert (added.name, added.source, added.resolution) == ("Back door", str(video), (320, 240))


def test_a_wrong_click_shows_in_its_centimetres(installer: Visitor, shop_file: Path) -> None:
    page = installer.log_in("installer", "/setup?calibrate=door")
    off = page.locator("#calib td[data-off]")
    expect(off.first).to_contain_text("cm")
    good = [float(text.split()[0]) for text in off.all_inner_texts()]
    assert max(good) < 5
    pin = page.locator("#calib figure").first.get_by_role("button", name="Point 2 of 6")
    for _ in range(3):
        pin.press("Shift+ArrowRight")
    expect(page.locator("#calib .note.bad")).to_be_visible()
    bad = [float(text.split()[0]) for text in off.all_inner_texts()]
    assert bad.index(max(bad)) == 1
    expect(page.locator("#calib .handle.bad")).to_have_count(2)  # on the picture and the plan
    expect(page.locator("#calib [data-act=keep]")).to_be_disabled()
    assert shop_file.read_text("utf-8") == KONBINI


def test_an_installer_says_what_full_and_empty_look_like(
    installer: Visitor, site: Website, shop_file: Path
) -> None:
    there = 'name = "Drinks"\ncamera = "aisle"\n'
    assert there in KONBINI
    shop_file.write_text(KONBINI.replace(there, there + 'tells = ["state"]\n'), "utf-8")
    site.box.reload()
    shelf = load_shop(shop_file).shelves[0]
    first, *rest = [facing.id for facing in shelf.facings]
    page = installer.log_in("installer", "/setup")
    row = page.locator(f'#references [data-shelf="{shelf.id}"]')
    site.box.hub.lessons.wait(shelf.camera, 0.0)  # as the camera's process asks
    row.locator("summary").click()
    row.locator(f'[name="empty-{shelf.id}-{first}"]').check()
    row.locator(f'[data-act="full-{shelf.id}"]').click()
    expect(page.locator("#toasts")).to_contain_text(f"{len(rest)} full, 1 empty")
    told = [read_lesson(one, "x") for one in site.box.hub.lessons.wait(shelf.camera, 10.0)]
    assert {(one.facing, one.state) for one in told} == {
        (first, "empty"), *((name, "full") for name in rest)
    }  # fmt: skip
    assert all(one.reference for one in told)
    page.evaluate("document.querySelector('#references').scrollIntoView()")
    assert not serious("setup", page)
