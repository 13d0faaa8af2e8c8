"""States that do not flicker, and that say so when nothing can be said."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from miseban.space.shelf import FacingJudge, Opinion, Verdict

FULL, LOW, EMPTY = Opinion(0.01, 0.02, 0.95), Opinion(0.02, 0.97, 0.2), Opinion(0.99, 0.99, 0.02)


def told(judge: FacingJudge, opinion: Opinion, from_s: int, to_s: int) -> list[Verdict]:
    looks = [judge.clear(float(second), opinion) for second in range(from_s, to_s)]
    return [verdict for verdict in looks if verdict is not None]


def test_an_emptied_facing_is_told_within_seconds_and_once() -> None:
    judge = FacingJudge()
    assert [v.state for v in told(judge, FULL, 0, 60)] == ["full"]
    (empty,) = told(judge, EMPTY, 60, 600)
    assert (empty.state, empty.fill) == ("empty", 0.0)
    assert empty.since_s <= 75


def test_one_odd_look_changes_nothing() -> None:
    judge = FacingJudge()
    told(judge, FULL, 0, 60)
    assert judge.clear(60.0, EMPTY) is None
    assert told(judge, FULL, 61, 120) == []


def test_a_fill_that_changes_within_a_state_is_told_now_and_then() -> None:
    judge = FacingJudge()
    told(judge, FULL, 0, 60)
    half = told(judge, Opinion(0.01, 0.05, 0.55), 60, 200)
    assert {v.state for v in half} == {"full"}
    assert abs(half[-1].fill - 0.55) < 0.08
    assert len(half) <= 4


def test_who_stands_before_it_for_half_a_minute_blocks_it_and_it_comes_back() -> None:
    judge = FacingJudge()
    told(judge, LOW, 0, 60)
    hidden = [judge.unclear(float(s), hidden=True) for s in range(60, 200)]
    (blocked,) = [v for v in hidden if v is not None]
    assert blocked.state == "blocked"
    assert 85 <= blocked.since_s <= 95
    assert [v.state for v in told(judge, LOW, 200, 230)] == ["low"]


def test_a_facing_never_seen_is_unknown() -> None:
    judge = FacingJudge()
    said = [judge.unclear(float(s), hidden=False) for s in range(100)]
    assert [v.state for v in said if v is not None] == ["unknown"]


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(-0.5, 1.5), st.booleans()),
        max_size=200,
    )
)
def test_whatever_is_seen_news_differ_and_are_in_bounds(
    looks: list[tuple[float, float, float, bool]],
) -> None:
    judge, before = FacingJudge(), None
    for second, (empty, low, fill, clear) in enumerate(looks):
        if clear:
            verdict = judge.clear(float(second), Opinion(empty, max(empty, low), fill))
        else:
            verdict = judge.unclear(float(second), hidden=False)
        if verdict is None:
            continue
        assert 0 <= verdict.fill <= 1
        assert 0 <= verdict.confidence <= 1
        assert before is None or (verdict.state, verdict.fill) != (before.state, before.fill)
        before = verdict


def test_what_is_likelier_empty_than_not_for_long_is_empty() -> None:
    """A neighbour's side within its outline: no look is sure."""
    likely, unlikely = Opinion(0.62, 0.97, 0.2), Opinion(0.45, 0.97, 0.2)
    judge = FacingJudge()
    told(judge, LOW, 0, 60)
    assert told(judge, likely, 60, 90) == []
    (empty,) = told(judge, likely, 90, 200)
    assert empty.state == "empty"
    assert not judge.sure_empty, "what empty looks like is not learned from that"
    other = FacingJudge()
    told(other, LOW, 0, 60)
    assert all(v.state == "low" for v in told(other, unlikely, 60, 600))


def test_what_is_likely_empty_at_every_look_is_told_as_soon_as_what_is_sure() -> None:
    judge = FacingJudge()
    told(judge, LOW, 0, 60)
    *_, empty = told(judge, Opinion(0.75, 0.97, 0.1), 60, 90)
    assert empty.state == "empty"


def test_it_is_not_empty_any_more_as_soon_as_it_looks_full() -> None:
    judge = FacingJudge()
    told(judge, LOW, 0, 60)
    told(judge, Opinion(0.62, 0.97, 0.1), 60, 300)
    *_, full = told(judge, FULL, 300, 320)
    assert full.state == "full"


def test_what_was_likely_before_it_was_blocked_says_nothing_of_after() -> None:
    """Empty for minutes, hidden for two hours, and then perhaps a piece deep on the shelf."""
    judge = FacingJudge()
    told(judge, LOW, 0, 60)
    assert [v.state for v in told(judge, Opinion(0.95, 0.97, 0.2), 60, 400)] == ["empty"]
    for second in range(400, 7600):
        judge.unclear(float(second), hidden=True)
    after = told(judge, Opinion(0.55, 0.97, 0.2), 7600, 7660)
    assert [v.state for v in after] == ["low"]


OTHER, OWN = replace(FULL, wrong=0.99), replace(FULL, wrong=0.01)


def test_other_goods_are_told_when_they_have_stood_there_for_a_while() -> None:
    judge = FacingJudge()
    told(judge, OWN, 0, 60)
    assert told(judge, OTHER, 60, 75) == []  # somebody turned one round
    assert told(judge, OWN, 75, 300) == []
    (wrong,) = told(judge, OTHER, 300, 500)
    assert (wrong.state, wrong.fill) == ("wrong", 0.95)
    assert wrong.since_s <= 420
    assert [v.state for v in told(judge, OWN, 500, 700)] == ["full"]


def test_other_goods_that_sell_out_are_empty_and_what_comes_then_is_its_own_until_seen() -> None:
    judge = FacingJudge()
    told(judge, OWN, 0, 60)
    told(judge, OTHER, 60, 400)
    assert [v.state for v in told(judge, EMPTY, 400, 500)] == ["empty"]
    assert {v.state for v in told(judge, FULL, 500, 900)} == {"full"}


def test_looks_at_which_nothing_can_be_said_of_the_goods_leave_it_as_it_is() -> None:
    judge = FacingJudge()
    told(judge, OWN, 0, 60)
    told(judge, OTHER, 60, 400)
    assert {v.state for v in told(judge, LOW, 400, 900)} == {"wrong"}  # emptier, that is all
    assert judge.told is not None
    assert judge.told.state == "wrong"


def test_how_other_goods_look_is_not_how_a_full_facing_does() -> None:
    judge, maybe = FacingJudge(), replace(FULL, wrong=0.7)
    told(judge, OWN, 0, 60)
    assert judge.sure_full
    told(judge, maybe, 60, 400)
    assert judge.told is not None
    assert judge.told.state == "full"
    assert not judge.sure_full


def test_staff_say_that_what_stands_there_is_right() -> None:
    judge = FacingJudge()
    told(judge, OWN, 0, 60)
    told(judge, OTHER, 60, 400)
    judge.is_its_own()
    assert [v.state for v in told(judge, OWN, 400, 420)] == ["full"]


def test_who_stands_before_other_goods_changes_nothing_of_them() -> None:
    judge = FacingJudge()
    told(judge, OWN, 0, 60)
    told(judge, OTHER, 60, 400)
    assert any(judge.unclear(float(s), hidden=True) for s in range(400, 440))
    assert judge.may_be_other
    few = replace(LOW, wrong=None)
    assert {v.state for v in told(judge, replace(few, wrong=0.6), 440, 560)} == {"wrong"}


def test_single_looks_far_apart_stand_for_little() -> None:
    """Between customers somebody half before it is not seen to be there."""
    judge = FacingJudge()
    told(judge, OWN, 0, 60)
    for second in range(100, 700, 60):
        judge.clear(float(second), OTHER)
    assert judge.told is not None
    assert judge.told.state == "full"


def test_at_first_it_is_not_known_whether_they_are_others() -> None:
    judge = FacingJudge()
    told(judge, FULL, 0, 60)
    assert judge.sure_full
    judge.clear(60.0, replace(FULL, wrong=0.3))
    assert not judge.sure_full, "so the right ones do not look"
    assert not judge.may_be_other
    told(judge, OTHER, 61, 64)
    assert judge.may_be_other
