"""Set-up by mouse, by a finger, by numbers and by keyboard alone: facings are moved, tills set."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from playwright.sync_api import Browser, Page, expect

from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.whole_files import write_whole
from tests.web.pages import Visitor, Website
from tests.web.test_looks import serious
from tests.web.test_setup import KONBINI, shop_file, site, spot

__all__ = ["shop_file", "site"]
SHELF = tomllib.loads(KONBINI)["shelf"][0]
FACING = SHELF["facing"][0]
Points = list[list[float]]
REACHED = """() => {
  const all = "a[href], button, input, select, summary, [tabindex]";
  const able = (one) => one.tabIndex >= 0 && !one.disabled
    && one.checkVisibility({ visibilityProperty: true });
  return [...document.querySelectorAll(`main :is(${all})`)]
    .filter(able).map((one, n) => { one.dataset.reach = n; return n; });
}"""
MISSED = """(all) => all.map((n) =>
  document.querySelector(`[data-reach="${n}"]`).outerHTML.slice(0, 90))"""


@pytest.fixture
def installer(browser: Browser, site: Website, shop_file: Path) -> Iterator[Visitor]:
    with Visitor.of(browser, site, has_touch=True) as one:
        yield one


def choose(one: Visitor) -> Page:
    page = one.log_in("installer", f"/setup?on={SHELF['camera']}")
    name = FACING.get("name", FACING["id"])
    page.get_by_role("button", name=name, exact=True).press("Enter")
    expect(page.get_by_role("button", name="Point 1 of 4")).to_be_visible()
    page.locator("#board svg").scroll_into_view_if_needed()
    return page


def saved(page: Page, file: Path) -> Points:
    page.locator("#save").press("Enter")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    return [list(point) for point in load_shop(file).shelves[0].facings[0].polygon]


def by(points: Points, x: float, y: float) -> list[Any]:
    return [pytest.approx([px + x, py + y], abs=1.5) for px, py in points]


def middle_of(points: Points) -> tuple[float, float]:
    xs, ys = zip(*points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def test_a_facing_is_moved_as_a_whole_by_the_mouse(installer: Visitor, shop_file: Path) -> None:
    page = choose(installer)
    board = page.locator("#board svg")
    x, y = middle_of(FACING["polygon"])
    page.mouse.move(*spot(board, x, y))
    page.mouse.down()
    page.mouse.move(*spot(board, x + 9, y + 5), steps=4)
    page.mouse.up()
    assert saved(page, shop_file) == by(FACING["polygon"], 9, 5)


def test_a_facing_is_moved_by_a_finger(installer: Visitor, shop_file: Path) -> None:
    page = choose(installer)
    board = page.locator("#board svg")
    x, y = middle_of(FACING["polygon"])
    hand = installer.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [dict(zip("xy", spot(board, *at), strict=True))] if at else []
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    for part in (0.5, 1.0):
        touch("touchMove", x - 8 * part, y + 12 * part)
    touch("touchEnd")
    assert saved(page, shop_file) == by(FACING["polygon"], -8, 12)


def test_a_facing_is_moved_by_arrow_keys_and_by_numbers(
    installer: Visitor,
    shop_file: Path,
) -> None:
    page = choose(installer)
    board = page.locator("#board svg")
    board.press("Shift+ArrowRight")
    board.press("ArrowDown")
    page.locator(".by-number summary").press("Enter")
    (x, y), *others = FACING["polygon"]
    expect(page.get_by_label("Point 1, to the right")).to_have_value(f"{x + 10:g}")
    page.get_by_label("Point 1, down").fill(f"{y + 3.5:g}")
    page.get_by_label("Point 1, down").press("Tab")
    expect(page.get_by_label("Point 2, to the right")).to_be_focused()
    assert not serious("points by numbers", page)
    page.get_by_label("Point 2, down").fill("100000")  # outside the picture: it is not taken
    page.get_by_label("Point 2, down").press("Tab")
    (first, *rest) = saved(page, shop_file)
    assert first == [x + 10, y + 3.5]
    assert rest == [[px + 10, py + 1] for px, py in others]


def test_numbers_just_opened_stay_so_when_the_form_is_drawn_anew(installer: Visitor) -> None:
    """A browser tells only later that they were opened."""
    page = choose(installer)
    page.evaluate(
        "const key = new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true});"
        "document.querySelector('#board svg').dispatchEvent(key);"
        "document.querySelector('.by-number summary').click()"
    )
    expect(page.get_by_label("Point 1, to the right")).to_have_value(
        f"{FACING['polygon'][0][0] + 1:g}"
    )
    expect(page.get_by_label("Point 1, down")).to_be_visible(timeout=5_000)


def test_the_area_before_a_shelf_is_chosen_at_its_facing_and_stays_while_it_is(
    installer: Visitor, shop_file: Path
) -> None:
    page = choose(installer)
    before = page.get_by_label("Area before this shelf")
    expect(before).to_have_value(SHELF["id"])  # the zone that has the shelf's id
    area = next(one for one in tomllib.loads(KONBINI)["zone"] if one["id"] == "bento")
    before.select_option(area["id"])
    assert saved(page, shop_file) == FACING["polygon"]
    assert [one.zone for one in load_shop(shop_file).shelves] == [area["id"], None]
    page.get_by_role("button", name=area["name"], exact=True).press("Enter")
    expect(page.locator("#details .note")).to_contain_text("cannot be removed")
    page.get_by_role("button", name=FACING["name"], exact=True).press("Enter")
    assert "none" not in before.locator("option").all_text_contents(), "its own zone is there"
    before.select_option(SHELF["id"])
    saved(page, shop_file)
    assert shop_file.read_text("utf-8").rstrip() == KONBINI.rstrip()


def test_a_shelf_whose_zone_was_removed_says_so_and_may_have_none(installer: Visitor) -> None:
    page = choose(installer)
    before = page.get_by_label("Area before this shelf")
    before.select_option("bento")
    for zone in ("bento", SHELF["id"]):
        name = next(one["name"] for one in tomllib.loads(KONBINI)["zone"] if one["id"] == zone)
        page.get_by_role("button", name=name, exact=True).press("Enter")
        page.locator("#details [data-act=remove]").press("Enter")
    page.get_by_role("button", name=FACING["name"], exact=True).press("Enter")
    expect(before).to_have_value("bento")
    expect(before.locator("option:checked")).to_have_text("? bento")
    before.select_option("")
    expect(before).to_have_value("")


def test_a_shelf_that_somebody_else_removed_stays_away(installer: Visitor, shop_file: Path) -> None:
    page = choose(installer)
    page.get_by_label("Area before this shelf").select_option("bento")
    document = tomlkit.parse(KONBINI)
    del document["shelf"][0]
    write_whole(shop_file, tomlkit.dumps(document))
    page.click("#save")
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has saved meanwhile")
    installer.forgive(lambda said: "412" in said)
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    expect(page.get_by_role("button", name=FACING["name"], exact=True)).to_have_count(0)
    assert SHELF["id"] not in [one.id for one in load_shop(shop_file).shelves]


def test_a_till_is_set_by_keyboard_and_what_it_needs_stays(
    installer: Visitor,
    shop_file: Path,
) -> None:
    page = installer.log_in("installer", "/setup")
    card = page.locator("#till-set")
    tills = tomllib.loads(KONBINI)["till"]
    expect(card.locator("[data-till]")).to_have_count(len(tills))
    card.get_by_role("button", name="One more till").press("Enter")
    new = f"till-{len(tills) + 1}"
    name = card.locator(f"[name=name-{new}]")
    expect(name).to_be_focused()
    name.fill("Express レジ")
    name.press("Tab")
    queue = card.locator(f"[name=queue-{new}]")
    expect(queue).to_be_focused()
    assert not serious("tills", page)
    page.locator("#save").press("Enter")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    found = load_shop(shop_file)
    assert [till.name for till in found.tills][-1] == "Express レジ"
    assert {found.zone(found.tills[-1].queue).kind, found.zone(found.tills[-1].service).kind} == {
        "queue", "counter",
    }  # fmt: skip
    left = iter(shop_file.read_text("utf-8").splitlines())
    assert all(written in left for written in KONBINI.splitlines())
    card.get_by_role("button", name="Remove the till Express").press("Enter")
    page.locator("#save").press("Enter")
    expect(page.locator("#unsaved")).to_have_text("All is saved.")
    assert shop_file.read_text("utf-8").rstrip() == KONBINI.rstrip()


def test_the_tab_key_leads_to_everything(installer: Visitor) -> None:
    """Every control that can be seen, with a shape chosen and a camera calibrated, is come to."""
    page = choose(installer)
    page.goto(f"/setup?on={SHELF['camera']}&calibrate={SHELF['camera']}")
    expect(page.locator("#calib td[data-off]").first).to_contain_text("cm")
    name = FACING.get("name", FACING["id"])
    page.get_by_role("button", name=name, exact=True).press("Enter")
    page.locator(".by-number summary").press("Enter")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    wanted = set(page.evaluate(REACHED))
    assert len(wanted) > 40
    page.evaluate("() => { const a = document.querySelector('.skip'); a.focus(); }")
    reached: set[int] = set()
    for _ in range(len(wanted) + 60):
        page.keyboard.press("Tab")
        at = page.evaluate("() => document.activeElement?.dataset?.reach ?? null")
        reached |= set() if at is None else {int(at)}
        if reached == wanted:
            break
    missed = page.evaluate(MISSED, sorted(wanted - reached))
    assert missed == []
