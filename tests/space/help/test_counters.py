"""A till where somebody waits and nobody serves, second by second."""

from __future__ import annotations

from collections.abc import Iterable

from miseban.space.help.counters import Counters
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from tests.space.help.scenes import shop

TILL = """
[[zone]]
id = "queue"
kind = "queue"
polygon = [[4, 4], [8, 4], [8, 8], [4, 8]]

[[zone]]
id = "service"
kind = "counter"
polygon = [[8, 4], [10, 4], [10, 8], [8, 8]]

[[till]]
id = "one"
queue = "queue"
service = "service"
"""
KNOWN_S = 400


def person(key: int, x: float, staff: bool = False) -> Person:
    return Person(key, f"{key:016x}", 0.0, 0.0, (x, 6.0), staff=staff)


def told(counters: Counters, seconds: Iterable[int], *here: Person) -> list[int]:
    return [second for second in seconds if list(counters.look(float(second), here))]


def manned() -> Counters:
    counters = Counters(shop(zones=TILL), HelpSettings(), 1.0)
    assert not told(counters, range(KNOWN_S), person(1, 9.5, staff=True))
    return counters


def test_who_waits_for_nobody_is_told_of_after_a_while() -> None:
    wait_s = HelpSettings().counter_s
    found = told(manned(), range(KNOWN_S, KNOWN_S + 60), person(2, 6.0))
    assert wait_s <= found[0] + 1 - KNOWN_S <= wait_s + 4


def test_who_comes_when_nobody_was_there_has_not_waited_since_the_last_one() -> None:
    """A camera that sees the counter alone: who waited went, and an hour later another stands
    there at once."""
    counters = manned()
    assert not told(counters, range(KNOWN_S, KNOWN_S + 20), person(2, 6.0))
    assert not told(counters, range(KNOWN_S + 20, KNOWN_S + 3600))
    later = range(KNOWN_S + 3600, KNOWN_S + 3660)
    found = told(counters, later, person(3, 6.0))
    assert found[0] + 1 - later.start >= HelpSettings().counter_s


def test_a_clerk_whom_the_camera_hardly_sees_is_there() -> None:
    """Of whom now and then a body is found that is nobody's yet, and where a clerk stood before."""
    waits, seconds = person(2, 6.0), range(KNOWN_S, KNOWN_S + 90)
    for place, expected in (((9.6, 6.2), 0), ((4.5, 7.5), 1)):
        counters = manned()
        signs = [
            sign
            for second in seconds
            for sign in counters.look(float(second), [waits], [place] if second % 10 == 0 else [])
        ]
        assert len({sign.who for sign in signs}) == expected
    unknown = person(4, 9.4)
    assert not told(manned(), seconds, waits, unknown), "the fusion has taken the clerk for another"
