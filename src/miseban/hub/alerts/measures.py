"""What rules look at: one figure, or a yes or no, of each queue, shelf, camera or the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from miseban.hub.live import LiveState
from miseban.hub.live.shelves import facing_names
from miseban.vocabulary.events import (
    About,
    CameraHealth,
    Event,
    LineCrossed,
    QueueState,
    ShelfState,
    Stocked,
    ZoneEntered,
)
from miseban.vocabulary.shop import Shop

Measure = Literal[
    "queue.length", "queue.waiting_s", "till.load", "shelf.empty", "shelf.low", "shelf.wrong",
    "room.people", "zone.people", "camera.trouble", "camera.silent_s", "counts.drift",
    "counts.coverage", "help.needed",
]  # fmt: skip
Side = Literal["at_least", "at_most", "is"]
"""On which side of a threshold something is wrong; ``is``: yes or no, without a threshold."""
_Reader = Callable[[LiveState, str, datetime], float | None]
FEWEST: Final = 20
"""People who must have come in before it is told what part of them the balance is off by."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``about`` is the event's word, ``of`` whose figure it is, ``means`` for docs."""

    about: About
    of: Literal["queue", "shop", "facing", "zone", "camera", "call"]
    side: Side
    means: str


MEASURES: Final[Mapping[Measure, Kind]] = {
    "queue.length": Kind("queue", "queue", "at_least", "people who wait in a queue"),
    "queue.waiting_s": Kind(
        "queue", "queue", "at_least", "seconds that the first in a queue has waited so far"
    ),
    "till.load": Kind(
        "till",
        "shop",
        "at_least",
        "people who wait in the queues of all tills, for each till that is open; only while "
        "another one could be opened",
    ),
    "shelf.empty": Kind("shelf", "facing", "is", "a product's place is empty"),
    "shelf.low": Kind("shelf", "facing", "is", "a product's place is a third full or less"),
    "shelf.wrong": Kind("shelf", "facing", "is", "something else stands in a product's place"),
    "room.people": Kind("room", "shop", "at_least", "people in the shop"),
    "zone.people": Kind("room", "zone", "at_least", "people in a zone, without staff"),
    "camera.trouble": Kind(
        "camera",
        "camera",
        "is",
        "a camera tells that something is wrong, or no pictures have come from it for a minute",
    ),
    "camera.silent_s": Kind(
        "camera", "camera", "at_least", "seconds since the newest thing that a camera told"
    ),
    "counts.drift": Kind(
        "counts",
        "shop",
        "at_least",
        "people by whom the balance of the entrances had to be put right, as a part (0 to 1) of "
        f"those who came in, today or until the shop was last empty; from {FEWEST} people on",
    ),
    "counts.coverage": Kind(
        "counts",
        "camera",
        "at_most",
        "the part (0 to 1) of the last hour in which a camera saw that has an entrance",
    ),
    "help.needed": Kind("help", "call", "is", "somebody may need a hand"),
}


def subjects(measure: Measure, shop: Shop) -> list[str | None]:
    """Whose figures a rule may look at. Calls for help are no subjects: they come and go."""
    of = MEASURES[measure].of
    if of == "queue":
        return [zone.id for zone in shop.zones if zone.kind == "queue"]
    if of == "zone":
        return [zone.id for zone in shop.zones if zone.kind != "private"]
    if of == "facing":
        return list(facing_names(shop).values())
    if of == "camera":
        drawn = {line.camera for line in shop.lines if line.entrance}
        only = measure == "counts.coverage"
        return [one.id for one in shop.cameras if not only or one.id in drawn]
    return [None] if of == "shop" else []


def read(live: LiveState, measure: Measure, subject: str | None, now: datetime) -> float | None:
    """The figure of ``subject`` at ``now``, 1 and 0 for yes and no; None where it cannot be told:
    then nothing is raised and nothing ends."""
    return _READERS[measure](live, subject or "", now)


def touched(event: Event, live: LiveState) -> tuple[tuple[Measure, ...], str | None]:
    """Which figures ``event`` may change at once, and of which subject. The others are looked at
    every second."""
    if isinstance(event, QueueState):
        return ("queue.length", "queue.waiting_s"), event.zone
    if isinstance(event, LineCrossed):
        return ("room.people",), None
    if isinstance(event, CameraHealth):
        return ("camera.trouble",), event.camera
    if isinstance(event, ZoneEntered):
        return ("zone.people",), event.zone
    if isinstance(event, ShelfState):
        facing = live.shelves.names.get((event.shelf, event.facing))
        return ("shelf.empty", "shelf.low", "shelf.wrong"), facing
    return (), None


def _length(live: LiveState, subject: str, now: datetime) -> float | None:
    known = live.queue(subject, now)
    return None if known is None else float(known[0])


def _waiting(live: LiveState, subject: str, now: datetime) -> float | None:
    known = live.queue(subject, now)
    return None if known is None else known[1]


def _load(live: LiveState, _: str, now: datetime) -> float | None:
    tills = live.shop.tills
    if len(tills) < 2:  # there is no other till to open
        return 0.0
    waiting = [live.queue(zone, now) for zone in dict.fromkeys(till.queue for till in tills)]
    known = [one[0] for one in waiting if one is not None]
    if len(known) < len(waiting):
        return None
    open_tills = sum(live.till_open(till.id, now) for till in tills)
    return 0.0 if open_tills == len(tills) else sum(known) / max(1, open_tills)


def _facing(state: Stocked) -> _Reader:
    def value(live: LiveState, subject: str, now: datetime) -> float | None:
        said = live.facing(subject, now)
        return None if said is None or said in ("blocked", "unknown") else float(said == state)

    return value


def _room(live: LiveState, _: str, __: datetime) -> float | None:
    return None if live.balance is None else float(live.balance.tally.inside)


def _zone(live: LiveState, subject: str, now: datetime) -> float | None:
    zone = live.shop.zone(subject)
    return None if live.blind(zone.camera, now) else float(live.people(subject, now))


def _trouble(live: LiveState, subject: str, now: datetime) -> float | None:
    cameras = live.cameras
    return float(bool(cameras.troubles(subject, now)) or cameras.gone(subject, now))


def _silence(live: LiveState, subject: str, now: datetime) -> float | None:
    newest = live.cameras.newest(subject)
    return None if newest is None else max(0.0, (now - newest).total_seconds())


def _drift(live: LiveState, _: str, __: datetime) -> float | None:
    if live.balance is None:
        return None
    tallies = [live.balance.tally, live.balance.tally_before]
    parts = [t.wrong / t.entered for t in tallies if t is not None and t.entered >= FEWEST]
    return max(parts, default=None)


def _coverage(live: LiveState, subject: str, now: datetime) -> float | None:
    return live.cameras.coverage(subject, now)


def _call(live: LiveState, subject: str, _: datetime) -> float | None:
    return float(subject in live.calls and subject not in live.calls_ended)


_READERS: Final[Mapping[Measure, _Reader]] = {
    "queue.length": _length,
    "queue.waiting_s": _waiting,
    "till.load": _load,
    "shelf.empty": _facing("empty"),
    "shelf.low": _facing("low"),
    "shelf.wrong": _facing("wrong"),
    "room.people": _room,
    "zone.people": _zone,
    "camera.trouble": _trouble,
    "camera.silent_s": _silence,
    "counts.drift": _drift,
    "counts.coverage": _coverage,
    "help.needed": _call,
}
