"""Hands at shelves, from the journal to answers: what was kept, bought, and taken instead."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.questions.ratios import share_ends
from miseban.vocabulary.events import EVENTS, Event, ShelfTouched, TillReceipt
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, parse_shop
from tests.insight.questions.shops import kept, konbini, morning, one

DAY = datetime(2026, 4, 7, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)
GTINS = {"a": "2101000010001", "b": "2101000010018", "c": "2101000010025"}


def shelf(second: str = "") -> Shop:
    facings = "".join(
        f'[[shelf.facing]]\nid = "{name}"\ngtin = "{gtin}"\ncapacity = 9\n'
        f"polygon = [[{x}, 0], [{x + 50}, 0], [{x + 50}, 50], [{x}, 50]]\n"
        for x, (name, gtin) in zip((0, 60, 120), GTINS.items(), strict=True)
    )
    return parse_shop(
        f"""
[shop]
id = "small"
timezone = "UTC"
policy = "jp"
[[camera]]
id = "door"
source = "usb:0"
resolution = [640, 360]
[[zone]]
id = "milk"
kind = "area"
camera = "door"
polygon = [[0, 0], [50, 0], [50, 50]]
[[shelf]]
id = "milk"
camera = "door"
{facings}{second}
[[zone]]
id = "queue-1"
kind = "queue"
camera = "door"
polygon = [[100, 0], [150, 0], [150, 50]]
[[zone]]
id = "counter-1"
kind = "counter"
camera = "door"
polygon = [[200, 0], [250, 0], [250, 50]]
[[till]]
id = "till-1"
queue = "queue-1"
service = "counter-1"
""",
        "small.toml",
    )


class Told:
    """Events of a day, minute by minute."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._ids = EventIds(random.Random(1))

    def add(self, minute: float, type_: str, **fields: Any) -> None:
        time = DAY + timedelta(minutes=minute)
        head = {"id": self._ids.at(time.timestamp()), "time": time, "shop": "small"}
        self.events.append(EVENTS.validate_python({"type": type_, **head, **fields}))

    def day(self) -> list[Event]:
        """All of it, and that it is over."""
        self.add(1500, "line.crossed", line="x", direction="in", visit="0" * 16)
        return self.events

    def hand(self, minute: float, visit: int, kind: str, facing: str = "a") -> None:
        self.add(minute, "shelf.touched", shelf="milk", facing=facing, kind=kind,
                 visit=f"{visit:016x}", confidence=1.0)  # fmt: skip

    def state(self, minute: float, state: str, facing: str = "a") -> None:
        self.add(minute, "shelf.state", shelf="milk", facing=facing, state=state,
                 fill=float(state == "full"), confidence=1.0)  # fmt: skip

    def sale(self, minute: float, *facings: str) -> None:
        lines = [{"gtin": GTINS.get(one, one), "quantity": 1, "price": 100} for one in facings]
        self.add(minute, "till.receipt", till="till-1", receipt=f"{minute}", currency="JPY",
                 lines=lines, total=100 * len(lines))  # fmt: skip


def test_from_touching_to_buying(tmp_path: Path) -> None:
    told = Told()
    for visit in range(24):  # all touch a, 18 pick up, 6 put back, two of them only one of two
        told.hand(visit, visit, "reach")
        if visit < 18:
            told.hand(visit + 0.1, visit, "pick_up")
        if visit in (0, 1):
            told.hand(visit + 0.2, visit, "pick_up")
        if visit < 6:
            told.hand(visit + 0.3, visit, "put_back")
        if 6 <= visit < 15:
            told.sale(visit + 0.5, "a", "a")
    told.hand(30, 99, "put_back", "b")  # kept nothing of b: it was never picked up there
    told.sale(40, "2101000090009")
    place = kept(tmp_path, shelf(), told.day())
    answer = place.ask("funnel", DAY, NEXT)
    found = {name: one(answer, name, "milk/a") for name in answer.measures}
    assert {name: found[name] for name in ("touched", "picked", "kept_by", "kept")} == {
        "touched": 24, "picked": 18, "kept_by": 14, "kept": 14,
    }  # fmt: skip
    assert (found["bought"], found["bought_by"]) == (18, 9)
    assert found["pick_rate"] == pytest.approx(18 / 24)
    assert found["put_back_rate"] == pytest.approx(6 / 20)
    assert found["not_bought_rate"] == pytest.approx(15 / 24)
    measure = answer.measures["not_bought_rate"]
    assert measure.low is not None
    assert measure.high is not None
    assert (measure.low[0], measure.high[0]) == pytest.approx((0.4059, 0.8120), abs=1e-3)
    assert one(answer, "kept", "milk/b") is None or one(answer, "kept", "milk/b") == 0
    assert one(answer, "not_bought_rate", "milk/b") is None  # of too few people
    whole = place.ask("funnel", DAY, NEXT, of="shelf")
    assert whole.place == ["milk"]
    assert one(whole, "touched", "milk") == 24  # of b too few are told of
    assert one(whole, "touch_rate", "milk") is None
    assert one(whole, "kept", "milk") == 14
    assert one(whole, "bought", "milk") == 18


def test_who_faced_a_facing_stood_before_it_or_touched_it(tmp_path: Path) -> None:
    """Twelve stand before it, one of them twice, and four of these and three others touch it; a
    clerk stands there too."""
    shop, ids, events = konbini(), EventIds(random.Random(1)), []

    def add(minute: float, type_: str, **more: Any) -> None:
        time = DAY + timedelta(minutes=minute)
        head = {"id": ids.at(time.timestamp()), "time": time, "shop": "konbini", "type": type_}
        events.append(EVENTS.validate_python(head | more))

    for visit in [*range(12), 3, 50]:
        place = {"shelf": "drinks", "facing": "cola", "visit": f"{visit:016x}"}
        add(30 + visit, "shelf.faced", **place, dwell_s=6.0)
    for visit in (0, 1, 2, 3, 20, 21, 22):
        place = {"shelf": "drinks", "facing": "cola", "visit": f"{visit:016x}"}
        add(31 + visit, "shelf.touched", **place, kind="reach", confidence=1.0)
    add(90, "visit.labelled", visit=f"{50:016x}", role="staff", certainty=1.0)
    add(1500, "line.crossed", line="entrance", direction="in", visit="0" * 16)
    found = kept(tmp_path / "a", shop, events).ask("funnel", DAY, NEXT)
    assert one(found, "faced", "drinks/cola") == 15
    assert one(found, "touched", "drinks/cola") == 7
    unknown = shop.model_copy(update={"fixtures": ()})  # nobody knows where its shelves are
    found = kept(tmp_path / "b", unknown, events).ask("funnel", DAY, NEXT)
    assert one(found, "faced", "drinks/cola") is None
    without = [event for event in events if event.type != "shelf.faced"]
    found = kept(tmp_path / "c", shop, without).ask("funnel", DAY, NEXT)
    assert one(found, "faced", "drinks/cola") is None


def test_who_passed_a_shelf_was_in_the_zone_that_it_names(tmp_path: Path) -> None:
    told = Told()
    for visit in range(40):  # a quarter stays for long enough to have stopped
        stays_s = 12.0 if visit % 4 == 0 else 2.0
        stay = {"zone": "counter-1", "visit": f"{visit:016x}"}
        told.add(visit, "zone.entered", **stay)
        told.add(visit + stays_s / 60, "zone.left", **stay, dwell_s=stays_s, stitched=1)
    shop = shelf()
    named = [one.model_copy(update={"zone": "counter-1"}) for one in shop.shelves]
    events = told.day()
    found = {}
    for name, shelves in (("own id", shop.shelves), ("named", tuple(named))):
        place = kept(tmp_path / name, shop.model_copy(update={"shelves": shelves}), events)
        found[name] = place.ask("funnel", DAY, NEXT)
    assert one(found["named"], "passed", "milk/a") == 40
    assert one(found["named"], "stopped", "milk/a") == 10
    assert one(found["own id"], "passed", "milk/a") == 0


def test_fewer_than_k_keep_nothing_to_themselves(tmp_path: Path) -> None:
    told = Told()
    for visit in range(9):
        told.hand(visit, visit, "pick_up")
        if visit >= 4:
            told.hand(visit + 0.1, visit, "put_back")
    place = kept(tmp_path, shelf(), told.day())
    answer = place.ask("funnel", DAY, NEXT)
    assert one(answer, "picked", "milk/a") == 9
    assert one(answer, "kept_by", "milk/a") is None  # four
    assert one(answer, "kept", "milk/a") is None
    assert answer.notes


def test_without_receipts_nothing_is_known_to_be_bought(tmp_path: Path) -> None:
    told = Told()
    for visit in range(30):
        told.hand(visit, visit, "pick_up")
    answer = kept(tmp_path, shelf(), told.day()).ask("funnel", DAY, NEXT)
    for measure in ("bought", "bought_by", "not_bought_rate"):
        assert one(answer, measure, "milk/a") is None
    assert one(answer, "kept", "milk/a") == 30


def test_what_stands_at_two_places_says_nothing_of_one(tmp_path: Path) -> None:
    second = f"""
[[shelf]]
id = "island"
camera = "door"
[[shelf.facing]]
id = "a2"
gtin = "{GTINS["a"]}"
capacity = 3
polygon = [[300, 0], [350, 0], [350, 50], [300, 50]]
"""
    told = Told()
    for visit in range(30):
        told.hand(visit, visit, "pick_up")
        told.sale(visit + 0.5, "a")
    place = kept(tmp_path, shelf(second), told.day())
    answer = place.ask("funnel", DAY, NEXT)
    assert one(answer, "bought", "milk/a") == one(answer, "bought", "island/a2") == 30
    assert one(answer, "not_bought_rate", "milk/a") is None
    assert one(place.ask("funnel", DAY, NEXT, of="shelf"), "bought", "milk") is None


def test_what_is_taken_while_a_facing_is_empty(tmp_path: Path) -> None:
    """While a is empty, for an hour, 12 of 20 at the shelf take b; else 10 of 100, all day."""
    told = Told()
    told.state(0, "full")
    told.state(300, "empty")
    told.state(360, "full")
    for visit in range(120):
        minute = 301 + visit * 2 if visit < 20 else (visit - 20) * 2.9
        told.hand(minute, visit, "reach", "a" if visit % 2 else "c")
        if visit < 12 or (visit >= 20 and visit % 10 == 0):
            told.hand(minute + 0.1, visit, "pick_up", "b")
        elif visit >= 20 and visit % 5 == 0:
            told.hand(minute + 0.1, visit, "pick_up", "c")
    place = kept(tmp_path, shelf(), told.day())
    answer = place.ask("instead", DAY, NEXT)
    assert set(answer.place) == {"milk/a"}
    assert answer.detail[:2] == ["", "milk/b"]
    assert one(answer, "people", "milk/a") == 20
    assert one(answer, "people", "milk/a", "milk/b") == 12
    assert one(answer, "share", "milk/a", "milk/b") == pytest.approx(0.6)
    assert one(answer, "empty_min", "milk/a") == 60
    ratio = answer.measures["pick_ratio"]
    assert ratio.low is not None
    assert ratio.values[1] is not None
    assert ratio.low[1] is not None
    assert ratio.values[1] == pytest.approx(12 / (10 / 23))  # in one hour, and in the other 23
    assert ratio.low[1] > 3


def test_simulated_hands_come_out_as_they_were(tmp_path: Path) -> None:
    """Two hours of the konbini: what is told is what happened, of those facings of which all is
    told; and what is not told is of too few."""
    start, events = morning()
    over = events[-1].model_copy(update={"id": "over", "time": start + timedelta(days=2)})
    place = kept(tmp_path, konbini(), [*events, over])
    answer = place.ask("funnel", start, start + timedelta(hours=2))
    net: dict[tuple[str, str], int] = defaultdict(int)
    touched: dict[str, set[str]] = defaultdict(set)
    sold: Counter[str] = Counter()
    for event in events:
        if isinstance(event, ShelfTouched) and event.visit is not None:
            facing = f"{event.shelf}/{event.facing}"
            touched[facing].add(event.visit)
            net[facing, event.visit] += {"pick_up": 1, "put_back": -1}.get(event.kind, 0)
        elif isinstance(event, TillReceipt):
            for line in event.lines:
                sold[line.gtin] += line.quantity
    gtin = {f"{s.id}/{f.id}": f.gtin for s in konbini().shelves for f in s.facings}
    pieces: Counter[str] = Counter()
    keepers: Counter[str] = Counter()
    for (facing, _), n in net.items():
        pieces[facing] += max(n, 0)
        keepers[facing] += n > 0
    told = 0
    for facing in answer.place:
        assert one(answer, "bought", facing) == sold[gtin[facing]]
        by = one(answer, "kept_by", facing)
        if by is None or by != keepers[facing]:
            assert by is None or by <= keepers[facing]
            continue
        told += by > 0
        assert one(answer, "kept", facing) == pieces[facing]
        assert one(answer, "touched", facing) in (len(touched[facing]), None)
    assert told >= 3


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_ends_of_a_share_hold_it(some: int, of: int) -> None:
    low, high = share_ends(np.array([some]), np.array([of]))
    if of == 0 or some > of:
        assert np.isnan(low[0])
        assert np.isnan(high[0])
        return
    assert 0 <= low[0] <= some / of <= high[0] <= 1


def test_the_ends_of_a_share_hold_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    some = rng.binomial(30, 0.3, 2000)
    low, high = share_ends(some, np.full(2000, 30))
    assert ((low <= 0.3) & (high >= 0.3)).mean() >= 0.95


def test_what_was_sold_and_what_of_it_stands_nowhere(tmp_path: Path) -> None:
    told = Told()
    for n in range(6):
        told.sale(n, "a", "a", "2101000090009")
    told.sale(7, "b")
    place = kept(tmp_path, shelf(), told.day())
    answer = place.ask("sold", DAY, NEXT)
    assert answer.place == [GTINS["a"], "2101000090009", GTINS["b"], GTINS["c"]]
    assert answer.detail == ["milk/a", "", "milk/b", "milk/c"]
    assert answer.measures["pieces"].values == [12, 6, 1, 0]
    assert answer.measures["share"].values[:2] == pytest.approx([6 / 7, 6 / 7], abs=1e-4)
    review = place.ask("sold", DAY, NEXT, unplaced=True)
    assert review.place == ["2101000090009"]
    nothing = kept(tmp_path / "other", shelf(), Told().day()).ask("sold", DAY, NEXT)
    assert nothing.place == []
