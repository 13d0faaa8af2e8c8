"""What the formats of receipts have in common: one sale, its words and numbers, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.shelf import gtin_check_digit

LARGEST_FILE: Final = 8_000_000
"""Bytes of a file of receipts."""
MOST_LINES: Final = 100_000
"""Lines sold, in one file."""
_MINOR: Final = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
     "VUV", "XAF", "XOF", "XPF"), 0,
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)  # fmt: skip
"""Decimals of currencies that have not two (ISO 4217)."""
_LARGEST: Final = 10**12


@dataclass(frozen=True, slots=True)
class SaleLine:
    """``quantity`` pieces of ``gtin``, brought back where it is negative, at ``price`` each, in the
    currency's smallest unit."""

    gtin: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Sale:
    """One receipt as the till told it, before returns are taken off. ``where`` is its place in the
    file. ``day`` is the shop's business day, which may end after midnight."""

    where: str
    till: str
    receipt: str
    day: date
    time: datetime
    currency: str
    lines: tuple[SaleLine, ...]


def wrong(where: str, expected: str, found: object) -> BadInput:
    """The error for a file of receipts: what was expected ``where``, and what was found."""
    text = str(found)
    shown = ascii(text if len(text) <= 60 else text[:57] + "...")
    return BadInput("bad-receipts", where, f"expected {expected}, found {shown}")


def read_gtin(text: str, where: str) -> str:
    """A product's number: a GTIN, or one of the shop's own."""
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}", text):
        raise wrong(where, "a GTIN or a product number of the shop", text)
    long = text.isdigit() and len(text) in (12, 13, 14)
    if long and int(text[-1]) != gtin_check_digit(text[:-1]):
        raise wrong(where, "a GTIN that ends in its check digit", text)
    return text


def read_currency(text: str, where: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise wrong(where, 'a currency such as "JPY"', text)
    return text


def read_number(text: str, where: str) -> str:
    """A receipt's number, as the till printed it."""
    if not re.fullmatch(r"[\x21-\x7e]{1,64}", text):
        raise wrong(where, "a receipt's number: up to 64 letters, digits and signs", text)
    return text


def read_amount(text: str, currency: str, where: str) -> int:
    """Money in units of the currency ("120" yen, "1.99" euro), as its smallest unit."""
    decimals = _MINOR.get(currency, 2)
    value = _decimal(text, where, "an amount of money")
    smallest = value.scaleb(decimals)
    if smallest != smallest.to_integral_value():
        raise wrong(where, f"an amount of at most {decimals} decimals ({currency})", text)
    if not 0 <= smallest <= _LARGEST:
        raise wrong(where, "an amount of 0 or more (rebates belong to their product)", text)
    return int(smallest)


def read_quantity(text: str, where: str) -> int:
    """How many pieces; negative where they were brought back. What is sold by weight, length or
    volume comes with a fraction, and is one piece."""
    value = _decimal(text, where, "a quantity")
    if value == 0 or abs(value) > 100_000:
        raise wrong(where, "a quantity other than 0, of at most 100000", text)
    if value != value.to_integral_value():
        return 1 if value > 0 else -1
    return int(value)


def _decimal(text: str, where: str, what: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,13}(\.[0-9]{1,6})?", text):
        raise wrong(where, what, text)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise wrong(where, what, text) from None


def read_time(text: str, zone: tzinfo, where: str) -> datetime:
    """A moment in UTC. Without an offset it is the shop's time, and of an hour that comes twice,
    the first."""
    try:
        time = datetime.fromisoformat(text.replace("/", "-"))
        if time.tzinfo is None:
            time = time.replace(tzinfo=zone)
        time = time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong(where, "a time such as 2026-04-01T09:30:00+09:00", text) from None
    if not 2000 <= time.year < 2100:
        raise wrong(where, "a time in this century", text)
    return time


def read_day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise wrong(where, "a day such as 2026-04-01", text) from None


def business_day(day: date | None, time: datetime, zone: tzinfo, where: str) -> date:
    """``day``, or where it is not told the shop's date at ``time``. A business day may last into
    the next date, no longer."""
    local = time.astimezone(zone).date()
    if day is None:
        return local
    if not timedelta(0) <= local - day <= timedelta(days=1):
        raise wrong(where, f"the business day of {local} or the day before", day)
    return day


def lines_of(gtin: str, quantity: int, amount: int) -> tuple[SaleLine, ...]:
    """``quantity`` pieces that cost ``amount`` together, as lines whose pieces cost alike: three
    for 100 are two of 33 and one of 34, so that the sum stays what was paid."""
    sign, pieces = (1, quantity) if quantity > 0 else (-1, -quantity)
    price, more = divmod(amount, pieces)
    dearer = SaleLine(gtin, sign * more, price + 1)
    cheaper = SaleLine(gtin, sign * (pieces - more), price)
    return tuple(line for line in (cheaper, dearer) if line.quantity)
