"""An aid is told of once, whosever its owner is taken for."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from miseban.space.help.aids import Aids
from miseban.space.help.bodies import Body
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape

Pair = tuple[float, float]
BROAD, SLIM = 1.4, 1.0


class Floor:
    """People who are pushed about, second by second, and who is told of."""

    def __init__(self) -> None:
        self.aids = Aids(HelpSettings(), 1.0)
        self.told: dict[str, list[float]] = {}
        self.now_s = 0.0
        self._next = 0

    def person(self, xy: Pair, *, came_in: bool = False) -> Person:
        self._next += 1
        return Person(self._next, None, self.now_s, self.now_s, xy, came_in=came_in)

    def moves(
        self, seconds: int, *people: tuple[Person, float, float], track: int | None = None
    ) -> None:
        """All of them are so tall and so broad in that time, and each in a track of its own if not
        in ``track``."""
        for _ in range(seconds):
            seen = []
            for person, tall, broad in people:
                person.last_s, person.xy = self.now_s, (person.xy[0] + 0.5, person.xy[1])
                person.own_m = tall
                person.way.append((self.now_s, *person.xy))
                person.speeds.append(0.5)
                person.shapes.append(Shape(self.now_s, person.xy, tall, broad))
                number = person.key if track is None else track
                seen.append((person, [body(number, person.xy, tall)]))
            self._signs(seen)
            self.now_s += 1.0

    def _signs(self, seen: Iterable[tuple[Person, list[Body]]]) -> None:
        for sign in self.aids.look(self.now_s, list(seen)):
            self.told.setdefault(sign.who, []).append(self.now_s)


def body(track: int, xy: Pair, tall: float) -> Body:
    return Body("c", track, xy, tall, 1.4, 0.5, 200.0, 5, 0.3, True, (0.0, 0.0))


def test_who_is_found_again_is_told_of_once() -> None:
    floor = Floor()
    first = floor.person((5.0, 5.0), came_in=True)
    floor.moves(8, (first, 1.2, BROAD))
    floor.aids.forget(first)
    floor.now_s += 90.0
    floor.moves(8, (floor.person((20.0, 9.0)), 1.25, BROAD))
    assert list(floor.told) == ["person-1"]


@pytest.mark.parametrize(
    ("tall", "after_s"), [(1.34, 30.0), (1.2, 700.0), (1.2, 5.0)]
)  # fmt: skip
def test_who_is_not_as_tall_or_cannot_be_there_is_another(tall: float, after_s: float) -> None:
    floor = Floor()
    first = floor.person((5.0, 5.0), came_in=True)
    floor.moves(8, (first, 1.2, BROAD))
    floor.aids.forget(first)
    floor.now_s += after_s
    floor.moves(8, (floor.person((28.0, 9.0)), tall, BROAD))
    assert list(floor.told) == ["person-1", "person-2"]


def test_a_second_in_which_it_looks_alike_does_not_say_who_it_is() -> None:
    floor = Floor()
    first = floor.person((5.0, 5.0), came_in=True)
    floor.moves(8, (first, 1.2, BROAD))
    floor.aids.forget(first)
    other = floor.person((12.0, 5.0))
    floor.moves(5, (other, 1.45, BROAD))
    floor.now_s += 70.0  # stands
    floor.moves(1, (other, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
    floor.moves(4, (other, 1.45, BROAD))
    assert list(floor.told) == ["person-1", "person-2"]


def test_with_whom_the_fusion_went_on_meanwhile_has_no_aid() -> None:
    """That somebody else was held for the owner makes no owner of him or her."""
    floor = Floor()
    taken, owner = floor.person((5.0, 5.0), came_in=True), floor.person((9.5, 6.0))
    floor.moves(8, (taken, 1.2, BROAD))
    floor.moves(20, (taken, 1.2, SLIM), (owner, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
    assert floor.told["person-1"][-1] == floor.now_s - 1.0


def test_the_track_says_whose_an_aid_is() -> None:
    """However tall he or she looks from there."""
    floor = Floor()
    first, again = floor.person((5.0, 5.0), came_in=True), floor.person((9.0, 5.0), came_in=True)
    floor.moves(8, (first, 1.2, BROAD), track=7)
    floor.moves(8, (again, 1.34, BROAD), track=7)
    assert list(floor.told) == ["person-1"]


@pytest.mark.parametrize(
    ("tall", "seconds"),
    [(1.34, 20), (1.36, 35)],  # the second may sit or lean, which takes longer
)
def test_two_are_never_told_of_under_one_name(tall: float, seconds: int) -> None:
    """Whose name has gone on with somebody else gets another."""
    floor = Floor()
    first, second = floor.person((5.0, 5.0), came_in=True), floor.person((9.0, 5.0))
    floor.moves(8, (first, 1.25, BROAD), track=7)
    floor.moves(8, (second, 1.25, BROAD), track=7)
    assert list(floor.told) == ["person-1"]
    first.xy = (28.0, 9.0)
    floor.moves(seconds, (first, tall, BROAD), (second, 1.25, BROAD))
    assert list(floor.told) == ["person-1", "person-1-2"]


def test_who_has_left_does_not_come_back_as_somebody_else() -> None:
    floor = Floor()
    first = floor.person((5.0, 5.0), came_in=True)
    floor.moves(8, (first, 1.2, BROAD))
    first.outside = True
    floor.aids.forget(first)
    floor.now_s += 90.0
    floor.moves(8, (floor.person((20.0, 9.0)), 1.2, BROAD))
    assert list(floor.told) == ["person-1", "person-2"]


def test_an_aid_is_told_of_when_it_shows_not_long_after() -> None:
    """By then it may be somebody else who is seen."""
    floor = Floor()
    person = floor.person((5.0, 5.0), came_in=True)
    floor.moves(3, (person, 1.2, BROAD))
    floor.now_s += 60.0
    floor.moves(4, (person, 1.2, SLIM))
    assert not floor.told
    floor.moves(1, (person, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]


def test_who_stands_there_taller_is_somebody_else() -> None:
    """With whom the fusion went on need not walk to show that he or she has no aid."""
    floor = Floor()
    taken = floor.person((5.0, 5.0), came_in=True)
    floor.moves(8, (taken, 1.2, BROAD))
    for _ in range(6):
        taken.last_s, taken.tall = floor.now_s, 1.7
        assert list(floor.aids.look(floor.now_s, [(taken, [body(1, taken.xy, 1.7)])]))
        floor.now_s += 1.0
    owner = floor.person((12.0, 6.0))
    for _ in range(8):
        taken.last_s = floor.now_s
        floor.moves(1, (owner, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]


@pytest.mark.parametrize(
    ("broad", "names"), [(SLIM, ["person-1"]), (BROAD, ["person-1", "person-2"])]
)
def test_whose_aid_is_as_like_one_that_is_there_is_waited_for(
    broad: float, names: list[str]
) -> None:
    """It may show there yet; if not, the fusion has gone on there with somebody else."""
    floor = Floor()
    taken, other = floor.person((5.0, 5.0), came_in=True), floor.person((9.0, 6.0))
    floor.moves(8, (taken, 1.2, BROAD))
    for _ in range(8):  # who stands shows nothing
        taken.last_s = floor.now_s
        floor.moves(1, (other, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
    floor.moves(10, (taken, 1.2, broad), (other, 1.2, BROAD))
    assert list(floor.told) == names


def test_who_is_less_like_one_that_is_there_is_another() -> None:
    floor = Floor()
    first, other = floor.person((5.0, 5.0), came_in=True), floor.person((9.0, 6.0))
    floor.moves(8, (first, 1.2, BROAD))
    for _ in range(8):
        first.last_s = floor.now_s
        floor.moves(1, (other, 1.25, BROAD))
    assert list(floor.told) == ["person-1", "person-2"]


@pytest.mark.parametrize(
    ("came_s", "tall", "names"),
    [
        (30.0, 1.2, ["person-2", "person-1"]),
        (100.0, 1.2, ["person-2"]),  # whose aid has not shown for so long
        (100.0, 1.25, ["person-2", "person-1"]),
        (200.0, 1.26, ["person-2", "person-1"]),
        (400.0, 1.26, ["person-2"]),
    ],
)
def test_the_sooner_after_coming_in_an_aid_shows_the_likelier_it_is_new(
    came_s: float, tall: float, names: list[str]
) -> None:
    floor = Floor()
    new, lost = floor.person((14.0, 6.0), came_in=True), floor.person((5.0, 5.0))
    floor.now_s = came_s
    floor.moves(8, (lost, 1.2, BROAD))
    floor.aids.forget(lost)
    floor.now_s += 10.0
    floor.moves(8, (new, tall, BROAD))
    assert list(floor.told) == names


def test_each_time_that_it_shows_is_waited_for() -> None:
    """Who was asked about minutes ago has not waited since."""
    floor = Floor()
    taken, other = floor.person((5.0, 5.0), came_in=True), floor.person((9.0, 6.0))
    floor.moves(8, (taken, 1.2, BROAD))
    for seconds, broad in ((8, BROAD), (60, SLIM), (8, BROAD)):
        for _ in range(seconds):
            taken.last_s = floor.now_s
            floor.moves(1, (other, 1.2, broad))
    assert list(floor.told) == ["person-1"]


def test_what_was_said_stays_said_while_an_aid_is_waited_for() -> None:
    floor = Floor()
    taken, other = floor.person((5.0, 5.0), came_in=True), floor.person((9.0, 6.0))
    floor.moves(8, (taken, 1.2, BROAD))
    assert floor.aids._owners.begin(floor.now_s, other, [], "slow_walk") is not None
    began_s = floor.now_s
    for _ in range(15):
        taken.last_s = floor.now_s
        floor.moves(1, (other, 1.2, BROAD))
    assert floor.told["person-2"] == [began_s + second for second in range(15)]


def test_who_shows_it_again_had_it_all_along() -> None:
    """Then who was taken for the owner meanwhile has an aid of his or her own."""
    floor = Floor()
    owner, other = floor.person((5.0, 5.0), came_in=True), floor.person((12.0, 6.0))
    floor.moves(8, (owner, 1.2, BROAD))
    floor.moves(8, (owner, 1.2, SLIM))
    floor.moves(8, (other, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
    floor.moves(8, (other, 1.2, BROAD), (owner, 1.2, BROAD))
    assert list(floor.told) == ["person-1", "person-2"]
    floor.told.clear()
    floor.moves(1, (owner, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
    floor.told.clear()
    floor.moves(1, (other, 1.2, BROAD))
    assert list(floor.told) == ["person-2"]


def test_who_shows_another_than_was_taken_has_one_more() -> None:
    floor = Floor()
    owner, other = floor.person((5.0, 5.0), came_in=True), floor.person((12.0, 6.0))
    floor.moves(8, (owner, 1.2, BROAD))
    floor.moves(8, (owner, 1.2, SLIM))
    floor.moves(8, (other, 1.2, BROAD))
    floor.moves(20, (other, 1.2, BROAD), (owner, 1.34, BROAD))
    floor.told.clear()
    floor.moves(1, (other, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]


def test_who_was_only_taken_for_the_owner_is_not_it_for_that() -> None:
    """It had gone back to the owner before."""
    floor = Floor()
    owner, other = floor.person((5.0, 5.0), came_in=True), floor.person((12.0, 6.0))
    floor.moves(8, (owner, 1.2, BROAD))
    floor.moves(8, (owner, 1.2, SLIM))
    floor.moves(8, (other, 1.2, BROAD))
    floor.moves(8, (other, 1.2, SLIM))
    floor.moves(8, (owner, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
    floor.moves(30, (owner, 1.2, BROAD), (other, 1.2, BROAD))
    floor.told.clear()
    floor.moves(1, (owner, 1.2, BROAD))
    assert list(floor.told) == ["person-1"]
