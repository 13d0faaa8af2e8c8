"""Receipts as CSV: one row a product sold. Columns and rules are in docs/formats.md."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Final

from miseban.hub.formats import sales
from miseban.hub.formats.sales import Sale, SaleLine, wrong
from miseban.hub.formats.text_of import text_of
from miseban.vocabulary.errors import BadInput

NEEDED: Final = ("till", "receipt", "time", "gtin", "quantity")
OPTIONAL: Final = ("business_day", "currency", "price", "amount", "line", "name")
"""``name`` is read over. Any other column is refused: it could hold what must not come in here, as
a customer's number."""


@dataclass(slots=True)
class _Open:
    """A receipt whose rows are being gathered."""

    where: str
    time: datetime
    currency: str
    lines: list[SaleLine] = field(default_factory=list)
    numbered: dict[str, tuple[SaleLine, ...]] = field(default_factory=dict)


def read_csv(
    data: bytes, zone: tzinfo, currency: str | None = None, charset: str | None = None
) -> list[Sale]:
    """The sales in ``data``, in the order of their first rows. ``zone`` is the shop's, ``currency``
    that of rows that name none. Raises ``BadInput`` naming line and column."""
    if len(data) > sales.LARGEST_FILE:
        raise wrong("file", f"a file of at most {sales.LARGEST_FILE} bytes", len(data))
    text = text_of(data, charset, "bad-receipts")
    gathered: dict[tuple[str, str, date], _Open] = {}
    for where, row in _rows(text):
        _take(gathered, row, where, zone, currency)
    return [
        Sale(open_.where, till, number, day, open_.time, open_.currency, tuple(open_.lines))
        for (till, number, day), open_ in gathered.items()
    ]


def _rows(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """``("line 2", {column: value})``, values without the space around them."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] | None = None
    count = 0
    while True:
        where = f"line {reader.line_num + 1}"
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise BadInput("bad-receipts", where, f"expected CSV, found: {error}") from None
        if not any(value.strip() for value in values):
            continue
        if names is None:
            names = _header(values, where)
            continue
        if len(values) != len(names):
            raise wrong(where, f"{len(names)} columns", f"{len(values)}")
        count += 1
        if count > sales.MOST_LINES:
            raise wrong(where, f"at most {sales.MOST_LINES} lines", "more")
        yield where, {name: value.strip() for name, value in zip(names, values, strict=True)}
    if names is None:
        raise wrong("line 1", f"the columns {', '.join(NEEDED)}", "nothing")


def _header(values: list[str], where: str) -> list[str]:
    names = [value.strip().lower() for value in values]
    for at, name in enumerate(names):
        place = f"{where}, column {at + 1}"
        if name not in NEEDED + OPTIONAL:
            raise wrong(place, f"one of the columns {', '.join(NEEDED + OPTIONAL)}", name)
        if name in names[:at]:
            raise wrong(place, "every column once", name)
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise wrong(where, f"the columns {', '.join(NEEDED)}", f"no {missing[0]}")
    if ("price" in names) == ("amount" in names):
        raise wrong(where, "either price (of a piece) or amount (of the row)", ", ".join(names))
    return names


def _take(
    gathered: dict[tuple[str, str, date], _Open],
    row: dict[str, str],
    where: str,
    zone: tzinfo,
    currency: str | None,
) -> None:
    columns = list(row)

    def at(name: str) -> str:
        return f"{where}, column {columns.index(name) + 1} ({name})"

    till, number = row["till"], sales.read_number(row["receipt"], at("receipt"))
    time = sales.read_time(row["time"], zone, at("time"))
    day = None
    if row.get("business_day"):
        day = sales.read_day(row["business_day"], at("business_day"))
    day = sales.business_day(day, time, zone, at("business_day") if day else at("time"))
    if row.get("currency"):
        currency = sales.read_currency(row["currency"], at("currency"))
    if currency is None:
        raise wrong(where, "a currency", "none")
    gtin = sales.read_gtin(row["gtin"], at("gtin"))
    quantity = sales.read_quantity(row["quantity"], at("quantity"))
    lines: tuple[SaleLine, ...]
    if "price" in row:
        price = sales.read_amount(row["price"], currency, at("price"))
        lines = (SaleLine(gtin, quantity, price),)
    else:
        amount = sales.read_amount(row["amount"].removeprefix("-"), currency, at("amount"))
        lines = sales.lines_of(gtin, quantity, amount)
    open_ = gathered.setdefault((till, number, day), _Open(where, time, currency))
    if open_.currency != currency:
        raise wrong(where, f"one currency a receipt ({open_.currency})", currency)
    open_.time = max(open_.time, time)  # the last row is when it was paid
    if row.get("line"):
        before = open_.numbered.setdefault(row["line"], lines)
        if before is not lines:
            if before != lines:
                raise wrong(at("line"), "every line of a receipt once", row["line"])
            return
    open_.lines += lines
