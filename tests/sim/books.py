"""Goes through a ledger change by change and holds it against double entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from miseban.sim.world.goods import Goods
from miseban.sim.world.people import Person
from miseban.sim.world.records import Change


@dataclass
class Book:
    """Where the pieces of one facing are."""

    shelf: int
    back: int
    capacity: int
    came: int
    hands: Counter[int] = field(default_factory=Counter)
    staff: int = 0
    gone: int = 0

    def enter(self, change: Change) -> None:
        n, group = change.count, change.group
        assert n >= 1
        match change.what:
            case "take":
                assert group is not None
                self.shelf, self.hands[group] = self.shelf - n, self.hands[group] + n
            case "put_back":
                assert group is not None
                self.shelf, self.hands[group] = self.shelf + n, self.hands[group] - n
            case "sold" | "stolen":
                assert group is not None
                self.hands[group], self.gone = self.hands[group] - n, self.gone + n
            case "delivered":
                self.back, self.came = self.back + n, self.came + n
            case "fetched":
                self.back, self.staff = self.back - n, self.staff + n
            case "refilled":
                self.staff, self.shelf = self.staff - n, self.shelf + n
            case "returned":
                self.staff, self.back = self.staff - n, self.back + n
            case "touch" | "keep" | "lost" | "substituted" | "told":
                pass
        assert (change.pieces_after, change.back_room_after) == (self.shelf, self.back)
        assert 0 <= self.shelf <= self.capacity
        assert min(self.back, self.staff, *self.hands.values(), 0) == 0
        here = self.shelf + self.back + self.staff + self.hands.total()
        assert self.came == here + self.gone


def audit(goods: Goods) -> dict[str, Book]:
    """Every change in turn; the pieces add up after each, and times never go back."""
    books = {
        key: Book(
            goods.on_shelf_at_start[key],
            goods.in_back_at_start[key],
            place.capacity,
            goods.on_shelf_at_start[key] + goods.in_back_at_start[key],
        )
        for key, place in goods.places.items()
    }
    last_s = 0.0
    for change in goods.changes:
        assert change.time_s >= last_s
        last_s = change.time_s
        books[change.key].enter(change)
    for key, book in books.items():
        assert (book.shelf, book.back) == (goods.pieces(key), goods.back_room(key))
        assert book.staff == goods.with_staff(key)
    return books


def person(number: int) -> Person:
    """Somebody who comes alone."""
    return Person(number, "single", number, False, False, 1.2, 1.7, "", 0)


def restock(goods: Goods, now_s: float) -> int:
    """Somebody fills all that wants filling at once; how many pieces that were."""
    filled = 0
    for key in goods.to_fill():
        count = goods.fetch(key, goods.room(key), now_s)
        goods.refill(key, count, person(0), now_s)
        filled += count
    return filled
