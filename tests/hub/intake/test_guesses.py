"""Tills and staff's hands say how facings are likely to look, and are passed over where anything
says otherwise."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.hub.intake.guesses import FRESH, VISITS, Guesses
from miseban.hub.running.box import open_box
from miseban.hub.running.settings import load_settings
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import EVENTS, Event
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.lessons import Lesson, read_lesson
from miseban.vocabulary.shop import Shop, parse_shop

NOW = datetime(2026, 4, 7, 9, tzinfo=UTC)
EGG, MILK = "4901234567894", "40000015"
CAPACITY = 12


SHOP = f"""
[shop]
id = "shop"
timezone = "UTC"
policy = "jp"
[[camera]]
id = "aisle"
source = "usb:0"
resolution = [640, 360]
[[camera]]
id = "door"
source = "usb:1"
resolution = [640, 360]
[[shelf]]
id = "fridge"
camera = "aisle"
tells = ["state"]
[[shelf.facing]]
id = "egg"
gtin = "{EGG}"
polygon = [[40, 80], [90, 80], [90, 130], [40, 130]]
capacity = {CAPACITY}
[[shelf.facing]]
id = "milk"
gtin = "{MILK}"
polygon = [[140, 80], [190, 80], [190, 130], [140, 130]]
capacity = 4
"""


def shop(tells: str = '["state"]', also: str = "") -> Shop:
    return parse_shop(SHOP.replace('["state"]', tells) + also, "shop.toml")


class Told:
    """Events, a second after each other, handed on as soon as they happen."""

    def __init__(self, at: Shop | None = None) -> None:
        self.guesses = Guesses(at or shop())
        self.ids = EventIds(random.Random(3))
        self.now = NOW
        self.found: list[Lesson] = []
        self.take = self.guesses.take

    def put(self, type_: str, *, late: timedelta = timedelta(), **more: Any) -> list[Lesson]:
        self.now += timedelta(seconds=1)
        time = self.now - late
        head = {"id": self.ids.at(time.timestamp()), "time": time, "shop": "shop", "type": type_}
        event: Event = EVENTS.validate_python({"camera": None} | head | more)
        told = self.take([event], self.now)
        self.found += told
        return told

    def state(self, state: str, fill: float, facing: str = "egg") -> list[Lesson]:
        return self.put("shelf.state", shelf="fridge", facing=facing, state=state, fill=fill,
                        confidence=0.9, camera="aisle")  # fmt: skip

    def sold(self, pieces: int, gtin: str = EGG, late: timedelta = timedelta()) -> list[Lesson]:
        line = {"gtin": gtin, "quantity": pieces, "price": 100}
        return self.put("till.receipt", late=late, till="1", receipt=f"{self.now:%H%M%S%f}",
                        currency="JPY", lines=[line], total=100 * pieces)  # fmt: skip

    def hand(self, kind: str, visit: str, times: int = 1) -> list[Lesson]:
        told: list[Lesson] = []
        for _ in range(times):
            told += self.put("shelf.touched", shelf="fridge", facing="egg", kind=kind, visit=visit,
                             confidence=0.9, camera="aisle")  # fmt: skip
        return told

    def labelled(self, visit: str, role: str) -> list[Lesson]:
        return self.put("visit.labelled", visit=visit, role=role, certainty=0.9)


EMPTY = Lesson(shelf="fridge", facing="egg", state="empty", guess=True)
FULL = Lesson(shelf="fridge", facing="egg", state="full", guess=True)


def test_as_many_sold_as_fit_since_it_was_full_is_empty() -> None:
    told = Told()
    assert told.sold(50) == []  # nobody knows when it was full
    told.state("full", 1.0)
    assert [one for _ in range(CAPACITY - 1) for one in told.sold(1)] == []
    assert told.sold(40, MILK) == []
    assert told.sold(1) == [EMPTY]
    assert told.sold(CAPACITY) == []  # until it is full again
    told.put("shelf.confirmed", shelf="fridge", facing="egg", state="full")
    assert told.sold(CAPACITY) == [EMPTY]


@pytest.mark.parametrize(
    "meanwhile", ["filled", "half filled", "other", "staff", "said low", "late"]
)
def test_whatever_was_put_there_meanwhile_ends_the_count(meanwhile: str) -> None:
    told = Told()
    told.state("full", 1.0)
    told.sold(CAPACITY - 1)
    if meanwhile == "filled":
        told.state("full", 1.0)
    elif meanwhile == "half filled":
        told.state("low", 0.2)
        told.state("full", 0.6)
    elif meanwhile == "other":
        told.state("wrong", 1.0)  # what is sold now was not taken from there
    elif meanwhile == "staff":
        told.labelled("c" * 16, "staff")
        told.hand("put_back", "c" * 16, 2)
    elif meanwhile == "said low":
        told.put("shelf.confirmed", shelf="fridge", facing="egg", state="low")
    late = 2 * FRESH if meanwhile == "late" else timedelta()
    assert told.sold(1, late=late) == []


def test_what_staff_put_there_fills_it_and_what_shoppers_put_back_does_not() -> None:
    told = Told()
    assert told.hand("put_back", "a" * 16, 10) == []
    assert told.labelled("a" * 16, "shopper") == []
    assert told.hand("put_back", "b" * 16, 6) == []
    assert told.labelled("b" * 16, "staff") == [FULL]  # it was known only afterwards
    assert told.hand("put_back", "b" * 16, 5) == []
    assert told.hand("put_back", "b" * 16, 1) == [FULL]
    told.hand("put_back", "d" * 16, 8)
    told.now += 2 * FRESH
    assert told.labelled("d" * 16, "staff") == []  # by now it may be half sold
    told.hand("put_back", "e" * 16, 6)
    told.hand("pick_up", "e" * 16, 6)
    assert told.labelled("e" * 16, "staff") == []  # it was tidied


def test_a_product_at_two_places_and_a_shelf_nobody_looks_at_are_not_guessed_of() -> None:
    second = f"""
[[shelf]]
id = "end"
camera = "aisle"
[[shelf.facing]]
id = "egg"
gtin = "{EGG}"
polygon = [[240, 80], [290, 80], [290, 130], [240, 130]]
capacity = 4
"""
    for at in (shop(also=second), shop(tells="[]")):
        told = Told(at)
        told.state("full", 1.0)
        assert told.sold(50) == []


@given(st.lists(st.sampled_from(["full", "sold", "state", "put", "label", "shop"]), max_size=60))
def test_a_guess_of_empty_rests_on_that_many_pieces_since_it_was_full(steps: Sequence[str]) -> None:
    told, sold = Told(), None
    for number, step in enumerate(steps):
        found: list[Lesson] = []
        if step == "full":
            told.state("full", 1.0)
            sold = 0
        elif step == "sold":
            found = told.sold(5)
            sold = None if sold is None else sold + 5
        elif step == "state":
            told.state("low", 0.3)
        elif step in ("put", "shop"):
            told.hand("put_back", f"{number:016x}" if step == "shop" else "a" * 16)
        else:
            told.labelled("a" * 16, "staff")
        for lesson in found:
            assert lesson == EMPTY
            assert sold is not None
            assert sold >= CAPACITY
            sold = None
    assert all(one.guess and not one.reference for one in told.found)


def test_memory_does_not_grow_with_visits() -> None:
    told = Told()
    for number in range(VISITS + 50):
        told.hand("put_back", f"{number:016x}")
    assert len(told.guesses._visits) == VISITS


def test_what_the_tills_send_reaches_the_camera_and_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    settings = load_settings(None, data=tmp_path / "data")
    with open_box(tmp_path / "shop.toml", settings, now=lambda: NOW) as box:
        lessons = box.hub.lessons
        for source in ("aisle", "door"):
            lessons.wait(source, 0.0)  # as their processes ask
        told = Told()
        told.now = NOW - timedelta(seconds=10)

        def keep(events: Sequence[Event], now: datetime) -> list[Lesson]:
            box.hub.journal.append(events)
            return []

        told.take = keep
        told.state("full", 1.0)
        told.sold(CAPACITY)
        (heard,) = [read_lesson(one, "aisle") for one in lessons.wait("aisle", 10.0)]
        assert heard == EMPTY
        assert lessons.wait("door", 0.0) == []
        with closing(JournalReader(box.hub.journal.folder)) as reader:
            kept = sorted(event.type for event in reader.events())
        assert kept == ["shelf.state", "till.receipt"]  # a guess is kept nowhere
