"""Receipts: all there, each exactly right, and what was sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from miseban.insight.score.figures import ReceiptScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.matching import pairs_within
from miseban.insight.score.shares import count_score, found_score
from miseban.vocabulary.events import Event, TillReceipt

TOLERANCE_S = 60.0
"""The clock of a till may differ from the camera's by this much."""

_Paper = tuple[str, str, tuple[tuple[str, int, int], ...]]
"""What stands on a receipt: till, currency, and its lines in order of product."""


def score_receipts(truth: Recording, result: Recording, gaps: Gaps) -> ReceiptScore | None:
    """None where one side has no receipts, or where prices are in different currencies."""
    if not gaps.both_tell("receipts", "till.receipt", truth, result):
        return None
    true, found = _receipts(truth.events), _receipts(result.events)
    money = sorted({receipt.currency for receipt in (*true, *found)})
    if len(money) > 1:
        gaps.add("receipts", f"prices are in different currencies: {', '.join(money)}")
        return None
    times = _by_paper(true), _by_paper(found)
    exact = sum(
        pairs_within(np.array(at), np.array(times[1].get(paper, [])), TOLERANCE_S)
        for paper, at in times[0].items()
    )
    sold = _sold(true), _sold(found)
    quantity = {
        gtin: count_score(sold[0][gtin], sold[1][gtin])
        for gtin in sorted(sold[0].keys() | sold[1].keys())
    }
    return ReceiptScore(
        receipts=count_score(len(true), len(found)),
        exact=found_score(exact, len(true), len(found)),
        total=count_score(sum(r.total for r in true), sum(r.total for r in found)),
        currency=money[0] if money else None,
        pieces=count_score(sold[0].total(), sold[1].total()),
        quantity=quantity,
        quantity_abs_error=sum(abs(one.error) for one in quantity.values()),
    )


def _receipts(events: Sequence[Event]) -> list[TillReceipt]:
    return [event for event in events if isinstance(event, TillReceipt)]


def _by_paper(receipts: Sequence[TillReceipt]) -> dict[_Paper, list[float]]:
    """When receipts with this on them were printed, seconds since 1970."""
    times: dict[_Paper, list[float]] = {}
    for one in receipts:
        lines = tuple(sorted((line.gtin, line.quantity, line.price) for line in one.lines))
        times.setdefault((one.till, one.currency, lines), []).append(one.time.timestamp())
    return times


def _sold(receipts: Sequence[TillReceipt]) -> Counter[str]:
    sold: Counter[str] = Counter()
    for one in receipts:
        for line in one.lines:
            sold[line.gtin] += line.quantity
    return sold
