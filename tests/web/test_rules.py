"""Rules in a real browser: what is set lands in the rules file and is in force at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from miseban.vocabulary.whole_files import write_whole
from tests.web.pages import Visitor, Website, website
from tests.web.test_looks import serious
from tests.web.test_setup import KONBINI

OURS = """# rules of the konbini
[[rule]]
id = "queue-long"   # sooner
when = "queue.length"
at_least = 4.0
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "data").mkdir()
    (folder / "shop.toml").write_text(KONBINI, "utf-8")
    (folder / "rules.toml").write_text(OURS, "utf-8")
    with website(folder / "shop.toml", folder / "data") as running:
        yield running


@pytest.fixture
def manager(browser: Browser, site: Website) -> Iterator[Visitor]:
    with Visitor.of(browser, site) as one:
        yield one


def rules_file(site: Website) -> Path:
    file = site.box.hub.files.rules
    assert file is not None
    return file


def in_force(site: Website, name: str) -> Any:
    return next(rule for rule in site.box.hub.rules.rules if rule.id == name)


def test_a_rule_is_read_in_words_and_switched_off(manager: Visitor, site: Website) -> None:
    page = manager.log_in("manager", "/rules")
    row = page.locator("[data-rule=queue-long]")
    expect(row).to_contain_text("4 people or more wait: any queue")
    # What the page says is what the API says.
    each = manager.api("rules/each")["rules"]
    expect(page.locator("[data-rule]")).to_have_count(len(each))
    on = sum(one["rule"]["on"] for one in each)
    expect(page.locator("#answer .figure b")).to_have_text(str(on))
    assert not serious("rules", page)
    row.get_by_role("switch").press("Space")
    expect(page.locator("#answer .figure b")).to_have_text(str(on - 1))
    expect(row.get_by_role("switch")).to_be_focused()
    assert in_force(site, "queue-long").on is False
    text = rules_file(site).read_text("utf-8")
    assert text == OURS + "on = false\n"
    # Back by its versions.
    page.get_by_role("button", name="Look at it").last.press("Enter")
    page.get_by_role("button", name="Back to this version").press("Enter")
    expect(page.locator("#answer .figure b")).to_have_text(str(on))
    assert rules_file(site).read_text("utf-8") == OURS
    assert in_force(site, "queue-long").on is True


def test_a_built_in_rule_is_changed_by_the_keyboard_and_put_back(
    manager: Visitor, site: Website
) -> None:
    page = manager.log_in("manager", "/rules")
    change = page.locator("[data-rule=queue-slow] [data-act=change]")
    change.press("Enter")
    dialog = page.get_by_role("dialog")
    assert not serious("a rule", page)
    dialog.get_by_label("From how many on (seconds)").fill("240")
    dialog.get_by_label("For how long it must be so first").fill("15")
    dialog.get_by_role("button", name="Add hours").press("Enter")
    dialog.get_by_label("From", exact=True).fill("11:30")
    dialog.get_by_label("To", exact=True).fill("13:30")
    dialog.get_by_role("group", name="Who is told").get_by_label("Manager").press("Space")
    dialog.get_by_label("From how many on (seconds)").press("Enter")
    expect(dialog).to_have_count(0)
    row = page.locator("[data-rule=queue-slow]")
    expect(row).to_contain_text("has waited for 4 min")
    expect(row).to_contain_text("only 11:30–13:30")
    rule = in_force(site, "queue-slow")
    assert (rule.at_least, rule.hold_s, rule.hours) == (240.0, 15.0, ("11:30-13:30",))
    assert set(rule.roles) == {"staff", "manager"}
    assert [step.after_s for step in rule.escalate] == [180.0]
    written = tomllib.loads(rules_file(site).read_text("utf-8"))["rule"]
    assert [one["id"] for one in written] == ["queue-long", "queue-slow"]
    change.press("Enter")
    dialog.get_by_role("button", name="Back to the built-in rule").press("Enter")
    expect(row).to_contain_text("has waited for 5 min")
    assert in_force(site, "queue-slow").at_least == 300.0
    assert rules_file(site).read_text("utf-8").rstrip() == OURS.rstrip()


def test_a_rule_of_ones_own_and_a_mistake_in_it(manager: Visitor, site: Website) -> None:
    page = manager.log_in("manager", "/rules")
    page.select_option("#more [name=when]", "zone.people")
    page.click("#more button")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From how many on (people)").fill("6")
    drinks = dialog.get_by_role("group", name="What it is about").get_by_label("Drinks")
    drinks.check()
    dialog.locator("summary").click()
    dialog.get_by_label("Over when it is back to").fill("6")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "Rule “zone-people-1”, over when back to: it must be less than the limit, 6."
    )
    manager.forgive(lambda said: "400" in said)
    assert "zone-people-1" not in rules_file(site).read_text("utf-8")
    dialog.get_by_label("Over when it is back to").fill("3")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("[data-rule=zone-people-1]")).to_contain_text(
        "6 people or more are there: Drinks"
    )
    assert in_force(site, "zone-people-1").subjects == ("drinks",)


def test_nobody_elses_rules_are_lost_and_others_may_not_set_them(
    manager: Visitor, site: Website, browser: Browser
) -> None:
    page = manager.log_in("manager", "/rules")
    row = page.locator("[data-rule=shelf-low]")
    expect(row).to_be_visible()
    theirs = rules_file(site).read_text("utf-8") + "# theirs\n"
    write_whole(rules_file(site), theirs)
    row.get_by_role("switch").click()
    expect(page.locator("#toasts")).to_contain_text("meanwhile")
    manager.forgive(lambda said: "412" in said)
    assert rules_file(site).read_text("utf-8") == theirs
    expect(row.get_by_role("switch")).to_be_checked()
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).not_to_be_checked()
    assert "# theirs" in rules_file(site).read_text("utf-8")
    with Visitor.of(browser, site) as one:
        one.log_in("staff")
        assert one.context.request.get("/rules").status == 403


def test_two_switches_at_once_do_not_refuse_each_other(manager: Visitor, site: Website) -> None:
    page = manager.log_in("manager", "/rules")
    on = sum(one["rule"]["on"] for one in manager.api("rules/each")["rules"])
    expect(page.locator("#answer .figure b")).to_have_text(str(on))
    page.evaluate(
        """() => { for (const id of ["counts-off", "counts-gaps"])
           document.querySelector(`[data-rule=${id}] [role=switch]`).click(); }"""
    )
    expect(page.locator("#answer .figure b")).to_have_text(str(on - 2))
    for rule in ("counts-off", "counts-gaps"):
        expect(page.locator(f"[data-rule={rule}] [role=switch]")).not_to_be_checked()
        assert in_force(site, rule).on is False
    expect(page.locator("#toasts")).not_to_contain_text("meanwhile")
