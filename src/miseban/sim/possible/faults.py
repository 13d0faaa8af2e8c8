"""Faults that no camera of the shop can have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from miseban.sim.faults.schedule import FaultSchedule
from miseban.sim.possible.names import known
from miseban.sim.scenario.faults import AMOUNTS, Fault
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Problem, shown


def faults(wanted: Sequence[Fault], shop: Shop) -> Iterator[Problem]:
    """What is wrong with the faults, in their order."""
    ids = [camera.id for camera in shop.cameras]
    for number, fault in enumerate(wanted):
        found = [
            *known(("fault", number, "camera"), "[[camera]] of the shop", fault.camera, ids),
            *_amount(number, fault),
            *_time(number, fault),
        ]
        yield from found or _together(number, wanted)


def _amount(number: int, fault: Fault) -> Iterator[Problem]:
    may = AMOUNTS[fault.kind]
    if not may.least <= fault.amount <= may.most:
        expected = f"{may.least:g} to {may.most:g} ({may.unit}) for {shown(fault.kind)}"
        yield Problem(("fault", number, "amount"), expected, f"{fault.amount:g}")


def _time(number: int, fault: Fault) -> Iterator[Problem]:
    if fault.end_s <= fault.from_s:
        expected = f"more than from_s ({fault.from_s:g})"
        yield Problem(("fault", number, "to_s"), expected, f"{fault.end_s:g}")


def _together(number: int, wanted: Sequence[Fault]) -> Iterator[Problem]:
    """Two at once of one kind on one camera, and clocks that go back to before the start."""
    fault = wanted[number]
    for other_number, other in enumerate(wanted[:number]):
        alike = (other.camera, other.kind) == (fault.camera, fault.kind)
        if alike and other.from_s < fault.end_s and fault.from_s < other.end_s:
            expected = f"one {shown(fault.kind)} of {shown(fault.camera)} at a time"
            found = f"a time that number {other_number + 1} has too"
            yield Problem(("fault", number, "from_s"), expected, found)
            return
    if fault.kind == "jump":
        told_s = FaultSchedule(wanted, 0).at(fault.camera, fault.from_s).clock_s
        if told_s < 0:
            expected = f"at least {fault.amount - told_s:g}, or the clock shows less than 0"
            yield Problem(("fault", number, "amount"), expected, f"{fault.amount:g}")
