"""One table of a shop file is set, added or removed in its text: every other line stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from miseban.hub.shop_file import tables
from miseban.hub.shop_file.spans import found, own, spans
from miseban.vocabulary.errors import BadInput

Kind = Literal["camera", "line", "zone", "shelf", "till", "fixture", "facing", "floor"]
_FILE: Final = "shop.toml"
_LISTS: Final = ("camera", "line", "zone", "shelf", "till", "fixture", "facing")


@dataclass(frozen=True, slots=True)
class Edit:
    """The table ``kind`` of that ``id`` shall say ``wanted`` and nothing more; none: it shall go.
    A facing is one of the ``shelf``; a shelf's own facings are not part of ``wanted``, and go with
    it. The ``floor`` is the one of ``[shop]``, whatever its id."""

    kind: Kind
    id: str
    wanted: Mapping[str, Any] | None
    shelf: str | None = None

    @property
    def path(self) -> tuple[str, ...]:
        return ("shelf", "facing") if self.kind == "facing" else (self.kind,)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """``text`` with all ``edits``, one after the other. Raises ``BadInput``: for one of a table
    that is not there, and where ``text`` is written in a way in which it cannot be done for sure:
    the result is read again, and must differ in nothing else. Whether it is a shop is not looked
    at.
    """
    for edit in edits:
        tables.need_sayable(edit.wanted or {}, _FILE, edit.id)
        text = _one(text, edit)
    return text


def _one(text: str, edit: Edit) -> str:
    data = _read(text)
    if edit.kind == "floor":
        return _with_floor(text, data, edit)
    rows = _rows(data, edit)
    at = next((n for n, row in enumerate(rows) if row.get("id") == edit.id), None)
    if at is None and edit.wanted is None:
        raise BadInput("shop-edit", _FILE, f"there is no {edit.kind} {edit.id!r} to remove")
    number = _place(text, edit)
    if (number is None) != (at is None):
        raise _by_hand(edit)
    if edit.wanted is None:
        assert number is not None  # noqa: S101 (the same as ``at``)
        result = tables.without(text, number)
        rows.pop(at if at is not None else 0)
    elif number is None or at is None:
        result = tables.with_new(text, edit.path, edit.wanted, _end(text, edit))
        rows.append(dict(edit.wanted))
    else:
        result = _changed(text, number, edit, edit.wanted)
        kept = {k: rows[at][k] for k in ("facing",) if edit.kind == "shelf" and k in rows[at]}
        rows[at] = {**edit.wanted, **kept}
    if tables.comparable(_read(result), _LISTS) != tables.comparable(data, _LISTS):
        raise _by_hand(edit)
    return result


def _with_floor(text: str, data: dict[str, Any], edit: Edit) -> str:
    shop = data.get("shop")
    span = next((s for s in spans(text) if s.path == ("shop",) and not s.listed), None)
    if edit.wanted is None or span is None or not isinstance(shop, dict):
        raise _by_hand(edit)
    wanted = {**own(text, span), "floor": dict(edit.wanted)}
    try:
        result = tables.with_changed(text, span, wanted)
    except tables.NotSure:
        raise _by_hand(edit) from None
    shop["floor"] = dict(edit.wanted)
    if tables.comparable(_read(result), _LISTS) != tables.comparable(data, _LISTS):
        raise _by_hand(edit)
    return result


def _rows(data: dict[str, Any], edit: Edit) -> list[dict[str, Any]]:
    """The list, within ``data``, in which the table stands or shall stand."""
    where = data
    if edit.kind == "facing":
        shelves = data.get("shelf", [])
        where = next((one for one in shelves if one.get("id") == edit.shelf), {})
        if not where:
            raise BadInput("shop-edit", _FILE, f"there is no shelf {edit.shelf!r}")
    rows: list[dict[str, Any]] = where.setdefault(edit.path[-1], [])
    return rows


def _place(text: str, edit: Edit) -> int | None:
    """The number of its span."""
    if edit.kind != "facing":
        number = found(text, edit.path, edit.id)
        return None if number < 0 else number
    first, last = _shelf(text, edit)
    all_ = spans(text)
    for number in range(first + 1, last):
        span = all_[number]
        if span.path == edit.path and own(text, span).get("id") == edit.id:
            return number
    return None


def _shelf(text: str, edit: Edit) -> tuple[int, int]:
    """The shelf's span, and the first one after it and its facings."""
    first = found(text, ("shelf",), edit.shelf or "")
    if first < 0:
        raise _by_hand(edit)
    return first, tables.after(spans(text), first)


def _end(text: str, edit: Edit) -> int:
    """After the last of its kind; the first of a kind comes last."""
    if edit.kind != "facing":
        return tables.end_of(text, edit.path)
    return spans(text)[_shelf(text, edit)[1] - 1].end


def _changed(text: str, number: int, edit: Edit, wanted: Mapping[str, Any]) -> str:
    try:
        return tables.with_changed(text, spans(text)[number], wanted, edit.path)
    except tables.NotSure:
        raise _by_hand(edit) from None


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput("not-toml", _FILE, f"expected TOML, found: {error}") from None


def _by_hand(edit: Edit) -> BadInput:
    what = f"{edit.kind} {edit.id!r} is written in a way that only a person can change: do it there"
    return BadInput("shop-edit", _FILE, what)
