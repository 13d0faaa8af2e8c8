"""A plan of the shelves: the shop file's own facings, or a CSV file of whoever plans them."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import Final

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import did_you_mean, shown
from miseban.vocabulary.shop.shelf import gtin_check_digit

COLUMNS: Final = ("shelf", "facing", "gtin")
"""Needed, in any order."""
OPTIONAL: Final = ("name", "brand", "category", "width_cm")
LARGEST_PLAN: Final = 2_000_000
"""Bytes."""
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Planned:
    """The product ``gtin`` is to stand at ``facing`` of ``shelf``. ``brand`` and ``category`` are
    empty where nobody says, ``width_cm`` none where nobody measured. ``where`` in its file."""

    shelf: str
    facing: str
    gtin: str
    name: str = ""
    brand: str = ""
    category: str = ""
    width_cm: float | None = None
    where: str = ""

    @property
    def place(self) -> str:
        return f"{self.shelf}/{self.facing}"


def plan_of(shop: Shop) -> list[Planned]:
    """What the shop file says stands where."""
    return [
        Planned(shelf.id, facing.id, facing.gtin, facing.name, where=f'[[shelf]] "{shelf.id}"')
        for shelf in shop.shelves
        for facing in shelf.facings
    ]


def read_plan(data: bytes, shop: Shop, file: object = None) -> list[Planned]:
    """The plan in ``data``: CSV in UTF-8 with the columns ``COLUMNS``, and any of ``OPTIONAL``.
    Each facing once. Raises ``BadInput`` (``bad-plan``) naming ``file``, line and column."""
    try:
        return _read(data, shop)
    except BadInput as error:
        if file is None:
            raise
        raise BadInput(error.code, f"{file}, {error.where}", error.what) from None


def _read(data: bytes, shop: Shop) -> list[Planned]:
    if len(data) > LARGEST_PLAN:
        raise _wrong("file", f"at most {LARGEST_PLAN} bytes", f"{len(data)}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(f"line {line}", "text in UTF-8", f"byte 0x{data[error.start]:02X}") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    known = {f"{shelf.id}/{one.id}": shelf.id for shelf in shop.shelves for one in shelf.facings}
    names: list[str] | None = None
    found: dict[str, Planned] = {}
    try:
        for cells in reader:
            where = f"line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _names([cell.strip() for cell in cells])
                continue
            if len(cells) != len(names):
                raise _wrong(where, f"{len(names)} columns", f"{len(cells)}")
            row = _planned(dict(zip(names, (cell.strip() for cell in cells), strict=True)), where)
            _check_place(row, known, shop)
            if row.place in found:
                first = found[row.place].where
                raise _wrong(f"{where} (facing)", f"{row.place} once", f"it at {first} too")
            found[row.place] = row
    except csv.Error as error:
        raise _wrong(f"line {reader.line_num}", "CSV", str(error)) from None
    if not found:
        raise _wrong("file", f"columns {', '.join(COLUMNS)} and a row", "nothing")
    return list(found.values())


def _names(names: list[str]) -> list[str]:
    for name in names:
        if name not in (*COLUMNS, *OPTIONAL):
            expected = f"columns of {', '.join((*COLUMNS, *OPTIONAL))}"
            raise _wrong("line 1", expected, shown(name) + did_you_mean(name, COLUMNS + OPTIONAL))
        if names.count(name) > 1:
            raise _wrong("line 1", f"the column {name} once", "it twice")
    for name in COLUMNS:
        if name not in names:
            raise _wrong("line 1", f"a column {name}", ", ".join(names))
    return names


def _planned(row: dict[str, str], where: str) -> Planned:
    for name, text in row.items():
        if len(text) > _LONGEST:
            raise _wrong(f"{where} ({name})", f"at most {_LONGEST} letters", f"{len(text)}")
    gtin = row["gtin"]
    right = gtin.isascii() and gtin.isdigit() and len(gtin) in (8, 12, 13, 14)
    if not right:
        raise _wrong(f"{where} (gtin)", "a GTIN of 8, 12, 13 or 14 digits", shown(gtin))
    if int(gtin[-1]) != gtin_check_digit(gtin[:-1]):
        digit = gtin_check_digit(gtin[:-1])
        raise _wrong(f"{where} (gtin)", f"a GTIN that ends in its check digit {digit}", shown(gtin))
    texts = {name: row.get(name, "") for name in ("name", "brand", "category")}
    width_cm = _width_cm(row.get("width_cm", ""), where)
    return Planned(row["shelf"], row["facing"], gtin, **texts, width_cm=width_cm, where=where)


def _width_cm(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 10_000:
        raise _wrong(f"{where} (width_cm)", "a width in centimetres, over 0", shown(text))
    return value


def _check_place(row: Planned, known: dict[str, str], shop: Shop) -> None:
    if row.place in known:
        return
    shelves = [shelf.id for shelf in shop.shelves]
    if row.shelf not in shelves:
        found = shown(row.shelf) + did_you_mean(row.shelf, shelves)
        raise _wrong(f"{row.where} (shelf)", "a shelf of the shop file", found)
    there = [place.partition("/")[2] for place, shelf in known.items() if shelf == row.shelf]
    found = shown(row.facing) + did_you_mean(row.facing, there)
    raise _wrong(f"{row.where} (facing)", f"a facing of shelf {shown(row.shelf)}", found)


def _wrong(where: str, expected: str, found: str) -> BadInput:
    return BadInput("bad-plan", where, f"expected {expected}, found {found}")
