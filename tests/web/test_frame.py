"""The frame of all pages: who may open which, in which words, and that nothing goes elsewhere."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, expect

from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLE_RIGHTS, ROLES, Role
from miseban.web.assets import asset, ours, version
from miseban.web.pages import GROUPS, RAIL
from miseban.web.words import LANGUAGES, words
from tests.web.pages import Visitor, Website

WEB = Path(__file__).parents[2] / "src" / "miseban" / "web"


@pytest.mark.parametrize("role", ROLES)
def test_the_rail_shows_just_what_a_role_may_open(
    browser: Browser, konbini: Website, role: Role
) -> None:
    with Visitor.of(browser, konbini) as one:
        page = one.log_in(role)
        shown = page.locator(".rail li a").evaluate_all("all => all.map(a => a.pathname)")
        in_rail = {name for group in GROUPS for name in group}
        may = [p for p in RAIL if p.right in ROLE_RIGHTS[role]]
        assert sorted(shown) == sorted(p.path for p in may if p.name in in_rail)
        for which in RAIL:
            answer = one.context.request.get(which.path)
            assert answer.status == (200 if which in may else 403), which.path


def test_who_is_not_logged_in_is_led_to_the_log_in_and_back(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/areas?period=week")
    assert page.url.endswith(f"/login?next={quote('/areas?period=week', safe='')}")
    page.fill("input[name=login]", "manager")
    page.fill("input[name=password]", "not the password at all")
    page.click("button.main")
    expect(page.get_by_role("alert")).not_to_be_empty()
    visitor.forgive(lambda said: "401" in said)
    visitor.log_in("manager", "/areas?period=week")


def test_a_one_time_link_lets_somebody_in(visitor: Visitor, konbini: Website) -> None:
    hub = konbini.box.hub
    name = f"hana-{time.monotonic_ns()}"
    link = hub.people.accounts.invite(name, "marketer", CONSOLE, hub.now())[1]
    page = visitor.page
    page.goto(link.path)
    expect(page.locator("#purpose")).to_contain_text(name)
    page.fill("input[name=password]", "a sentence that hana likes")
    page.fill("input[name=again]", "another sentence")
    page.click("button.main")
    expect(page.get_by_role("alert")).to_contain_text("differ")
    page.fill("input[name=again]", "a sentence that hana likes")
    page.click("button.main")
    page.wait_for_url(f"{konbini.url}/")
    assert visitor.api("sessions/current")["login"] == name
    page.goto("about:blank")
    page.goto(link.path)
    expect(page.locator("#purpose")).to_contain_text("was used")
    visitor.forgive(lambda said: "403" in said)


@pytest.mark.parametrize("there", ["//evil.example/", "/\\evil.example", "https://evil.example"])
def test_the_log_in_leads_to_no_other_site(konbini: Website, there: str) -> None:
    text = httpx.get(f"{konbini.url}/login", params={"next": there}).text
    assert 'data-next="/"' in text


def test_a_language_is_chosen_and_kept(visitor: Visitor) -> None:
    page = visitor.log_in("manager")
    expect(page.locator("h1")).to_contain_text("Now")
    for language, word in (("ja", "いま"), ("ko", "지금"), ("en", "Now")):
        page.locator("details.me summary").click()
        page.locator(f".me [data-language={language}]").click()
        expect(page.locator("h1")).to_contain_text(word)
        assert page.locator("html").get_attribute("lang") == language


def test_every_language_has_every_word_and_the_same_values() -> None:
    known = {language: words(language) for language in LANGUAGES}
    for language in LANGUAGES:
        assert known[language].keys() == known["en"].keys(), language
        for key, text in known[language].items():
            values = set(re.findall(r"\{(\w+)\}", text))
            assert values == set(re.findall(r"\{(\w+)\}", known["en"][key])), (language, key)


def test_every_word_that_a_page_asks_for_is_there() -> None:
    known = words("en")
    asked = set()
    for file in (WEB / "static" / "js").rglob("*.js"):
        asked |= set(re.findall(r'\bt\("([\w.]+)"', file.read_text("utf-8")))
    for file in (WEB / "templates").rglob("*.html"):
        asked |= set(re.findall(r'\bt\("([\w.]+)"\s*[,)]', file.read_text("utf-8")))
    assert asked - known.keys() == set()
    assert len(asked) > 50


def test_every_page_is_documented() -> None:
    document = (WEB.parents[2] / "docs" / "pages.md").read_text("utf-8")
    for which in RAIL:
        assert f"| `{which.path}` | `{which.right}` |" in document, which.path


def test_files_are_kept_for_ever_under_an_address_of_their_own(konbini: Website) -> None:
    for name in (*ours(), "plotly.js"):
        found = httpx.get(f"{konbini.url}/static/{version()}/{name}", timeout=20)
        assert found.status_code == 200, name
        assert found.content == asset(name).body  # type: ignore[union-attr]
        assert "immutable" in found.headers["cache-control"]
    old = httpx.get(f"{konbini.url}/static/0123456789ab/parts.css")
    assert (old.status_code, old.headers["location"]) == (307, f"/static/{version()}/parts.css")
    for odd in ("../words.py", "%2e%2e/words.py", "js", "words/fr.json"):
        assert httpx.get(f"{konbini.url}/static/{version()}/{odd}").status_code in (401, 404)


def test_a_page_weighs_little(browser: Browser, konbini: Website) -> None:
    """As it travels, packed; without plotly.js and without what the API answers."""
    # What a service worker hands on is told unpacked.
    with Visitor.of(browser, konbini, service_workers="block") as visitor:
        visitor.log_in("manager")
        for which in RAIL:
            visitor.page.goto(which.path)
            expect(visitor.page.locator("[aria-busy=true]")).to_have_count(0)
            weights = visitor.page.evaluate(
                """() => ["navigation", "resource"]
                    .flatMap((kind) => performance.getEntriesByType(kind))
                    .filter((one) => !/plotly|\\/api\\//.test(one.name))
                    .map((one) => [one.name, one.encodedBodySize])"""
            )
            assert len(weights) > 5
            assert 0 < sum(weight for _, weight in weights) <= 150_000, (which.name, weights)
