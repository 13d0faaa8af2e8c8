"""A plan of the shelves, dropped on their page: what is told of it there is what the API tells."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from miseban.vocabulary.shop import Shop, load_shop
from tests.web.pages import Visitor, Website
from tests.web.shops import SHOPS
from tests.web.test_looks import serious

ELSEWHERE = "40000015"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return load_shop(SHOPS / "konbini.toml")


def csv(shop: Shop) -> str:
    """The first shelf's facings: the first two change places, and the last is of a product that
    stands nowhere; two brands."""
    shelf = shop.shelves[0]
    gtins = [facing.gtin for facing in shelf.facings]
    gtins[0], gtins[1], gtins[-1] = gtins[1], gtins[0], ELSEWHERE
    rows = [
        f"{shelf.id},{facing.id},{gtin},{'Hen' if n % 2 else 'Ox'}"
        for n, (facing, gtin) in enumerate(zip(shelf.facings, gtins, strict=True))
    ]
    return "\n".join(["shelf,facing,gtin,brand", *rows]) + "\n"


def drop(page: Page, text: str) -> None:
    plan = {"name": "autumn.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("#plan input[type=file]").set_input_files(plan)


def posted(one: Visitor, text: str) -> dict[str, Any]:
    found = one.page.evaluate(
        """async (text) => {
            const token = document.querySelector("meta[name=csrf]").content;
            const headers = { "Content-Type": "text/csv", "X-CSRF-Token": token };
            const asked = { method: "POST", headers, body: text };
            return (await fetch("/api/v1/shelves/plan?by=brand", asked)).json();
        }""",
        text,
    )
    assert isinstance(found, dict)
    return found


def test_a_plan_that_is_dropped_is_told_facing_by_facing(
    browser: Browser, konbini: Website, shop: Shop
) -> None:
    with Visitor.of(browser, konbini) as one:
        page = one.log_in("marketer", "/shelves")
        own = one.api("shelves/plan")
        expect(page.locator("#plan .figure b")).to_have_text(str(len(own["differences"])))
        drop(page, csv(shop))
        expect(page.locator("#plan")).to_contain_text("autumn.csv")
        page.get_by_role("button", name="Brand", exact=True).click()
        told = posted(one, csv(shop))
        kinds = [found["kind"] for found in told["differences"]]
        assert kinds.count("moved") == 2
        assert "missing" in kinds
        expect(page.locator("#plan .figure b")).to_have_text(str(len(kinds)))
        first, second = shop.shelves[0].facings[:2]
        row = page.locator("#plan tbody tr", has_text=first.name).first
        expect(row).to_contain_text(f"{second.name} stands at {second.name}")
        shares = page.locator("#plan table").last.locator("tbody tr")
        expect(shares).to_have_count(len(told["shares"]))
        for number, part in enumerate(told["shares"]):
            cells = shares.nth(number).locator("td").all_text_contents()
            assert cells[0] == (part["name"] or "(not said in the plan)")
            assert float(cells[2].rstrip("%")) == pytest.approx(100 * part["share"], abs=0.06)
        page.get_by_role("button", name="Back to the shop's own plan").click()
        expect(page.locator("#plan .figure b")).to_have_text(str(len(own["differences"])))


def test_a_mistake_in_a_plan_is_named_by_line_and_column(
    browser: Browser, konbini: Website, shop: Shop
) -> None:
    with Visitor.of(browser, konbini) as one:
        page = one.log_in("marketer", "/shelves")
        shelf = shop.shelves[0]
        drop(page, f"shelf,facing,gtin\n{shelf.id},{shelf.facings[0].id},4901234567895\n")
        said = page.locator("#plan [role=alert]")
        expect(said).to_contain_text("Line 2 of the plan, column gtin, cannot be taken")
        one.forgive(lambda line: "400" in line)


@pytest.mark.parametrize(
    ("language", "word"), [("ja", "棚割との違い"), ("ko", "진열 계획과의 차이")]
)
def test_axe_finds_nothing_serious_and_all_fits_a_telephone(
    browser: Browser, konbini: Website, shop: Shop, language: str, word: str
) -> None:
    with Visitor.of(browser, konbini, language=language, width=390, color_scheme="dark") as one:
        page = one.log_in("manager", "/shelves")
        drop(page, csv(shop))
        expect(page.locator("#plan")).to_contain_text("autumn.csv")
        expect(page.locator("#plan")).to_contain_text(word)
        box = page.locator("#plan .drop").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.locator("#main [aria-busy=true]")).to_have_count(0)
        assert not serious("shelves", page)
