"""The rules file: what it may say, what is wrong with it, and that its document is right."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from miseban.hub.alerts import Escalation, Rule, Rules, default_rules, load_rules, parse_rules
from miseban.hub.alerts.measures import MEASURES
from miseban.hub.notify.settings import Channel, NotifySettings, ReportSettings, parse_notify
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.shop.reference import rows
from tests.hub.shopfront import SHOP, SHOP_TEXT, START

DOCS = Path(__file__).parents[3] / "docs"
ALERTS, NOTIFY = ((DOCS / name).read_text("utf-8") for name in ("alerts.md", "notify.md"))
TASTING = SHOP_TEXT.replace('id = "fruit"\nname = "Fruit table"', 'id = "tasting"')


def wrong(text: str, channels: list[str] | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        parse_rules(text, SHOP, "rules.toml", channels)
    assert caught.value.exit_status == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('when = "queue.length"', '[[rule]] 1 "a" at_least: expected a number, found none'),
        ('when = "queue.lenght"\nat_least = 1.0', 'when: expected queue.length'),
        ('when = "queue.lenght"\nat_least = 1.0', '(did you mean "queue.length"?)'),
        ('when = "queue.length"\nat_least = 0.0', "at_least: expected more than 0, found 0"),
        ('when = "counts.coverage"\nat_most = 80.0', "at_most: expected a part of the whole"),
        ('when = "queue.length"\nat_most = 5.0', "at_most: expected at_least for when"),
        ('when = "queue.length"\nat_least = 5.0\nback = 5.0', "back: expected less than at_least"),
        ('when = "counts.coverage"\nat_most = 0.8\nback = 0.7', "back: expected more than at_most"),
        ('when = "shelf.empty"\nat_least = 1.0', "at_least: expected no threshold, found 1"),
        ('when = "shelf.empty"\nback = 1.0', "back: expected no threshold"),
        ('when = "shelf.empty"\nsubjects = ["eg"]', 'subjects 1: expected one of egg, ham'),
        ('when = "shelf.empty"\nsubjects = ["eg"]', '(did you mean "egg"?)'),
        ('when = "help.needed"\nsubjects = ["egg"]', "subjects 1: expected one of fruit"),
        ('when = "shelf.empty"\nkinds = ["fall"]', "kinds: expected kinds for when"),
        ('when = "help.needed"\nkinds = ["fell"]', "kinds 1: expected fall"),
        ('when = "shelf.empty"\nhours = ["9-12"]', 'hours 1: expected hours such as "02:00-05:00"'),
        ('when = "shelf.empty"\nroles = []', "roles: expected at least one, found none"),
        ('when = "shelf.empty"\nroles = ["boss"]', "roles 1: expected manager, staff"),
        ('when = "shelf.empty"\nurgency = "high"', "urgency: expected note, warning, urgent"),
        ('when = "shelf.empty"\nhold = 3.0', 'expected one of id, when, on'),
        ('when = "shelf.empty"\nhold_s = -1.0', "hold_s: expected a number of at least 0"),
        ('when = "shelf.empty"\nchannels = ["night"]', "channels 1: expected one of mail, "),
        ('when = "shelf.empty"\n[[rule.escalate]]\nafter_s = 0.0', "escalate 1 after_s"),
        (
            'when = "shelf.empty"\n[[rule.escalate]]\nafter_s = 9.0\n[[rule.escalate]]\n'
            "after_s = 9.0",
            "escalate 2 after_s: expected more than 9",
        ),
        (
            'when = "shelf.empty"\n[[rule.escalate]]\nafter_s = 9.0\nchannels = ["sms"]',
            "escalate 1 channels 1: expected one of",
        ),
        ('when = "shelf.empty"\n[[rule]]\nid = "a"\nwhen = "shelf.low"', "which number 1 has too"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(body: str, told: str) -> None:
    assert told in wrong(f'[[rule]]\nid = "a"\n{body}\n', ["mail"])


def test_what_is_no_rules_file(tmp_path: Path) -> None:
    assert "language: expected" in wrong('language = "fr"')
    assert "expected TOML" in wrong("[[rule")
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput):
        load_rules(path, SHOP)
    path.unlink()
    path.mkdir()
    with pytest.raises(BadInput):
        load_rules(path, SHOP)


def test_without_a_file_the_built_in_rules_hold(tmp_path: Path) -> None:
    rules = load_rules(tmp_path / "rules.toml", SHOP)
    assert [rule.id for rule in rules.rules] == [rule.id for rule in default_rules().rules]
    room = next(rule for rule in rules.rules if rule.id == "room-full")
    assert room.at_least == 40
    bare = parse_shop('[shop]\nid = "a"\ntimezone = "UTC"\npolicy = "jp"\n', "x")
    idle = next(rule for rule in load_rules(None, bare).rules if rule.id == "room-full")
    assert not idle.wrong(100_000)
    assert {rule.when for rule in rules.rules} == MEASURES.keys() - {"shelf.wrong", "zone.people"}


def test_a_rule_of_the_file_takes_the_place_of_the_built_in_one() -> None:
    rules = parse_rules('[[rule]]\nid = "shelf-low"\nwhen = "shelf.low"\non = false\n', SHOP, "x")
    assert [rule.on for rule in rules.rules if rule.id == "shelf-low"] == [False]
    assert len(rules.rules) == len(default_rules().rules)
    assert parse_rules("defaults = false", SHOP, "x").rules == ()


@pytest.mark.parametrize(
    ("hours", "local", "within"),
    [
        (("09:00-12:00",), "09:00", True),
        (("09:00-12:00",), "12:00", False),
        (("22:00-02:00",), "23:59", True),
        (("22:00-02:00",), "01:59", True),
        (("22:00-02:00",), "02:00", False),
        (("22:00-02:00",), "12:00", False),
        (("09:00-10:00", "11:00-12:00"), "11:30", True),
        ((), "03:00", True),
    ],
)
def test_hours_are_the_shops(hours: tuple[str, ...], local: str, within: bool) -> None:
    rule = Rule.model_validate({"id": "a", "when": "shelf.empty", "hours": hours})
    zone = ZoneInfo("Asia/Tokyo")
    hour, minute = map(int, local.split(":"))
    now = START.astimezone(zone).replace(hour=hour, minute=minute)
    assert rule.in_hours(now.astimezone(ZoneInfo("UTC")), zone) == within
    assert rule.in_hours(now + timedelta(days=1), zone) == within


@pytest.mark.parametrize(
    ("when", "limits", "wrong_at", "neither", "over_at"),
    [
        ("queue.length", {"at_least": 5.0}, 5, 4.5, 4),
        ("queue.length", {"at_least": 1.0}, 1, 0.9, 0),
        ("queue.waiting_s", {"at_least": 300.0}, 300, 299, 240),
        ("counts.drift", {"at_least": 0.2}, 0.2, 0.19, 0.16),
        ("counts.coverage", {"at_most": 0.8}, 0.8, 0.89, 0.9),
        ("counts.coverage", {"at_most": 0.9}, 0.9, 0.94, 0.96),
        ("counts.coverage", {"at_most": 0.8, "back": 0.85}, 0.8, 0.84, 0.85),
    ],
)
def test_threshold_and_way_back(
    when: str, limits: dict[str, float], wrong_at: float, neither: float, over_at: float
) -> None:
    rule = Rule.model_validate({"id": "a", "when": when, **limits})
    assert (rule.wrong(wrong_at), rule.over(wrong_at)) == (True, False)
    assert (rule.wrong(neither), rule.over(neither)) == (False, False)
    assert (rule.wrong(over_at), rule.over(over_at)) == (False, True)


def blocks(document: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", document, re.DOTALL)


def test_the_examples_of_the_documents_are_right() -> None:
    shop = parse_shop(TASTING, "x")
    example = blocks(ALERTS, "toml")[0]
    assert len(parse_rules(example, shop, "rules.toml").rules) == len(default_rules().rules) + 1
    assert parse_notify(blocks(NOTIFY, "toml")[0], "notify.toml").channels[0].id == "night"
    bad = example.replace("back = 2.0", "back = 4.0")
    with pytest.raises(BadInput) as caught:
        parse_rules(bad, shop, "rules.toml")
    assert blocks(ALERTS, "text")[0].strip() == str(caught.value)


@pytest.mark.parametrize(
    ("document", "model"),
    [
        (ALERTS, Rules),
        (ALERTS, Rule),
        (ALERTS, Escalation),
        (NOTIFY, NotifySettings),
        (NOTIFY, Channel),
        (NOTIFY, ReportSettings),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_every_key_is_documented(document: str, model: type[BaseModel]) -> None:
    assert "\n".join(rows(model)) in document


def test_every_measure_and_every_built_in_rule_is_documented() -> None:
    for name, kind in MEASURES.items():
        assert f"| `{name}` | {kind.means} |" in ALERTS
    table = ALERTS.partition("## The built-in rules")[2].partition("\n## ")[0]
    for rule in default_rules().rules:
        line = next(one for one in table.splitlines() if one.startswith(f"| `{rule.id}` |"))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2] == (f"{rule.hold_s:g} s" if rule.hold_s else "at once")
        assert cells[3] == "; ".join(
            f"{one.after_s:g} s: {', '.join(one.roles)}" for one in rule.escalate
        )
        assert cells[4] == ", ".join(rule.roles)
        for number in (rule.at_least, rule.at_most, rule.back):
            if number is not None:
                assert re.search(rf"\b{100 * number if number < 1 else number:g}\b", cells[1]), line
        assert ("on pages only" in cells[1]) == (rule.channels == ("page",))
