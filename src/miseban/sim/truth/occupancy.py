"""How many people are in a zone: minute by minute, and at each change of a queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

PERIOD_S = 60.0


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of the clock, or the part of it that was simulated."""

    start_s: float
    end_s: float
    people: int
    people_max: int
    person_s: float


def minutes(
    stays: Sequence[tuple[float, float, str]], start_unix: float, duration_s: float
) -> Iterator[Minute]:
    """Minute by minute from 0 to ``duration_s``; ``stays`` are (from, to, whose) in seconds.

    ``people`` at the end of the minute counts those who leave at a later moment; ``people_max``
    is the fullest moment, the first included.
    """
    if duration_s <= 0:
        return
    first = PERIOD_S - start_unix % PERIOD_S
    edges = np.append(np.arange(first, duration_s, PERIOD_S), duration_s)
    edges = np.concatenate([[0.0], edges])
    begins = np.array(sorted(stay[0] for stay in stays))
    ends = np.array(sorted(stay[1] for stay in stays))
    moments = np.concatenate([begins, ends])
    changes = np.concatenate([np.ones(len(begins), int), -np.ones(len(ends), int)])
    order = np.lexsort((-changes, moments))  # at one moment, those who come are counted first
    moments, inside = moments[order], np.cumsum(changes[order])
    spent = _spent_until(edges, begins) - _spent_until(edges, ends)
    for k in range(len(edges) - 1):
        a, b = float(edges[k]), float(edges[k + 1])
        now = int(np.searchsorted(begins, a, "right") - np.searchsorted(ends, a, "right"))
        people = int(np.searchsorted(begins, b, "right") - np.searchsorted(ends, b, "right"))
        i, j = np.searchsorted(moments, (a, b), "right")
        fullest = max(now, int(inside[i:j].max(initial=0)))
        yield Minute(a, b, people, fullest, max(0.0, float(spent[k + 1] - spent[k])))


def _spent_until(
    edges: np.typing.NDArray[np.float64], moments: np.typing.NDArray[np.float64]
) -> np.typing.NDArray[np.float64]:
    """(E,) the sum over ``moments`` (N,) of the time since each, at each edge (E,)."""
    sums = np.concatenate([[0.0], np.cumsum(moments)])
    count = np.searchsorted(moments, edges, "right")
    result: np.typing.NDArray[np.float64] = count * edges - sums[count]
    return result


def queue_changes(stays: Sequence[tuple[float, float, str]]) -> Iterator[tuple[float, int, float]]:
    """(seconds, length, how long the first among those waiting has waited) at each change."""
    changes = [(stay[0], 0, stay) for stay in stays] + [(stay[1], 1, stay) for stay in stays]
    inside: list[tuple[float, float, str]] = []
    for time_s, leaves, stay in sorted(changes):
        if leaves:
            inside.remove(stay)
        else:
            inside.append(stay)
        yield time_s, len(inside), time_s - min((one[0] for one in inside), default=time_s)
