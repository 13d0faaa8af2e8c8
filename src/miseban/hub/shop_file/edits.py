"""One table of a shop file is set, added or removed in its text: every other line stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from miseban.hub.shop_file.spans import Span, found, own, spans
from miseban.hub.shop_file.writing import as_toml
from miseban.vocabulary.errors import BadInput

Kind = Literal["camera", "line", "zone", "shelf", "till", "fixture", "facing", "floor"]
_FILE: Final = "shop.toml"


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
        result = _without(text, number)
        rows.pop(at if at is not None else 0)
    elif number is None or at is None:
        result = _with_new(text, edit, edit.wanted)
        rows.append(dict(edit.wanted))
    else:
        result = _with_changed(text, spans(text)[number], edit, edit.wanted)
        kept = {k: rows[at][k] for k in ("facing",) if edit.kind == "shelf" and k in rows[at]}
        rows[at] = {**edit.wanted, **kept}
    if _comparable(_read(result)) != _comparable(data):
        raise _by_hand(edit)
    return result


def _with_floor(text: str, data: dict[str, Any], edit: Edit) -> str:
    shop = data.get("shop")
    span = next((s for s in spans(text) if s.path == ("shop",) and not s.listed), None)
    if edit.wanted is None or span is None or not isinstance(shop, dict):
        raise _by_hand(edit)
    wanted = {**own(text, span), "floor": dict(edit.wanted)}
    result = _with_changed(text, span, edit, wanted, ("shop",))
    shop["floor"] = dict(edit.wanted)
    if _comparable(_read(result)) != _comparable(data):
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
    return first, _after(spans(text), first)


def _after(all_: list[Span], number: int) -> int:
    """The first span that is no part of the one of that number."""
    path = all_[number].path
    last = number + 1
    while last < len(all_) and len(all_[last].path) > len(path):
        last += 1
    return last


def _without(text: str, number: int) -> str:
    """Its lines and the blank ones after them; comments there and before it stay."""
    all_ = spans(text)
    last = all_[_after(all_, number) - 1]
    start, end = all_[number].start, last.end
    rest = text[end:]
    while rest.startswith(("\n", "\r\n")):
        rest = rest.split("\n", 1)[1]
    return text[:start] + rest


def _with_new(text: str, edit: Edit, wanted: Mapping[str, Any]) -> str:
    """After the last of its kind; the first of a kind comes last."""
    all_ = spans(text)
    if edit.kind == "facing":
        _, after = _shelf(text, edit)
        at = all_[after - 1].end
    else:
        same = [n for n, span in enumerate(all_) if span.path == edit.path]
        at = all_[_after(all_, same[-1]) - 1].end if same else len(text)
    lines = [f"[[{'.'.join(edit.path)}]]", *(f"{k} = {as_toml(k, v)}" for k, v in wanted.items())]
    before = text[:at]
    gap = "" if before.endswith("\n") or not before else "\n"
    new = f"{gap}\n" + "\n".join(lines) + "\n"
    return before + _ends_as(new, text) + text[at:]


def _with_changed(
    text: str,
    span: Span,
    edit: Edit,
    wanted: Mapping[str, Any],
    path: tuple[str, ...] | None = None,
) -> str:
    """Only keys that say something else are written anew; comments behind them stay."""
    old = text[span.start : span.end]
    try:
        document = tomlkit.parse(old)
        table = _inner(document, path or edit.path)
        said = own(text, span)
        for key in said.keys() - wanted.keys():
            table.remove(key)
        for key, value in wanted.items():
            if key not in said or said[key] != value:  # 2 and 2.0 are the same here
                table[key] = tomlkit.value(as_toml(key, value))
        new = tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, IndexError):
        raise _by_hand(edit) from None
    return text[: span.start] + _ends_as(new, text) + text[span.end :]


def _inner(document: tomlkit.TOMLDocument, path: tuple[str, ...]) -> Table:
    here: Any = document
    for key in path:
        here = here[key]
        if isinstance(here, list):
            here = here[0]
    table: Table = here
    return table


def _ends_as(new: str, text: str) -> str:
    """With the line ends that ``text`` has."""
    plain = new.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in text else plain


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    """Without lists that are empty: a text cannot say them."""
    return {
        key: [_comparable(row) if isinstance(row, dict) else row for row in value]
        if isinstance(value, list)
        else value
        for key, value in data.items()
        if value != []
        or key not in ("camera", "line", "zone", "shelf", "till", "fixture", "facing")
    }


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput("not-toml", _FILE, f"expected TOML, found: {error}") from None


def _by_hand(edit: Edit) -> BadInput:
    what = f"{edit.kind} {edit.id!r} is written in a way that only a person can change: do it there"
    return BadInput("shop-edit", _FILE, what)
