"""The score of shelves, hands and tills, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from miseban.insight.score.cells import count, number, rate, table
from miseban.insight.score.figures import (
    FoundScore,
    ReceiptScore,
    ShelfScore,
    ShelvesScore,
    TouchesScore,
)

WHOLE = "(shop)"
"""No facing can have this name."""
SHOWN = 20
"""Facings in a table; ``--json`` has all."""


def touch_tables(touches: TouchesScore | None) -> Iterator[Table]:
    """Kind by kind for the shop, then facing by facing."""
    if touches is None:
        return
    head = ("truth", "result", "found", "right", "F1")
    kinds = table("touches within 2 s", *head)
    for kind, score in touches.shop.kinds.items():
        kinds.add_row(kind, *_found(score))
    kinds.add_row("all kinds", *_found(touches.shop.all))
    kinds.add_row("whatever kind", *_found(touches.shop.any_kind))
    yield kinds
    worst = _worst({name: facing.all.f1 for name, facing in touches.facings.items()})
    facings = table(_title("touches of", worst, touches.facings), *head)
    for name in worst:
        facings.add_row(name, *_found(touches.facings[name].all))
    yield facings


def shelf_tables(shelves: ShelvesScore | None) -> Iterator[Table]:
    """What stands on them, second by second; then each time that they were empty."""
    if shelves is None:
        return
    parts = {
        name: [f1 for f1 in (facing.empty.f1, facing.low.f1) if f1 is not None]
        for name, facing in shelves.facings.items()
    }
    worst = _worst({name: min(both, default=None) for name, both in parts.items()})
    head = ("seconds", "unknown", "empty F1", "low F1", "fill error")
    states = table(_title("shelf states", worst, shelves.facings), *head)
    emptyings = table(
        "empty shelves", "truth", "result", "found", "unseen", "false", "delay median", "worst"
    )
    for name, shelf in {WHOLE: shelves.shop, **{n: shelves.facings[n] for n in worst}}.items():
        states.add_row(
            name,
            str(shelf.seconds),
            rate(shelf.unknown_share),
            rate(shelf.empty.f1),
            rate(shelf.low.f1),
            number(shelf.fill_error_points, " points"),
        )
        if shelf.emptyings.truth or shelf.emptyings.result:
            emptyings.add_row(name, *_emptyings(shelf))
    yield states
    yield emptyings


def receipt_tables(receipts: ReceiptScore | None) -> Iterator[Table]:
    if receipts is None:
        return
    sums = table("tills", "truth", "result", "error")
    sums.add_row("receipts", *count(receipts.receipts))
    sums.add_row("pieces sold", *count(receipts.pieces))
    sums.add_row(f"total {receipts.currency or ''}".rstrip(), *count(receipts.total))
    yield sums
    exact = table("receipts exact", "truth", "result", "found", "right", "F1")
    exact.add_row("to the line", *_found(receipts.exact))
    yield exact
    wrong = table("pieces of", "truth", "result", "error")
    for gtin, one in receipts.quantity.items():
        if one.error:
            wrong.add_row(gtin, *count(one))
    yield wrong


def _worst(f1: Mapping[str, float | None]) -> list[str]:
    """The names with the lowest rates, no more than fit on a page; in order of their names."""
    ranked = sorted(f1, key=lambda name: (2.0 if (one := f1[name]) is None else one, name))
    return sorted(ranked[:SHOWN])


def _title(what: str, shown: Sequence[str], every: Mapping[str, object]) -> str:
    return what if len(shown) == len(every) else f"{what} (worst {len(shown)} of {len(every)})"


def _found(score: FoundScore) -> tuple[str, ...]:
    rates = rate(score.recall), rate(score.precision), rate(score.f1)
    return str(score.truth), str(score.result), *rates


def _emptyings(shelf: ShelfScore) -> tuple[str, ...]:
    e = shelf.emptyings
    counts = (e.truth, e.result, e.found, e.unseen, e.false_alarms)
    delays = (e.delay_s_median, e.delay_s_worst)
    return *(str(n) for n in counts), *(number(delay, " s") for delay in delays)
