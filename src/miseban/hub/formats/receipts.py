"""From sales to events: one ``till.receipt`` each, with an id that is the same every time.

A till.receipt tells what left the shop. So a piece that was brought back is taken off what the same
receipt sold of it, and a receipt that only takes back is no sale: it becomes no event, and is
counted. What was kept stands: a receipt that comes again has the same id and is not kept again,
even where it was changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from miseban.hub.formats.deterministic_ids import id_of
from miseban.hub.formats.sales import Sale, SaleLine, wrong
from miseban.vocabulary.events import ReceiptLine, TillReceipt


@dataclass(frozen=True, slots=True)
class Receipts:
    """``events`` in the order of the file; ``returned`` pieces that no line of their receipt sold,
    and ``not_sales``: receipts of which nothing is left."""

    events: tuple[TillReceipt, ...]
    returned: int
    not_sales: int


def receipts_of(
    sales: Sequence[Sale], shop: str, tills: Collection[str], named: Mapping[str, str]
) -> Receipts:
    """``tills`` are the ids in the shop file, ``named`` what the tills call themselves where that
    is something else. Raises ``BadInput`` at the first sale of a till that is none of the shop's,
    and where a receipt is there twice with different lines."""
    events: dict[str, TillReceipt] = {}
    seen: dict[str, Sale] = {}
    returned = not_sales = 0
    for sale in sales:
        till = named.get(sale.till, sale.till)
        if till not in tills:
            known = ", ".join(sorted(tills)) or "none"
            raise wrong(f"{sale.where} (till)", f"a till of the shop ({known})", sale.till)
        event_id = receipt_id(shop, till, sale)
        before = seen.setdefault(event_id, sale)
        if before is not sale:
            if (before.lines, before.currency) != (sale.lines, sale.currency):
                expected = f"receipt {sale.receipt} to be as at {before.where}"
                raise wrong(sale.where, expected, "other lines")
            continue
        lines, left = sold(sale.lines)
        returned += left
        if not lines:
            not_sales += 1
            continue
        told = tuple(
            ReceiptLine(gtin=line.gtin, quantity=line.quantity, price=line.price) for line in lines
        )
        events[event_id] = TillReceipt(
            id=event_id,
            time=sale.time,
            shop=shop,
            till=till,
            receipt=sale.receipt,
            currency=sale.currency,
            lines=told,
            total=sum(line.quantity * line.price for line in told),
        )
    return Receipts(tuple(events.values()), returned, not_sales)


def receipt_id(shop: str, till: str, sale: Sale) -> str:
    """Made of shop, till, receipt number and business day, and of nothing else: a till may tell the
    same receipt again with another time."""
    midnight = datetime.combine(sale.day, time(), UTC)
    return id_of(midnight, "till.receipt", shop, till, sale.receipt, sale.day.isoformat())


def sold(lines: Sequence[SaleLine]) -> tuple[list[SaleLine], int]:
    """What is left of ``lines`` when what was brought back is taken off, from the last line of its
    product on; and how many pieces were brought back that these lines did not sell."""
    back: dict[str, int] = {}
    for line in lines:
        if line.quantity < 0:
            back[line.gtin] = back.get(line.gtin, 0) - line.quantity
    kept = []
    for line in reversed([line for line in lines if line.quantity > 0]):
        off = min(line.quantity, back.get(line.gtin, 0))
        if off:
            back[line.gtin] -= off
        if line.quantity > off:
            kept.append(SaleLine(line.gtin, line.quantity - off, line.price))
    return kept[::-1], sum(back.values())
