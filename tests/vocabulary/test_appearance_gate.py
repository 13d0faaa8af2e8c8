"""Appearance is off unless both the policy and a posted notice name it."""

from __future__ import annotations

from datetime import date

import pytest

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.policies import all_policies, allow_appearance
from miseban.vocabulary.policies.policy import AppearanceRule
from miseban.vocabulary.shop import Shop, parse_shop

NOTICE = """
[notice]
operator = "Shop Ltd"
purpose = "Counting visitors"
data = ["count", {data}]
retention_days = 30
contact = "03-0000-0000"
posted = 2026-03-01
"""


def shop_of(policy: str = "jp", data: str | None = '"appearance"') -> Shop:
    text = f'[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "{policy}"\n'
    return parse_shop(text + (NOTICE.format(data=data) if data else ""), "shop.toml")


def test_policy_and_notice_allow_minutes() -> None:
    assert allow_appearance(shop_of(), "shop.toml", date(2026, 3, 2)) == 600.0
    on = [name for name, policy in all_policies().items() if policy.appearance.on]
    assert on == ["jp"]


@pytest.mark.parametrize(
    ("shop", "said"),
    [
        (shop_of("eu"), "jp allow it"),
        (shop_of("kr"), "a policy that allows it"),
        (shop_of("strict"), "a policy that allows it"),
        (shop_of(data=None), "a notice on record"),
        (shop_of(data='"trajectory"'), "a notice whose data names appearance"),
    ],
)
def test_what_is_missing_is_named(shop: Shop, said: str) -> None:
    with pytest.raises(BadInput, match="appearance needs") as error:
        allow_appearance(shop, "shop.toml")
    assert said in str(error.value)


def test_older_pictures_are_refused() -> None:
    with pytest.raises(BadInput, match="pictures taken after"):
        allow_appearance(shop_of(), "shop.toml", date(2026, 2, 28))


def test_no_policy_keeps_vectors_for_days() -> None:
    with pytest.raises(ValueError, match="keep_minutes"):
        AppearanceRule(on=True, keep_minutes=5, keep_days=1, why="x")
    with pytest.raises(ValueError, match="keep_minutes"):
        AppearanceRule(on=True, why="x")
    with pytest.raises(ValueError, match="60"):
        AppearanceRule(on=True, keep_minutes=61, why="x")
