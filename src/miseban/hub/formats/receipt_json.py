"""Receipts as JSON: ``{"receipts": [{"till", "receipt", "time", "currency", "lines"}]}``."""

from __future__ import annotations

import json
from datetime import tzinfo
from typing import Any, Final

from miseban.hub.formats import sales
from miseban.hub.formats.sales import Sale, SaleLine, wrong
from miseban.vocabulary.errors import BadInput

_FIELDS: Final = ("till", "receipt", "time", "lines", "currency", "business_day")
_LINE_FIELDS: Final = ("gtin", "quantity", "price", "amount", "name")


class _Number(str):
    """A number of the file, digit for digit: money is never a float here."""

    __slots__ = ()


def read_json(data: bytes, zone: tzinfo, currency: str | None = None) -> list[Sale]:
    """The sales in ``data``. Money and quantities may be numbers or text. Raises ``BadInput``
    naming the place, as ``receipts[3].lines[0].gtin``."""
    if len(data) > sales.LARGEST_FILE:
        raise wrong("file", f"a file of at most {sales.LARGEST_FILE} bytes", len(data))
    try:
        found = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_Number,
        )
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise wrong(f"line {line}", "text in UTF-8", data[error.start]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput("bad-receipts", where, f"expected JSON, found: {error.msg}") from None
    except RecursionError:
        raise BadInput("bad-receipts", "file", "expected JSON, found brackets too deep") from None
    table = _table(found, "file", ("receipts",))
    many = _list(table.get("receipts"), "receipts")
    told = 0
    result = []
    for at, one in enumerate(many):
        where = f"receipts[{at}]"
        sale = _sale(one, where, zone, currency)
        told += len(sale.lines)
        if told > sales.MOST_LINES:
            raise wrong(where, f"at most {sales.MOST_LINES} lines", "more")
        result.append(sale)
    return result


def _sale(found: Any, where: str, zone: tzinfo, currency: str | None) -> Sale:
    table = _table(found, where, _FIELDS)
    till = _text(table, "till", where)
    number = sales.read_number(_text(table, "receipt", where), f"{where}.receipt")
    time = sales.read_time(_text(table, "time", where), zone, f"{where}.time")
    day = None
    if table.get("business_day") is not None:
        day = sales.read_day(_text(table, "business_day", where), f"{where}.business_day")
    day = sales.business_day(day, time, zone, f"{where}.business_day")
    if table.get("currency") is not None or currency is None:
        currency = sales.read_currency(_text(table, "currency", where), f"{where}.currency")
    lines: list[SaleLine] = []
    for at, one in enumerate(_list(table.get("lines"), f"{where}.lines")):
        lines += _lines(one, f"{where}.lines[{at}]", currency)
    return Sale(where, till, number, day, time, currency, tuple(lines))


def _lines(found: Any, where: str, currency: str) -> tuple[SaleLine, ...]:
    table = _table(found, where, _LINE_FIELDS)
    gtin = sales.read_gtin(_text(table, "gtin", where), f"{where}.gtin")
    quantity = sales.read_quantity(_text(table, "quantity", where), f"{where}.quantity")
    if ("price" in table) == ("amount" in table):
        raise wrong(where, "either price (of a piece) or amount (of the line)", sorted(table))
    if "price" in table:
        price = sales.read_amount(_text(table, "price", where), currency, f"{where}.price")
        return (SaleLine(gtin, quantity, price),)
    text = _text(table, "amount", where).removeprefix("-")
    return sales.lines_of(gtin, quantity, sales.read_amount(text, currency, f"{where}.amount"))


def _table(found: Any, where: str, fields: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise wrong(where, f"an object of {', '.join(fields)}", _kind(found))
    for name in found:
        if name not in fields:
            raise wrong(where, f"only {', '.join(fields)}", name)
    return found


def _list(found: Any, where: str) -> list[Any]:
    if not isinstance(found, list):
        raise wrong(where, "a list", _kind(found))
    return found


def _text(table: dict[str, Any], name: str, where: str) -> str:
    found = table.get(name)
    if not isinstance(found, str):
        raise wrong(f"{where}.{name}", "text or a number", _kind(found))
    return str(found)


def _kind(found: Any) -> str:
    if found is None:
        return "nothing"
    names = {dict: "an object", list: "a list", bool: "true or false", _Number: "a number"}
    return names.get(type(found), "text")
