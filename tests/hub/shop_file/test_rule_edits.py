"""A rule is set in the text of a rules file, and nothing else is another afterwards."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.hub.shop_file.rule_edits import RuleEdit, with_rules
from miseban.vocabulary.errors import BadInput
from tests.hub.shop_file.test_edits import lines

TEXT = """# how this shop is told
language = "ja"   # Japanese

# sooner at noon
[[rule]]
id = "queue-long"
when = "queue.length"
at_least = 4.0   # people
hours = ["11:30-13:30"]

[[rule.escalate]]
after_s = 120.0   # then the manager
roles = ["manager"]

[[rule]]
id = "shelf-low"
when = "shelf.low"
on = false

# the end
"""


def rule(text: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in tomllib.loads(text)["rule"] if one["id"] == name)
    return found


def test_a_threshold_is_one_changed_line_and_its_comment_stays() -> None:
    wanted = rule(TEXT, "queue-long") | {"at_least": 6.0}
    gone, come = lines(TEXT, with_rules(TEXT, [RuleEdit("queue-long", wanted)]))
    assert gone == ["at_least = 4.0   # people\n"]
    assert come == ["at_least = 6.0   # people\n"]


def test_who_is_told_later_is_changed_added_and_taken_away() -> None:
    wanted = rule(TEXT, "queue-long")
    steps = [{"after_s": 90.0, "roles": ["manager"]}, {"after_s": 600.0, "roles": ["head_office"]}]
    more = with_rules(TEXT, [RuleEdit("queue-long", wanted | {"escalate": steps})])
    gone, come = lines(TEXT, more)
    assert gone == ["after_s = 120.0   # then the manager\n"]
    assert "after_s = 90.0   # then the manager\n" in come
    assert rule(more, "queue-long")["escalate"] == steps
    none = with_rules(more, [RuleEdit("queue-long", {**wanted, "escalate": []})])
    assert "escalate" not in rule(none, "queue-long")
    assert rule(none, "shelf-low") == rule(TEXT, "shelf-low")
    assert "# the end" in none


def test_a_rule_of_a_built_in_one_comes_last_and_goes_again() -> None:
    wanted = {"id": "open-till", "when": "till.load", "at_least": 3.0,
              "escalate": [{"after_s": 60.0}]}  # fmt: skip
    after = with_rules(TEXT, [RuleEdit("open-till", wanted)])
    assert not lines(TEXT, after)[0]
    assert rule(after, "open-till") == wanted
    assert with_rules(after, [RuleEdit("open-till", None)]).rstrip() == TEXT.rstrip()


def test_a_file_that_is_not_there_yet_gets_its_first_rule_and_its_language() -> None:
    text = with_rules("", [RuleEdit("a", {"id": "a", "when": "shelf.low"})], {"language": "ko"})
    assert tomllib.loads(text) == {"language": "ko", "rule": [{"id": "a", "when": "shelf.low"}]}
    assert lines(TEXT, with_rules(TEXT, [], {"language": "en"})) == (
        ['language = "ja"   # Japanese\n'], ['language = "en"   # Japanese\n'],
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        'rule = [{ id = "queue-long", when = "queue.length", at_least = 4.0 }]\n',
        "[rule\n",
    ],
)
def test_what_cannot_be_done_for_sure_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        with_rules(text, [RuleEdit("queue-long", {"id": "queue-long", "on": False})])
    with pytest.raises(BadInput):
        with_rules(TEXT, [RuleEdit("nobody", None)])


steps_ = st.lists(
    st.fixed_dictionaries(
        {"after_s": st.floats(1, 9000, allow_subnormal=False)},
        optional={"roles": st.lists(st.sampled_from(["staff", "manager"]), max_size=2)},
    ),
    max_size=4,
)
wanted_ = st.fixed_dictionaries(
    {"when": st.sampled_from(["queue.length", "shelf.low"])},
    optional={
        "at_least": st.floats(0, 100, allow_subnormal=False), "on": st.booleans(),
        "hours": st.lists(st.sampled_from(["09:00-12:00", "22:00-02:00"]), max_size=2),
        "escalate": steps_,
    },
)  # fmt: skip


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["queue-long", "shelf-low", "x"]), wanted_ | st.none()),
        max_size=4,
    ),
    st.booleans(),
)
def test_whatever_is_set_the_file_says_just_that_and_comments_stay(
    edits: list[tuple[str, dict[str, Any] | None]], windows: bool
) -> None:
    text = TEXT.replace("\n", "\r\n") if windows else TEXT
    expected = {one["id"]: one for one in tomllib.loads(TEXT)["rule"]}
    for name, wanted in edits:
        if wanted is None and name not in expected:
            continue
        put = None if wanted is None else {"id": name, **wanted}
        text = with_rules(text, [RuleEdit(name, put)])
        if put is None:
            expected.pop(name)
        else:
            expected[name] = {k: v for k, v in put.items() if (k, v) != ("escalate", [])}
    found = tomllib.loads(text)
    assert {one["id"]: one for one in found.get("rule", [])} == expected
    assert found["language"] == "ja"
    for comment in ("# how this shop is told", "# sooner at noon", "# the end"):
        assert comment in text
    assert ("\n" in text.replace("\r\n", "")) != windows
