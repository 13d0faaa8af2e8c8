"""What the hub refuses is said in the page's language, and members' requests on their page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.shop.problem import BadTable
from miseban.web.words import LANGUAGES, words
from tests.web.pages import Visitor, Website
from tests.web.test_looks import serious
from tests.web.test_setup import KONBINI, shop_file, site

__all__ = ["shop_file", "site"]


def test_a_refused_change_of_the_shop_is_said_in_japanese(
    browser: Browser, site: Website, shop_file: Path
) -> None:
    with Visitor.of(browser, site, language="ja-JP") as one:
        (queue,) = [zone for zone in tomllib.loads(KONBINI)["zone"] if zone["kind"] == "queue"]
        page = one.log_in("manager", f"/setup?on={queue.get('camera', '')}")
        page.get_by_role("button", name=queue["name"], exact=True).press("Enter")
        page.locator("#details [data-act=remove]").click()
        page.click("#save")
        said = page.get_by_role("alert")
        expect(said).to_contain_text("レジ「till-1」の列：")
        expect(said).to_contain_text("見つかりません")
        expect(said).not_to_contain_text("expected")
        one.forgive(lambda line: "400" in line)
    assert shop_file.read_text("utf-8") == KONBINI


def test_a_wrong_password_is_said_in_korean(browser: Browser, site: Website) -> None:
    with Visitor.of(browser, site, language="ko-KR") as one:
        one.page.goto("/login")
        one.page.fill("input[name=login]", "manager")
        one.page.fill("input[name=password]", "not the password at all")
        one.page.click("button.main")
        expect(one.page.get_by_role("alert")).to_have_text(words("ko")["refusal.log-in"])
        one.forgive(lambda line: "401" in line)


def test_what_a_shop_file_is_refused_for_has_words() -> None:
    error: BadTable
    for old, new, reason in (
        ('id = "till-1"', 'id = "till 1"', "id"),
        ('queue = "queue"', 'queue = "nowhere"', "not-there"),
        ('queue = "queue"', 'queue = "drinks"', "zone-kind"),
        ("capacity = ", "capacity = -", "at-least"),
    ):
        with pytest.raises(BadTable) as raised:
            parse_shop(KONBINI.replace(old, new, 1), "shop.toml")
        error = raised.value
        assert error.reason == reason, str(error)
        for language in LANGUAGES:
            text = words(language)[f"reason.{reason}"]
            assert set(re.findall(r"\{(\w+)\}", text)) <= error.values.keys()
            assert f"tablekind.{error.values['table']}" in words(language)


def test_a_members_request_is_noted_looked_into_and_answered(
    browser: Browser, site: Website
) -> None:
    with Visitor.of(browser, site) as one:
        page = one.log_in("privacy_officer", "/privacy")
        card = page.locator("#requests")
        expect(card).to_contain_text("within 14 days")
        card.get_by_label("Wish").select_option("erase")
        card.get_by_label("Member (card number or name)").fill("card 4901")
        # Pressed twice, noted once.
        page.evaluate(
            """() => { const note = document.querySelector("#requests button.main");
               note.click(); note.click(); }"""
        )
        row = card.locator("[data-request]")
        expect(row).to_contain_text("card 4901")
        expect(row.locator("[data-answer=nothing-held]")).to_be_disabled()
        row.get_by_role("button", name="Look now").press("Enter")
        expect(row).to_contain_text("nothing of members is held")
        expect(row.locator("[data-act=look]")).to_be_focused()
        assert not serious("requests", page)
        page.once("dialog", lambda asked: asked.dismiss())
        row.locator("[data-answer=nothing-held]").press("Enter")
        assert one.api("privacy/requests")["requests"][0]["answer"] is None
        page.once("dialog", lambda asked: asked.accept())
        row.locator("[data-answer=nothing-held]").press("Enter")
        expect(row).to_contain_text("Receipt: entry")
        expect(card.locator(".figure b")).to_have_text("0")
        (told,) = one.api("privacy/requests")["requests"]
        assert (told["answer"], told["found"]) == ("nothing-held", 0)
        file = one.context.request.get("/api/v1/privacy/requests/file").text()
        assert "card 4901" in file
    with Visitor.of(browser, site) as other:
        page = other.log_in("manager", "/privacy")
        expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
        expect(page.locator("#requests")).to_have_count(0)


def test_a_wrong_address_is_a_page_for_people_and_a_problem_for_programs(
    browser: Browser, site: Website
) -> None:
    with Visitor.of(browser, site, language="ja-JP") as one:
        for address in ("/now", "/api", "/healthz/x", "/static/1/nothing.js"):
            answer = one.page.goto(address)
            assert answer is not None
            assert answer.status == 404, address
            varies = "Accept-Language, Cookie"  # a page's own routes answer all with a page
            varies += "" if address.startswith("/static/") else ", Accept"
            assert answer.header_value("vary") == varies, address
            expect(one.page.get_by_role("heading")).to_have_text(words("ja")["trouble.missing"])
        one.page.get_by_role("link", name=words("ja")["trouble.back"]).click()
        expect(one.page.locator("input[name=login]")).to_be_visible()
        for address, accept in (("/api/v1/nothing", "text/html"), ("/now", "application/json")):
            told = one.page.request.get(address, headers={"Accept": accept})
            assert (told.status, told.json()["code"]) == (404, "not-found"), address
            assert told.headers["vary"] == "Accept", address
        one.forgive(lambda line: "404" in line)
