"""The newest of what was said of each subject, whatever the order in which it was heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

Stamp = tuple[datetime, str]
"""When it happened, and the event's id, which decides between two of the same moment."""


class Latest(Generic[K, V]):
    """By subject: what was said last, by the time of the event. Hearing it late or twice makes no
    difference (a last-writer-wins register, Shapiro et al. 2011)."""

    def __init__(self) -> None:
        self._held: dict[K, tuple[Stamp, V]] = {}

    def put(self, subject: K, stamp: Stamp, value: V) -> bool:
        """Whether it was news."""
        held = self._held.get(subject)
        if held is not None and held[0] >= stamp:
            return False
        self._held[subject] = stamp, value
        return True

    def get(self, subject: K, since: datetime | None = None) -> tuple[datetime, V] | None:
        """When it happened and what; None if nothing was said, or nothing from ``since`` on."""
        held = self._held.get(subject)
        if held is None or (since is not None and held[0][0] < since):
            return None
        return held[0][0], held[1]

    def __iter__(self) -> Iterator[tuple[K, datetime, V]]:
        for subject, (stamp, value) in self._held.items():
            yield subject, stamp[0], value

    def forget(self, before: datetime) -> None:
        """What was said before that moment."""
        for subject in [k for k, (stamp, _) in self._held.items() if stamp[0] < before]:
            del self._held[subject]
