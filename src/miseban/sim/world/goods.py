"""The ledger of goods: where every piece is, and each change of that, in order.

Start and deliveries are, at every instant, what was sold and stolen, stands on the shelves, lies
in the back room, and is in the hands of shoppers and of staff.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from miseban.sim.scenario import Facing
from miseban.sim.scenario import Goods as Terms
from miseban.sim.world.clockwork import Clockwork
from miseban.sim.world.people import Group, Person
from miseban.sim.world.places import Place
from miseban.sim.world.records import Change, Receipt, Sale, What


@dataclass(slots=True)
class _Stock:
    shelf: int
    back: int
    empty_since_s: float | None = None
    looked_at: int = 0  # pieces in the hand of shoppers who may still put them back
    staff: int = 0
    told: bool = False


class Goods:
    """All goods of the shop; nothing to sell where the scenario has no ``[[facing]]``.

    ``places`` are the facings by key. Moments never lie before an earlier call's. ``remember``
    False keeps no ``changes`` and ``receipts``, for a shop that runs for days. ``on_told(key,
    time_s)``, if set, is called when staff are told of a facing.
    """

    def __init__(
        self,
        places: dict[str, Place],
        facings: tuple[Facing, ...],
        terms: Terms,
        clock: Clockwork,
        *,
        remember: bool = True,
    ) -> None:
        self.places, self.terms, self.remember = places, terms, remember
        self.changes: list[Change] = []
        self.receipts: list[Receipt] = []
        self.on_shelf_at_start: dict[str, int] = {}
        self.in_back_at_start: dict[str, int] = {}
        self.on_told: Callable[[str, float], None] | None = None
        self._clock = clock
        self._facings = {facing.key: facing for facing in facings}
        self._stock: dict[str, _Stock] = {}
        self._looked_at: Counter[tuple[int, str]] = Counter()  # by person
        self._baskets: dict[int, Counter[str]] = {}
        self._hidden: dict[int, Counter[str]] = {}
        self._numbers: Counter[str] = Counter()
        for key, facing in self._facings.items():
            on_shelf = places[key].capacity if facing.stock is None else facing.stock
            self._stock[key] = _Stock(on_shelf, facing.back_room)
            self.on_shelf_at_start[key] = on_shelf
            self.in_back_at_start[key] = facing.back_room
            self._watch(key, 0.0)

    def pieces(self, key: str) -> int:
        """How many stand at the facing now."""
        return self._stock[key].shelf

    def back_room(self, key: str) -> int:
        """How many lie in the back room now."""
        return self._stock[key].back

    def with_staff(self, key: str) -> int:
        """How many are on their way from the back room to the shelf."""
        return self._stock[key].staff

    def fill(self, key: str) -> float:
        """The part of the facing's capacity that is there, 0 to 1."""
        return self._stock[key].shelf / self.places[key].capacity

    def in_basket(self, group: int) -> int:
        """Pieces that the group has kept and means to pay."""
        return sum(self._baskets.get(group, Counter()).values())

    def take(self, key: str, person: Person, now_s: float) -> bool:
        """A shopper picks a piece up; False when there is none, and nothing happens."""
        stock = self._stock[key]
        if not stock.shelf:
            return False
        stock.shelf -= 1
        stock.looked_at += 1
        self._looked_at[person.id, key] += 1
        self._note(now_s, key, "take", person)
        self._watch(key, now_s)
        return True

    def put_back(self, key: str, person: Person, now_s: float) -> None:
        """A piece from the hand goes back where it was taken."""
        self._let_go(key, person)
        self._stock[key].shelf += 1
        self._stock[key].empty_since_s = None
        self._note(now_s, key, "put_back", person)

    def keep(self, key: str, person: Person, now_s: float, *, hidden: bool = False) -> None:
        """A piece goes from the hand into the basket that the group shares, or where nobody
        at the till will see it."""
        self._let_go(key, person)
        bags = self._hidden if hidden else self._baskets
        bags.setdefault(person.group, Counter())[key] += 1
        self._note(now_s, key, "keep", person)

    def touch(self, key: str, person: Person, now_s: float) -> None:
        """A hand is at the goods and takes nothing."""
        self._note(now_s, key, "touch", person)

    def miss(self, key: str, person: Person, now_s: float, substitute: str | None) -> None:
        """A piece was wanted and there was none: a lost sale, or another facing's."""
        self._note(now_s, key, "substituted" if substitute else "lost", person, instead=substitute)

    def pay(self, group: Group, till: str, now_s: float) -> None:
        """Everything in the group's basket becomes a receipt; none for an empty one."""
        basket = self._baskets.pop(group.number, None)
        if not basket:
            return
        payer = group.members[0]
        lines = []
        for key, count in sorted(basket.items()):
            place = self.places[key]
            lines.append(Sale(key, place.gtin, count, place.price))
            self._note(now_s, key, "sold", payer, count)
        self._numbers[till] += 1
        if self.remember:
            self.receipts.append(
                Receipt(now_s, till, self._numbers[till], group.number, payer.id, tuple(lines))
            )

    def steal(self, group: Group, now_s: float) -> None:
        """The group is gone with whatever it has not paid."""
        for bags in (self._baskets, self._hidden):
            for key, count in sorted(bags.pop(group.number, Counter()).items()):
                self._note(now_s, key, "stolen", group.members[0], count)

    def deliver(self, now_s: float) -> None:
        """Each facing's delivery comes into the back room."""
        for key, facing in self._facings.items():
            if facing.delivery:
                self._stock[key].back += facing.delivery
                self._note(now_s, key, "delivered", None, facing.delivery)

    def fetch(self, key: str, pieces: int, now_s: float) -> int:
        """Staff take up to ``pieces`` from the back room; returns how many there were."""
        stock = self._stock[key]
        count = max(0, min(pieces, stock.back))
        stock.back -= count
        stock.staff += count
        if count:
            self._note(now_s, key, "fetched", None, count)
        return count

    def refill(self, key: str, pieces: int, person: Person, now_s: float) -> None:
        """Staff put ``pieces`` that they fetched on the shelf. What has no room there, beside what
        shoppers may still put back, returns to the back room."""
        stock = self._stock[key]
        count = max(0, min(pieces, stock.staff))
        fits = min(count, self.places[key].capacity - stock.shelf - stock.looked_at)
        stock.staff -= count
        stock.shelf += fits
        stock.told = False
        if fits:
            stock.empty_since_s = None
            self._note(now_s, key, "refilled", person, fits)
        if count > fits:
            stock.back += count - fits
            self._note(now_s, key, "returned", person, count - fits)

    def room(self, key: str) -> int:
        """How many pieces staff could put on the shelf now, besides those on their way."""
        stock = self._stock[key]
        return max(0, self.places[key].capacity - stock.shelf - stock.looked_at - stock.staff)

    def to_fill(self) -> list[str]:
        """Facings that staff know to be empty or that have ``refill_at`` pieces or fewer, with
        pieces in the back room and room on the shelf: those told about first, then the emptiest."""
        urgent = []
        for key, stock in self._stock.items():
            low = stock.shelf + stock.staff <= self._facings[key].refill_at
            if (stock.told or low) and stock.back and self.room(key):
                urgent.append((not stock.told, self.fill(key), key))
        return [key for _, _, key in sorted(urgent)]

    def tell(self, key: str, now_s: float) -> None:
        """Somebody tells staff that a facing wants filling."""
        stock = self._stock[key]
        if not stock.told:
            stock.told = True
            self._note(now_s, key, "told", None)
            if self.on_told is not None:
                self.on_told(key, now_s)

    def _let_go(self, key: str, person: Person) -> None:
        if not self._looked_at[person.id, key]:
            raise ValueError(f"person {person.id} has no piece of {key} in the hand")
        self._looked_at[person.id, key] -= 1
        if not self._looked_at[person.id, key]:
            del self._looked_at[person.id, key]
        self._stock[key].looked_at -= 1

    def _watch(self, key: str, now_s: float) -> None:
        """Staff will be told of an empty facing, unless it is filled before."""
        stock = self._stock[key]
        if stock.shelf == 0:
            stock.empty_since_s = now_s
            if self.terms.told_after_s > 0:
                told_s = now_s + self.terms.told_after_s
                self._clock.at(told_s, partial(self._tell, key, now_s))

    def _tell(self, key: str, since_s: float, now_s: float) -> None:
        if self._stock[key].empty_since_s == since_s:
            self.tell(key, now_s)

    def _note(
        self,
        now_s: float,
        key: str,
        what: What,
        person: Person | None,
        count: int = 1,
        *,
        instead: str | None = None,
    ) -> None:
        if self.remember:
            stock = self._stock[key]
            number, group = (person.id, person.group) if person is not None else (None, None)
            change = Change(
                now_s, key, what, number, group, stock.shelf, stock.back, count, instead
            )
            self.changes.append(change)
