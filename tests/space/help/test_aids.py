"""What other detectors recognise, and what is known before a camera has seen many."""

from __future__ import annotations

from miseban.space.help.aids import Aids
from miseban.space.help.bodies import Body
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape
from miseban.space.help.signs import Aid
from tests.space.help.scenes import Actor, along, calls, seen


class Recognises:
    """A detector of wheelchairs that has seen one in each of ``tracks``, as surely as that."""

    def __init__(self, sure: float = 0.9) -> None:
        self.sure = sure
        self.tracks: set[int] = set()

    def aid(self, camera: str, track: int) -> tuple[Aid, float] | None:
        return ("wheelchair", self.sure) if track in self.tracks else None


def told(seen_in: dict[int, set[int]], sure: float = 0.9) -> list[int]:
    """The seconds in which somebody is told of whom three cameras see, and in which of their tracks
    1 to 3 a wheelchair is recognised in each second."""
    objects = Recognises(sure)
    aids = Aids(HelpSettings(), 1.0, objects)
    person, found = Person(1, None, 0.0, 0.0, (5.0, 5.0)), []
    for second in range(max(seen_in) + 1):
        objects.tracks = seen_in.get(second, set())
        person.last_s = float(second)
        bodies = [
            Body(f"c{n}", n, (5.0, 5.0), 1.3, 2.0, 0.5, 200.0, 5, 0.3, True, (0.0, 0.0))
            for n in (1, 2, 3)
        ]
        found += [second for _ in aids.look(float(second), [(person, bodies)])]
    return found


def test_three_seconds_of_an_object_are_enough_and_three_cameras_in_one_are_not() -> None:
    assert told({0: {1, 2, 3}, 1: set()}) == []
    assert told({0: {1}, 4: {2}, 8: {1, 3}}) == [8]
    assert told({0: {1}, 1: {1}, 2: {1}}, sure=0.7) == []


def test_what_was_recognised_long_ago_tells_nothing() -> None:
    assert told({0: {1}, 1: {1}, 200: {1}}) == []


def test_a_slow_walk_shows_before_a_camera_has_seen_many() -> None:
    slow = Actor(along((0, 5, 6), (32, 15, 6)), 0, 32, lambda _: (1.6, 0.47))
    assert [call.kind for call in calls(seen([slow]))] == ["slow_walk"]


def test_who_sits_in_a_wheelchair_is_no_child_before_a_camera_has_seen_many() -> None:
    wanders = along((0, 4, 4), (14, 15, 4), (28, 4, 7), (42, 15, 3), (56, 4, 5))
    assert not calls(seen([Actor(wanders, 0, 56, lambda _: (1.25, 0.8))]))


def slow(broad: list[float]) -> set[str]:
    """What is told of somebody who walks slowly, so broad in each second."""
    aids, person = Aids(HelpSettings(), 1.0), Person(1, None, 0.0, 0.0, (5.0, 5.0))
    told: set[str] = set()
    person.own_m = 1.55
    for second, one in enumerate(broad):
        now_s = person.last_s = float(second)
        person.xy = (5.0 + 0.35 * second, 5.0)
        person.way.append((now_s, *person.xy))
        person.walked_m += 0.35
        person.speeds.append(0.35)
        person.shapes.append(Shape(now_s, person.xy, 1.55, one))
        told |= {sign.kind for sign in aids.look(now_s, [(person, [])])}
    return told


def test_who_may_have_an_aid_that_shows_yet_is_not_told_of_for_walking_slowly() -> None:
    """From before it hardly shows."""
    assert slow([1.0] * 20) == {"slow_walk"}
    assert slow([1.0, 1.15] * 10) == set()
    assert slow([1.0] * 5 + [1.3] + [1.0] * 14) == set()
