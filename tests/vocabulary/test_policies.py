"""Policies are whole and readable, and the gate names everything that is missing."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import Policy, all_policies, allow_attributes, load_policy
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.shop.tables import PolicyName
from tests.vocabulary.shop_text import SHOP

DOCUMENT = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8")


def shop(old: str = "", new: str = "") -> Shop:
    assert old in SHOP
    return parse_shop(SHOP.replace(old, new, 1), "shop.toml")


def without_notice(policy: str = "jp") -> Shop:
    before, _, rest = SHOP.partition("[notice]")
    text = (
        before.replace('policy = "jp"', f'policy = "{policy}"') + rest[rest.index("[[camera]]") :]
    )
    return parse_shop(text, "shop.toml")


def test_there_is_a_file_for_every_policy_of_the_shop_file() -> None:
    folder = files("miseban.vocabulary.policies")
    found = {p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")}
    assert found == set(get_args(PolicyName)) == set(all_policies())


@pytest.mark.parametrize("name", get_args(PolicyName))
def test_a_policy_says_of_every_class_whether_how_long_and_why(name: PolicyName) -> None:
    policy = load_policy(name)
    assert policy.name == name
    for data in get_args(DataClass):
        rule = policy.rule(data)
        assert len(rule.why) > 20
        assert f"| `{data}` |" in DOCUMENT


def test_attributes_are_off_in_europe_and_in_doubt_and_never_below_five() -> None:
    found = all_policies()
    assert [name for name, policy in found.items() if policy.attribute.on] == ["jp", "kr"]
    assert all(policy.attribute.k >= 5 for policy in found.values())
    assert not any(policy.repeat_visits.on for policy in found.values())


def test_the_document_shows_what_the_files_say() -> None:
    rows = {}
    for line in DOCUMENT.splitlines():
        if line.startswith("| `"):
            data, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows[data.strip("`")] = cells
    for data in get_args(DataClass):
        shown = []
        for name in ("jp", "kr", "eu", "strict"):
            rule = all_policies()[name].rule(data)
            kept = "until withdrawn"
            if rule.keep_days:
                kept = f"{rule.keep_days} day{'s' if rule.keep_days > 1 else ''}"
            shown.append(kept if rule.on else "off")
        assert rows[data] == shown


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"k": 4}, id="fewer than five"),
        pytest.param({"on": False}, id="off and kept"),
        pytest.param({"reads": []}, id="on and reads nothing"),
        pytest.param({"keep_days": None}, id="kept for ever"),
        pytest.param({"why": ""}, id="no reason"),
        pytest.param({"reads": ["mood"]}, id="a mood"),
    ],
)
def test_a_policy_that_contradicts_itself_is_none(change: dict[str, object]) -> None:
    text = files("miseban.vocabulary.policies").joinpath("jp.toml").read_text("utf-8")
    data = tomllib.loads(text)
    Policy.model_validate(data)
    data["attribute"] |= change
    with pytest.raises(ValidationError):
        Policy.model_validate(data)


def test_what_policy_and_notice_both_name_may_be_read() -> None:
    found = allow_attributes(shop(), "shop.toml", date(2026, 4, 1))
    assert (found.reads, found.k) == (("gender", "age"), 5)
    found = allow_attributes(shop('"gender", "age"]', '"expression", "age"]'), "shop.toml")
    assert found.reads == ("age", "expression")
    korean = SHOP.replace('"jp"', '"kr"', 1).replace('"gender", "age"]', '"expression", "age"]')
    assert allow_attributes(parse_shop(korean, "s"), "s").reads == ("age",)


@pytest.mark.parametrize(
    ("given", "on", "said"),
    [
        pytest.param(without_notice(), None, ["[notice] with operator, purpose"], id="no notice"),
        pytest.param(
            without_notice("eu"),
            None,
            ['policy is "eu"', "AI Act", "jp and kr allow them", "; and a notice on record"],
            id="neither",
        ),
        pytest.param(shop('"jp"', '"strict"'), None, ['policy is "strict"'], id="strict"),
        pytest.param(
            shop('"gender", "age"]', "]"), None, ["names gender or age or expression"], id="silent"
        ),
        pytest.param(
            shop("= 365", "= 366"), None, ["at most the policy's 365 (it says 366)"], id="too long"
        ),
        pytest.param(
            shop(),
            date(2026, 3, 31),
            ["posted 2026-04-01, these are of 2026-03-31"],
            id="too early",
        ),
    ],
)
def test_a_refusal_names_what_is_missing(given: Shop, on: date | None, said: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        allow_attributes(given, "shop.toml", on)
    line = str(caught.value)
    assert line.startswith("shop.toml: attributes need ")
    assert caught.value.exit_status == 2
    assert len(line.splitlines()) == 1
    for words in said:
        assert words in line
