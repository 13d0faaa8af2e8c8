"""What people took from a shelf while one of its facings was empty."""

from __future__ import annotations

import numpy as np

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Floats, Table, share
from miseban.insight.questions.asking import InsteadQuestion
from miseban.insight.questions.grid import grid
from miseban.insight.questions.hands import places_of
from miseban.insight.questions.ratios import rate_ratio, share_ends
from miseban.insight.questions.rows import Rows, fetch, left_out

_STOCKED = ("full", "low", "wrong")
"""What a facing is in when it is known not to be empty."""
_UNITS: dict[str, Unit] = {
    "empty_min": "min", "people": "people", "share": "share", "pick_ratio": "times",
}  # fmt: skip


def instead(question: InsteadQuestion, asked: Asked) -> Answer:
    """For every facing that was empty (``place``) a row of those whose hand was at its shelf
    meanwhile (``detail`` empty), and one for each other facing where some of them took a piece, the
    likeliest substitute first."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    wanted = question.shelves
    shelves = [shelf for shelf in asked.shop.shelves if wanted is None or shelf.id in wanted]
    hands = fetch(asked, over, ("instead", "touch"))
    stock = fetch(asked, over, ("shelf",))
    length_s = over.lengths_s(asked.as_of)
    table = Table(over, _UNITS)
    nothing = np.full(over.n, np.nan)
    for place in places_of(shelves):
        if not hands.details("instead", place):
            continue
        empty_s = stock.of("shelf", place, "empty").total
        full_s = np.sum([stock.of("shelf", place, s).total for s in _STOCKED], axis=0)
        seen_s = stock.of("shelf", place, "fill").covered_s
        seen = np.nan_to_num(share(seen_s, np.maximum(length_s, seen_s)))
        there = hands.of("instead", place).told
        values: Columns = {"empty_min": empty_s / 60, "people": there}
        values |= dict.fromkeys(("share", "pick_ratio"), nothing)
        table.add(place, "", seen, values, base={"people": there})
        found = []
        for other in hands.details("instead", place):
            if other:
                took = hands.of("instead", place, other).told
                found.append((other, took, _ratio(hands, other, took, empty_s, full_s, asked.k)))
        for other, took, (ratio, low, high) in sorted(found, key=_likeliest):
            part = np.minimum(share(took, np.nan_to_num(there)), 1)
            values = {"empty_min": empty_s / 60, "people": took, "share": part}
            ends = {"pick_ratio": (low, high), "share": share_ends(took, np.nan_to_num(there))}
            base: Columns = {"people": took, "share": there}
            table.add(place, other, seen, values | {"pick_ratio": ratio}, base=base, ends=ends)
    return table.answer(question, asked, notes=left_out(hands, asked))


_Found = tuple[str, Floats, tuple[Floats, Floats, Floats]]


def _likeliest(found: _Found) -> tuple[float, float, str]:
    other, took, (_, low, _) = found
    return -float(np.nan_to_num(low).max()), -float(np.nansum(took)), other


def _ratio(
    hands: Rows, other: str, took: Floats, empty_s: Floats, full_s: Floats, k: int
) -> tuple[Floats, Floats, Floats]:
    """(N,) how many times as often, for the time, people picked up at ``other`` while the facing
    was empty as while it was not, and the interval. Not a number where either is of too few."""
    usual = hands.of("touch", other, "picked").told - took
    columns = np.full((3, len(took)), np.nan)
    for i in np.flatnonzero(usual >= k):
        found = rate_ratio(round(took[i]), empty_s[i], round(usual[i]), full_s[i])
        if found is not None:
            columns[:, i] = (found.value, found.low, found.high)
    return columns[0], columns[1], columns[2]
