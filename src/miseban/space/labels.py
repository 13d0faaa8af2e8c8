"""Who works here and who came together: what is told with a visit's end, and what is revised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from miseban.vocabulary.events import Role
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.identifiers import VisitIds

REMEMBERED_S = 7200.0
"""A visit that ended longer ago is revised no more: its number is forgotten."""
REVISED_S = 10.0
"""What changed is asked for this often."""

Change = tuple[str, Role | None, str | None, float]


class JudgesStaff(Protocol):
    """Decides by where and how a visit moves who works here."""

    def update(self, rows: FloorRows) -> None:
        """Takes all rows, in order of time."""
        ...

    def role(self, visit: int) -> tuple[Role | None, float]:
        """The decision at this moment, and how sure it is, 0 to 1."""
        ...

    def changed(self) -> Iterable[int]:
        """Visits that have another role now than ``role`` last told."""
        ...

    def forget(self, visit: int) -> None:
        """Nothing more will be asked of the visit."""
        ...


class FindsGroups(Protocol):
    """Finds those who came together."""

    def update(self, rows: FloorRows) -> None:
        """Takes all rows, in order of time."""
        ...

    def group(self, visit: int) -> int:
        """The same number for those who came together."""
        ...

    def changed(self) -> Iterable[int]:
        """Visits that are in another group now than ``group`` last told."""
        ...

    def forget(self, visit: int) -> None:
        """Nothing more will be asked of the visit."""
        ...


@dataclass(slots=True)
class _Told:
    visit: str
    role: Role | None
    group: str | None
    certainty: float  # of the role
    last_s: float


class Labels:
    """Asks ``staff`` and ``groups``, where there are any, and gives groups random names."""

    def __init__(
        self, staff: JudgesStaff | None, groups: FindsGroups | None, ids: VisitIds
    ) -> None:
        self._staff, self._groups, self._ids = staff, groups, ids
        self._names: dict[int, str] = {}
        self._told: dict[int, _Told] = {}
        self._asked_s = -REVISED_S

    def update(self, rows: FloorRows) -> None:
        """Hands all rows on."""
        if self._staff is not None:
            self._staff.update(rows)
        if self._groups is not None:
            self._groups.update(rows)

    def told(self, number: int, visit: str, last_s: float) -> tuple[Role | None, str | None]:
        """Role and group of a visit that is told now; it may be revised for a while."""
        if self._staff is None and self._groups is None:
            return None, None
        told = self._told[number] = _Told(visit, *self._now(number), last_s)
        return told.role, told.group

    def now(self, number: int) -> tuple[Role | None, int | None]:
        """Role and group, as they are judged now, of a visit that was not told yet."""
        role = self._staff.role(number)[0] if self._staff is not None else None
        if self._groups is None or role == "staff":
            return role, None
        return role, self._groups.group(number)

    def forget(self, number: int) -> None:
        """Nothing more is told of this visit."""
        self._told.pop(number, None)
        if self._staff is not None:
            self._staff.forget(number)
        if self._groups is not None:
            self._groups.forget(number)

    def changed(self, now_s: float) -> list[Change]:
        """Visits told before of which something else holds now. At the end of a session ``now_s``
        is infinite: nothing is too soon then, nor forgotten before it is told."""
        if now_s < self._asked_s + REVISED_S:
            return []
        self._asked_s = now_s
        if isfinite(now_s):
            for old in [n for n, t in self._told.items() if t.last_s < now_s - REMEMBERED_S]:
                self.forget(old)
        numbers = dict.fromkeys(self._staff.changed() if self._staff is not None else ())
        numbers |= dict.fromkeys(self._groups.changed() if self._groups is not None else ())
        changes: list[Change] = []
        for number in numbers:
            told = self._told.get(number)
            if told is None:
                continue
            role, group, certainty = self._now(number)
            if (role, group) != (told.role, told.group):
                told.role, told.group, told.certainty = role, group, certainty
                changes.append((told.visit, role, group, certainty))
        return changes

    def _now(self, number: int) -> tuple[Role | None, str | None, float]:
        role, certainty = self._staff.role(number) if self._staff is not None else (None, 0.0)
        if self._groups is None or role == "staff":  # colleagues are no buying group
            return role, None, certainty
        group = self._groups.group(number)
        if group not in self._names:
            self._names[group] = self._ids.next()
        return role, self._names[group], certainty
