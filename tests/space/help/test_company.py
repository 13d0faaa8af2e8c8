"""Of a group of whom somebody walks slowly one is told of, and nobody who keeps company."""

from __future__ import annotations

import pytest

from miseban.space.help.aids import ALONG_IN_ALL_S, Aids
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape

SLOW_MPS = 0.3


class Shop:
    """People who walk or stand, without an aid but ``with_aid``, and the names under which one or a
    slow walk is told."""

    def __init__(self) -> None:
        self.aids, self.now_s = Aids(HelpSettings(), 1.0), 0.0
        self.told: set[str] = set()
        self.with_aid: list[Person] = []

    def person(self, key: int, xy: tuple[float, float]) -> Person:
        person = Person(key, None, self.now_s, self.now_s, xy)
        person.own_m = 1.6
        return person

    def go(self, seconds: int, walk: list[Person], stand: list[Person] | None = None) -> None:
        """Some walk slowly, others stand."""
        for _ in range(seconds):
            here = sorted([*walk, *(stand or [])], key=lambda person: person.key)
            for person in here:
                step = SLOW_MPS if person in walk else 0.0
                person.last_s, person.xy = self.now_s, (person.xy[0] + step, person.xy[1])
                person.way.append((self.now_s, *person.xy))
                broad = 1.5 if person in self.with_aid else 1.0
                person.shapes.append(Shape(self.now_s, person.xy, 1.6, broad))
                person.walked_m += step
                if step:
                    person.speeds.append(step)
            self.told |= {sign.who for sign in self.aids.look(self.now_s, [(p, []) for p in here])}
            self.now_s += 1.0


@pytest.mark.parametrize("first", [1, 2])
def test_who_has_walked_along_is_not_told_of_when_the_other_stands_far_off(first: int) -> None:
    """Whoever of the two is told of."""
    shop = Shop()
    slow, mate = shop.person(first, (0.0, 0.0)), shop.person(3 - first, (1.0, 1.0))
    shop.go(16, [slow])
    assert shop.told == {f"person-{first}"}
    shop.go(ALONG_IN_ALL_S + 2, [slow, mate])
    mate.xy = (9.0, 9.0)
    shop.go(45, [], [slow, mate])
    shop.go(60, [mate], [slow])
    assert len(shop.told) == 1


def test_who_has_only_stood_there_is_told_of() -> None:
    shop = Shop()
    slow, other = shop.person(1, (0.0, 0.0)), shop.person(2, (3.0, 1.0))
    shop.go(30, [slow], [other])
    other.xy = (12.0, 9.0)
    shop.go(60, [slow, other])
    assert shop.told == {"person-1", "person-2"}


def test_who_walks_along_is_not_told_of_when_the_other_is_lost() -> None:
    shop = Shop()
    slow, mate = shop.person(1, (0.0, 0.0)), shop.person(2, (1.0, 1.0))
    shop.go(16, [slow])
    shop.go(ALONG_IN_ALL_S + 2, [slow, mate])
    shop.aids.forget(slow)
    mate.own_m = 1.9  # nor is it the same
    shop.go(45, [], [mate])
    shop.go(60, [mate])
    assert len(shop.told) == 1


def test_the_aid_of_who_walks_along_is_told_of() -> None:
    """Company is silent about the slow walk, not about what shows later."""
    shop = Shop()
    slow, mate = shop.person(1, (0.0, 0.0)), shop.person(2, (1.0, 1.0))
    shop.go(30, [slow, mate])
    assert shop.told == {"person-1"}
    shop.with_aid = [mate]
    shop.go(30, [slow, mate])
    assert shop.told == {"person-1", "person-2"}


def test_who_walks_along_with_somebody_who_has_an_aid_is_not_told_of() -> None:
    """Also of whom a slow walk was told first."""
    shop = Shop()
    slow, mate = shop.person(1, (0.0, 0.0)), shop.person(2, (1.0, 1.0))
    shop.go(16, [slow])
    shop.go(ALONG_IN_ALL_S + 2, [slow, mate])
    shop.with_aid = [slow]
    shop.go(40, [slow])
    mate.xy = (slow.xy[0] + 1.0, 1.0)
    shop.go(60, [slow, mate])
    assert shop.told == {"person-1"}


def test_who_has_walked_beside_staff_is_told_of() -> None:
    """Of staff a slow walk may be said before it is known that they are."""
    shop = Shop()
    clerk, other = shop.person(1, (0.0, 0.0)), shop.person(2, (1.0, 1.0))
    shop.go(16, [clerk])
    clerk.staff = True
    shop.go(ALONG_IN_ALL_S + 2, [clerk, other])
    other.xy = (30.0, 30.0)
    shop.go(45, [], [clerk, other])
    shop.go(60, [other], [clerk])
    assert "person-2" in shop.told


@pytest.mark.parametrize("clerk", [1, 2])
def test_who_walked_along_as_staff_keeps_no_company(clerk: int) -> None:
    """Whichever of the two is held to be staff while they walk, and not any more later."""
    shop = Shop()
    slow, other = shop.person(1, (0.0, 0.0)), shop.person(2, (1.0, 1.0))
    shop.go(16, [slow])
    staff = slow if clerk == 1 else other
    staff.staff = True
    shop.go(ALONG_IN_ALL_S + 2, [slow, other])
    staff.staff = False
    other.xy = (30.0, 30.0)
    shop.go(45, [], [slow, other])
    shop.go(60, [other], [slow])
    assert shop.told == {"person-1", "person-2"}
