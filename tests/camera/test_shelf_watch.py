"""From pictures of a shelf to what is told of it: light, bumps and people change nothing."""

from __future__ import annotations

import copy
import pickle
import random
from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.camera.shelf_watch import HELD_S, ShelfWatch, open_shelves
from miseban.space.shelf.weights import NAMES
from miseban.vision.shelf import FEATURES, ShelfEye
from miseban.vision.shelf.grid import quad_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import ShelfState
from miseban.vocabulary.lessons import Lesson, Taught
from miseban.vocabulary.shop import parse_shop
from tests.camera.shelf_pictures import HEIGHT, NOBODY, START, WIDTH, frame, picture, shop


class Watched:
    """A camera at its shelf, second by second."""

    def __init__(self) -> None:
        self.watch = ShelfWatch(shop(), "c", WIDTH, HEIGHT, START, rng=random.Random(1))
        self.seconds = count()
        self.told: list[ShelfState] = []

    def look(
        self, pieces: dict[str, int], seconds: int, *, light: float = 1.0, moved: int = 0,
        people: NDArray[np.float64] = NOBODY, person: bool = False, others: str = "",
    ) -> list[ShelfState]:  # fmt: skip
        news = []
        for _ in range(seconds):
            now = next(self.seconds)
            bgr = picture(pieces, light=light, moved=moved, seed=now, others=others)
            if person:
                bgr[20:, 110:200] = (40, 120, 60)
            news += self.watch.offer(frame(float(now), bgr), people)
        self.told += [event for event in news if isinstance(event, ShelfState)]
        return [event for event in news if isinstance(event, ShelfState)]

    def states(self) -> dict[str, str]:
        return {event.facing: event.state for event in self.told}


@pytest.fixture
def wall() -> Watched:
    watched = Watched()
    watched.look({}, 20)
    assert set(watched.states().values()) == {"full"}
    return watched


def test_an_emptied_facing_is_told_and_no_other(wall: Watched) -> None:
    news = wall.look({"b": 0}, 30)
    assert {event.facing for event in news} == {"b"}
    assert news[-1].state == "empty"
    assert (news[-1].time - START).total_seconds() <= 40
    assert wall.look({}, 30)[-1].state == "full"


def test_other_goods_are_told_and_staff_may_say_that_they_are_right(wall: Watched) -> None:
    news = wall.look({"c": 5}, 150, others="be")
    assert {(one.facing, one.state) for one in news if one.state == "wrong"} == {
        ("b", "wrong"), ("e", "wrong"),
    }  # fmt: skip
    assert wall.states()["c"] == "full"
    wall.look({}, 150, light=0.6, others="be")
    assert {n for n, state in wall.states().items() if state == "wrong"} == {"b", "e"}
    assert wall.watch.confirm(Lesson(shelf="wall", facing="b", state="full"))
    wall.look({}, 150, others="be")
    assert {n for n, state in wall.states().items() if state == "wrong"} == {"e"}
    wall.look({}, 150, others="b")
    assert set(wall.states().values()) == {"full"}
    wall.look({}, 150)
    assert {n for n, state in wall.states().items() if state == "wrong"} == {"b"}


def test_other_goods_of_a_guess_stay_other_and_teach_nothing(wall: Watched) -> None:
    wall.look({}, 150, others="b")
    assert wall.watch.confirm(Lesson(shelf="wall", facing="b", state="full", guess=True))
    wall.look({}, 30, others="b")
    assert wall.states()["b"] == "wrong"
    learner = wall.watch._space._facings[wall.watch._number["wall", "b"]].learner
    assert not learner._guesses


BEFORE_B = np.array([[100.0, 20.0, 210.0, 180.0]])


@pytest.mark.parametrize("before_s", [5, 20, 45])
def test_who_says_that_other_goods_are_right_may_stand_before_them(
    wall: Watched, before_s: int
) -> None:
    wall.look({}, 150, others="b")
    wall.look({}, before_s, others="b", people=BEFORE_B, person=True)
    assert wall.watch.confirm(Lesson(shelf="wall", facing="b", state="full"))
    wall.look({}, 20, others="b", people=BEFORE_B, person=True)
    wall.look({}, 10, others="b", people=np.array([[120.0, 20.0, 150.0, 180.0]]))  # half of it
    wall.look({}, 200, others="b")
    assert wall.states()["b"] == "full"


def test_new_goods_that_staff_say_are_right_at_once_are_never_told(wall: Watched) -> None:
    wall.look({}, 8, others="b")
    assert wall.watch.confirm(Lesson(shelf="wall", facing="b", state="full"))
    wall.look({}, 200, others="b")
    assert {one.state for one in wall.told if one.facing == "b"} == {"full"}


def test_light_that_goes_and_comes_changes_nothing(wall: Watched) -> None:
    for light in (0.8, 0.6, 0.45, 0.7, 1.1):
        wall.look({}, 15, light=light)
    assert set(wall.states().values()) == {"full"}


def test_a_bumped_camera_finds_its_shelf_again(wall: Watched) -> None:
    wall.look({}, 40, moved=7)
    assert set(wall.states().values()) == {"full"}
    wall.look({"e": 0}, 30, moved=7)
    assert {name for name, state in wall.states().items() if state == "empty"} == {"e"}


def test_whoever_stands_before_it_is_not_goods_that_went(wall: Watched) -> None:
    box = np.array([[110.0, 20.0, 200.0, 180.0]])
    assert wall.look({}, 20, people=box, person=True) == []
    news = wall.look({}, 60, people=box, person=True)
    assert {(event.facing, event.state) for event in news} <= {("b", "blocked"), ("e", "blocked")}
    assert len(news) == 2


@pytest.mark.parametrize("clothes", [(205, 205, 205), (70, 40, 30)])  # the first as the board
def test_the_last_piece_is_still_there_when_somebody_stands_before_it(
    wall: Watched, clothes: tuple[int, int, int]
) -> None:
    wall.look({"b": 1}, 30)
    assert wall.states()["b"] == "low"
    box = np.array([[112.0, 20.0, 129.0, 180.0]])
    for _ in range(40):
        now = next(wall.seconds)
        bgr = picture({"b": 1}, seed=now)
        bgr[20:, 112:130] = clothes
        wall.told += [
            event
            for event in wall.watch.offer(frame(float(now), bgr), box)
            if isinstance(event, ShelfState)
        ]
    assert wall.states()["b"] != "empty"


def test_whether_the_last_piece_is_there_nobody_knows_while_somebody_stands_before_it(
    wall: Watched,
) -> None:
    """All that is seen is bare, and who stands there may have taken what is not."""
    wall.look({"b": 1, "e": 4}, 30)
    before = {"b": "low", "e": wall.states()["e"]}
    told = len(wall.told)
    for _ in range(80):
        now = next(wall.seconds)
        bgr = picture({"b": 0, "e": 4}, seed=now)
        bgr[20:, 104:132] = (70, 40, 30)
        box = np.array([[106.0, 20.0, 130.0, 180.0]])
        wall.told += [
            one
            for one in wall.watch.offer(frame(float(now), bgr), box)
            if isinstance(one, ShelfState)
        ]
    news = [(one.facing, one.state) for one in wall.told[told:] if one.facing in before]
    assert news == [("b", "blocked")]  # of the other, three pieces are in view
    assert wall.look({"b": 0, "e": 4}, 20)[-1].state == "empty"


def test_a_piece_that_went_is_seen_beside_somebody_whose_box_is_wider_than_the_body(
    wall: Watched,
) -> None:
    wall.look({"b": 1}, 30)
    assert wall.states()["b"] == "low"
    box = np.array([[100.0, 20.0, 129.0, 180.0]])  # bare board is seen in its right part
    assert [(e.facing, e.state) for e in wall.look({"b": 0}, 30, people=box)] == [("b", "empty")]


def test_somebody_whom_no_detector_finds_empties_nothing(wall: Watched) -> None:
    wall.look({}, 50, person=True)
    assert "empty" not in wall.states().values()


def test_who_stood_there_at_first_and_was_not_found_blocks_nothing_for_long() -> None:
    watched = Watched()
    watched.look({}, 10, person=True)
    watched.look({}, 60)
    assert {watched.states()[name] for name in "be"} <= {"full", "low"}
    watched.look({"b": 0}, 40)
    assert watched.states()["b"] == "empty"


def test_what_staff_say_teaches_by_the_next_clear_look(wall: Watched) -> None:
    box = np.array([[110.0, 20.0, 200.0, 180.0]])
    wall.look({"b": 0}, 3, people=box, person=True)
    # Whoever says so stands before it; how it looked before must not be learned from.
    assert wall.watch.confirm(Lesson(shelf="wall", facing="b", state="empty"))
    wall.look({"b": 0}, 10, people=box, person=True)
    assert wall.watch.learned("wall", "b") == 0
    news = wall.look({"b": 0}, 15)
    assert wall.watch.learned("wall", "b") == 1
    assert [(event.facing, event.state) for event in news][-1] == ("b", "empty")
    assert not wall.watch.confirm(Lesson(shelf="wall", facing="bb", state="low"))


def test_what_could_not_be_seen_for_a_minute_is_not_learned(wall: Watched) -> None:
    box = np.array([[110.0, 20.0, 200.0, 180.0]])
    wall.watch.confirm(Lesson(shelf="wall", facing="e", state="low"))
    wall.look({}, int(HELD_S) + 3, people=box, person=True)
    wall.look({}, 5)
    assert wall.watch.learned("wall", "e") == 0
    wall.watch.confirm(Lesson(shelf="wall", facing="e", state="full"))
    wall.look({}, 3)
    assert wall.watch.learned("wall", "e") == 1


def test_said_to_be_empty_once_it_is_known_how_empty_looks() -> None:
    """Goods like the board behind them: before anybody said so, empty looks like low."""
    told = []
    for lessons in (False, True):
        watched = Watched()
        watched.look({}, 20)
        for _ in range(2):
            watched.look({"b": 0}, 6)
            if lessons:
                watched.watch.confirm(Lesson(shelf="wall", facing="b", state="empty"))
            watched.look({"b": 0}, 6)
            watched.look({}, 15)
        before = len(watched.told)
        watched.look({"b": 0}, 12)
        news = [e for e in watched.told[before:] if e.facing == "b" and e.state == "empty"]
        told.append(news[0].confidence if news else 0.0)
    assert told[1] >= told[0]
    assert told[1] > 0.9


def test_references_of_the_installer_are_right_at_once() -> None:
    """The camera first sees a wall half sold, and takes it for full. Then it is filled."""
    told = []
    for said in (False, True):
        watched = Watched()
        watched.look({"b": 3, "d": 0}, 20)
        watched.look({"d": 0}, 5)
        for name in "abcef" if said else ():
            watched.watch.confirm(Lesson(shelf="wall", facing=name, state="full", reference=True))
        if said:
            watched.watch.confirm(Lesson(shelf="wall", facing="d", state="empty", reference=True))
        watched.look({"d": 0}, 5)
        assert watched.watch.learned("wall", "b") == 0  # nothing of it is a lesson
        watched.look({"b": 2, "d": 0}, 30)
        told.append(watched.states())
    assert told[1]["b"] == "low"
    assert told[1]["d"] == "empty"
    assert told[0] != told[1]


def test_a_guess_teaches_a_little_and_never_after_staff_spoke(wall: Watched) -> None:
    def hear(state: Taught, *, guess: bool) -> int:
        assert wall.watch.confirm(Lesson(shelf="wall", facing="b", state=state, guess=guess))
        wall.look({}, 3)
        return len(wall.watch._space._facings[1].learner._guesses)

    assert hear("empty", guess=True) == 1
    assert wall.watch.learned("wall", "b") == 0
    assert set(wall.states().values()) == {"full"}  # nobody saw it empty, and nobody said so
    assert hear("full", guess=False) == 1
    assert wall.watch.learned("wall", "b") == 1
    assert hear("empty", guess=True) == 1  # staff have just looked
    box = np.array([[110.0, 20.0, 200.0, 180.0]])
    wall.watch.confirm(Lesson(shelf="wall", facing="e", state="empty", guess=True))
    wall.watch.confirm(Lesson(shelf="wall", facing="e", state="full"))
    wall.look({}, 5, people=box, person=True)
    wall.watch.confirm(Lesson(shelf="wall", facing="e", state="empty", guess=True))
    wall.look({}, 5)
    assert wall.watch.learned("wall", "e") == 1


def test_what_an_eye_remembers_cannot_leave(wall: Watched) -> None:
    eye = ShelfEye(shop().shelves[0].facings, WIDTH, HEIGHT)
    eye.look(frame(0.0, picture({})), NOBODY)
    for way in (pickle.dumps, copy.copy, copy.deepcopy, np.asarray):
        with pytest.raises(TypeError):
            way(eye)
    assert repr(eye) == "<ShelfEye>"


def test_only_a_shelf_that_is_to_be_told_of_is_watched() -> None:
    assert open_shelves(shop(), "c", WIDTH, HEIGHT, START) is not None
    (shelf,) = shop().shelves
    for shelves in ((), (shelf.model_copy(update={"tells": ("touches",)}),)):
        other = shop().model_copy(update={"shelves": shelves})
        assert open_shelves(other, "c", WIDTH, HEIGHT, START) is None


def test_facings_drawn_over_each_other_are_refused() -> None:
    first = "polygon = [[40, 40], [110, 40], [110, 72], [40, 72]]"
    text = f"""
[shop]
id = "wall"
timezone = "Europe/Berlin"
policy = "strict"
[[camera]]
id = "c"
source = "wall.mp4"
resolution = [320, 180]
[[shelf]]
id = "wall"
camera = "c"
[[shelf.facing]]
id = "tea"
gtin = "40000015"
{first}
capacity = 7
[[shelf.facing]]
id = "milk"
gtin = "40000022"
{first.replace("[40,", "[50,")}
capacity = 7
"""
    with pytest.raises(BadInput, match='"milk" over "tea"'):
        parse_shop(text, "wall.toml")


@pytest.mark.parametrize("turn", range(4))
def test_a_facing_stands_upright_wherever_its_outline_begins(turn: int) -> None:
    corners = [
        (342.7, 201.4),
        (312.8, 263.7),
        (315.2, 282.6),
        (343.8, 218.2),
    ]  # seen along an aisle
    for way in (1, -1):
        found = quad_of((corners[turn:] + corners[:turn])[::way]).corners
        assert found.tolist() == [[312.8, 263.7], [342.7, 201.4], [343.8, 218.2], [315.2, 282.6]]


def test_the_weights_are_those_of_the_features() -> None:
    assert NAMES == FEATURES
