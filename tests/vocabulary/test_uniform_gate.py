"""A uniform is looked for where the shop file names one and the policy tells of staff."""

from __future__ import annotations

import pytest

from miseban.camera.uniform import open_uniform
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.policies import all_policies, allow_uniform
from miseban.vocabulary.shop import Shop, parse_shop

UNIFORM = '[staff]\nuniform = ["#1f6f5c"]\n'


def shop_of(policy: str, more: str = UNIFORM) -> Shop:
    return parse_shop(f'[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "{policy}"\n{more}', "s.toml")


@pytest.mark.parametrize("policy", ["jp", "kr", "eu", "strict"])
def test_nobody_looks_where_no_uniform_is_named(policy: str) -> None:
    assert not allow_uniform(shop_of(policy, ""), "s.toml")
    assert open_uniform(shop_of(policy, ""), "s.toml") is None


@pytest.mark.parametrize("policy", [n for n, policy in all_policies().items() if policy.staff.on])
def test_it_needs_no_notice_where_the_policy_tells_of_staff(policy: str) -> None:
    assert allow_uniform(shop_of(policy), "s.toml")
    assert open_uniform(shop_of(policy), "s.toml") is not None


def test_it_is_refused_where_the_policy_tells_nothing_of_staff() -> None:
    with pytest.raises(BadInput, match=r"uniform needs a policy .* jp and kr and eu allow it") as e:
        open_uniform(shop_of("strict"), "s.toml")
    assert e.value.code == "uniform-refused"
    assert e.value.exit_status == 2
    assert str(e.value).startswith("s.toml: [staff]: ")
