"""Guessing is slow, and nobody else pays for it. Time is counted in hashes, not by a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from miseban.hub.people.identity import CONSOLE, Refused
from miseban.hub.people.passwords import Passwords
from miseban.hub.people.people import People
from miseban.hub.people.throttle import Key, Limit, Limits, Throttle, network_of
from tests.hub.people.staff import HOUR, MINUTE, NOW, OTHER, OUTSIDE, PASSWORD, TILL, hired, set_up

LIMITS = Limits()


class Counting(Passwords):
    """Says how many hashes were worked out: what takes the time."""

    def __init__(self) -> None:
        super().__init__(passes=1, memory_kib=8)
        self.worked = 0

    def _verify(self, kept: str, password: bytes) -> bool:
        self.worked += 1
        return super()._verify(kept, password)

    def hash(self, password: str) -> str:
        self.worked += 1
        return super().hash(password)


def tried(people: People, login: str, password: str, at: datetime, **more: str | None) -> str:
    """The code of the refusal; ``in`` where there is none."""
    came_from = more.get("came_from") or OUTSIDE
    try:
        people.doors.log_in(login, password, at, came_from=came_from, device=more.get("device"))
    except Refused as refused:
        told = refused
    else:
        return "in"
    assert (told.retry_after_s > 0) is (told.code == "throttled")
    return told.code


def test_as_much_is_worked_out_for_who_is_not_there(people: People) -> None:
    counting = Counting()
    counted = People(people._engine, passwords=counting)
    hired(counted, "taro")
    gone = hired(counted, "gone")
    counted.accounts.close(gone.id, CONSOLE, NOW)
    counted.accounts.invite("invited", "staff", CONSOLE, NOW)
    costs = set()
    for at, login in enumerate(["taro", "jiro", "gone", "invited", "", "\0", "x" * 1000]):
        before = counting.worked
        assert tried(counted, login, OTHER, NOW, came_from=f"198.51.100.{at}") == "log-in"
        costs.add(counting.worked - before)
    assert costs == {1}


def test_who_is_throttled_costs_nothing(people: People) -> None:
    counting = Counting()
    counted = People(people._engine, passwords=counting)
    hired(counted, "taro")
    for login in ("taro", "nobody"):
        codes = [tried(counted, login, OTHER, NOW, came_from=login) for _ in range(30)]
        tries = LIMITS.account_and_network.tries
        assert codes == ["log-in"] * tries + ["throttled"] * (30 - tries)
    before = counting.worked
    assert tried(counted, "taro", PASSWORD, NOW, came_from="taro") == "throttled"
    assert counting.worked == before


def test_an_attacker_keeps_nobody_out(people: People) -> None:
    """From outside, from the owner's own network, and with many names: the owner gets in with the
    browser of yesterday, with any browser elsewhere, and with a new link."""
    known = set_up(people)
    for at in range(70):
        tried(people, "hanako" if at % 2 else f"name{at}", OTHER, NOW, came_from=TILL)
        tried(people, "hanako", OTHER, NOW, came_from=f"203.0.113.{at}")
    assert tried(people, "hanako", PASSWORD, NOW, came_from=TILL) == "throttled"
    assert tried(people, "hanako", PASSWORD, NOW, came_from=TILL, device=known.device) == "in"
    assert tried(people, "hanako", PASSWORD, NOW, came_from="10.9.9.9") == "in"
    manager = known.identity
    link = people.accounts.reset(manager.account, manager.actor(TILL), NOW)
    assert people.doors.welcome(link.secret, OTHER, NOW, came_from=TILL)


def test_a_known_browser_opens_no_other_account_faster(people: People) -> None:
    set_up(people)
    hired(people, "taro")
    mine = people.doors.log_in("taro", PASSWORD, NOW, came_from=TILL)
    codes = [
        tried(people, "hanako", OTHER, NOW, device=mine.device)
        for _ in range(LIMITS.account_and_network.tries + 1)
    ]
    assert codes[-1] == "throttled"
    assert tried(people, "hanako", PASSWORD, NOW, device=mine.device) == "throttled"


def test_a_stolen_browser_has_as_few_tries(people: People) -> None:
    device = set_up(people).device
    codes = [
        tried(people, "hanako", OTHER, NOW, device=device) for _ in range(LIMITS.device.tries + 1)
    ]
    assert codes == ["log-in"] * LIMITS.device.tries + ["throttled"]
    # And those do not take any from a stranger who knows the password.
    assert tried(people, "hanako", PASSWORD, NOW) == "in"


def test_many_names_from_one_network_are_slow_too(people: People) -> None:
    codes = [tried(people, f"name{at}", OTHER, NOW) for at in range(LIMITS.network.tries + 1)]
    assert codes == ["log-in"] * LIMITS.network.tries + ["throttled"]
    assert tried(people, "name", OTHER, NOW + MINUTE) == "log-in"


def test_a_right_password_is_no_guess(people: People) -> None:
    hired(people, "taro")
    for _ in range(LIMITS.network.tries + 10):
        assert tried(people, "taro", PASSWORD, NOW) == "in"


def test_an_old_password_is_guessed_slowly_in_a_session(people: People) -> None:
    session = set_up(people).session
    doors = people.doors
    change: Callable[[str], object] = lambda old: doors.change_password(  # noqa: E731
        session, old, OTHER, NOW, came_from=TILL
    )
    codes = []
    for _ in range(LIMITS.device.tries + 1):
        with pytest.raises(Refused) as told:
            change("not " + PASSWORD)
        codes.append(told.value.code)
    assert codes[-1] == "throttled"
    assert set(codes[:-1]) == {"log-in"}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.floats(-3000, 3000, allow_nan=False)),
        max_size=60,
    )
)
def test_never_more_tries_than_a_bucket_has(steps: list[tuple[str, float]]) -> None:
    """However the clock jumps: no more than the bucket held and what time that went by gave."""
    limit, throttle, at = Limit(5, 60.0), Throttle(), NOW
    taken, passed_s = {"a": 0, "b": 0}, 0.0
    for key, jump_s in steps:
        at += timedelta(seconds=jump_s)
        passed_s += max(0.0, jump_s)
        wait_s = throttle.take([((key,), limit)], at)
        taken[key] += wait_s == 0
        assert 0 <= wait_s <= 60
        if wait_s:
            assert not throttle.take([((key,), limit)], at + timedelta(seconds=wait_s))
            at += timedelta(seconds=wait_s)
            passed_s += wait_s
            taken[key] += 1
    assert all(count <= 5 + passed_s / 60 + 1e-6 for count in taken.values())


def test_a_restart_is_no_gain_for_who_guesses_and_keeps_no_known_browser_out(
    people: People,
) -> None:
    known, tries, at = set_up(people), 0, NOW
    for _ in range(6):
        again = People(people._engine, passwords=Counting(), started=at)
        while tried(again, "hanako", OTHER, at) == "log-in":
            tries += 1
        at += timedelta(seconds=5)
    assert tries == 6 * 2
    names = [tried(again, f"name{number}", OTHER, at, came_from="::1") for number in range(30)]
    assert names.count("log-in") == 11, "and one for the five seconds"
    for _ in range(LIMITS.device.tries):
        assert tried(again, "hanako", OTHER, at, device=known.device) == "log-in"
    assert tried(again, "hanako", PASSWORD, at, came_from=TILL) == "in"
    later = at + 10 * MINUTE
    codes = [tried(again, "hanako", OTHER, later, came_from="10.0.0.9") for _ in range(12)]
    assert codes.count("log-in") == LIMITS.account_and_network.tries


def test_a_clock_that_goes_back_after_the_start_makes_nobody_wait_longer() -> None:
    throttle, limit = Throttle(NOW), Limit(5, 60.0, at_start=0)
    assert throttle.take([(("a",), limit)], NOW - 24 * HOUR) == 60
    assert throttle.take([(("b",), limit)], NOW - 24 * HOUR + MINUTE) == 0


def test_the_buckets_do_not_fill_the_memory() -> None:
    throttle, limit = Throttle(), Limit(1, 60.0)
    keys: list[Key] = [("account", str(at)) for at in range(30_000)]
    for key in keys:
        throttle.take([(key, limit)], NOW)
    assert len(throttle._buckets) <= 20_000
    assert throttle.take([(keys[-1], limit)], NOW) > 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.168.1.5", "192.168.1.5", True), ("192.168.1.5", "192.168.1.6", False),
        ("2001:db8:0:a1::1", "2001:db8:0:a2::2", True),
        ("2001:db8:0:a1::1", "2001:db8:1::1", False),
        ("::ffff:192.168.1.5", "192.168.1.5", True), ("fe80::1%eth0", "fe80::2%eth1", True),
        ("testclient", "testclient", True),
    ],
)  # fmt: skip
def test_a_network_is_what_one_household_has(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_passwords_are_worked_out_few_at_a_time(people: People) -> None:
    """A room full of strangers does not keep out who is known."""
    passwords = Passwords(passes=1, memory_kib=8)
    with_all_places = passwords._strangers
    entered = 0
    while with_all_places._places.acquire(blocking=False):
        entered += 1
    assert entered == 10
    with pytest.raises(Refused) as told:
        passwords.check(None, PASSWORD)
    assert (told.value.code, told.value.retry_after_s) == ("busy", 2)
    assert passwords.check(passwords.hash(PASSWORD), PASSWORD, known=True)


def test_a_refusal_is_told_once_and_not_a_thousand_times(people: People) -> None:
    hired(people, "taro")
    for at in range(100):
        tried(people, "taro", OTHER, NOW + timedelta(milliseconds=at))
    acts = [entry.act for entry in people.audit.entries(limit=500)]
    assert acts.count("log-in.failed") == LIMITS.account_and_network.tries
    assert acts.count("log-in.throttled") == 1
    tried(people, "taro", OTHER, NOW + HOUR)


def test_names_that_are_made_up_do_not_fill_the_log(people: People) -> None:
    """Nor those that are tried when nothing is let through any more."""
    for at in range(LIMITS.network.tries + 40):
        tried(people, f"name{at}", OTHER, NOW + timedelta(milliseconds=at))
    acts = Counter(entry.act for entry in people.audit.entries(limit=500))
    assert acts == {"log-in.failed": 20, "log-in.many-failed": 1, "log-in.throttled": 1}
    tried(people, "name", OTHER, NOW + HOUR)
    assert len(people.audit.entries(limit=500)) == 23


def test_the_database_does_as_much_for_who_is_not_there(people: People, engine: Engine) -> None:
    """Tried from two networks, one name that is there and many that are not: at every try the same
    statements, also when the tries are used up."""
    hired(people, "taro")
    done: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: done.append(told[2]))
    costs = []
    for network, there in (("198.51.100.1", True), ("198.51.100.2", False)):
        cost = []
        for at in range(40):
            done.clear()
            mine = "taro" if there else "jiro"
            name = mine if at % 3 == 0 else f"name{at}"
            tried(people, name, OTHER, NOW, came_from=network)
            cost.append(list(done))
        costs.append(cost)
    assert costs[0] == costs[1]
    assert len({len(cost) for cost in costs[0]}) > 1
