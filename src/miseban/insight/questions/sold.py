"""What the tills sold, product by product."""

from __future__ import annotations

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, added, share
from miseban.insight.questions.asking import SoldQuestion
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import fetch

_UNITS: dict[str, Unit] = {"pieces": "count", "receipts": "count", "share": "share"}


def sold(question: SoldQuestion, asked: Asked) -> Answer:
    """A row for every product (``place`` is its number, ``detail`` where it stands, as
    ``shelf/facing``, and empty where at no facing), most pieces first. Products of facings that did
    not sell have a row too, where any receipts are known."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, ("receipt", "sold"))
    stands: dict[str, list[str]] = {}
    for shelf in asked.shop.shelves:
        for facing in shelf.facings:
            stands.setdefault(facing.gtin, []).append(f"{shelf.id}/{facing.id}")
    known = set(rows.places("sold"))
    if known:
        known |= stands.keys()
    if question.unplaced:
        known -= stands.keys()
    receipts = added([rows.of(*key).n for key in rows.keys if key[0] == "receipt"], over.n)
    table = Table(over, _UNITS)
    for gtin in sorted(known, key=lambda one: (-float(rows.of("sold", one).total.sum()), one)):
        one = rows.of("sold", gtin)
        values: Columns = {"pieces": one.total, "receipts": one.n}
        values["share"] = share(one.n, receipts)
        table.add(gtin, " ".join(stands.get(gtin, ())), None, values, base={"share": receipts})
    return table.answer(question, asked)
