"""What two texts of a shop or rules file have not in common: by table, for people, and by line."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

What = Literal["added", "removed", "changed"]
_LISTS = ("camera", "line", "zone", "shelf", "till", "fixture", "rule")
_AROUND = 2
"""Lines that are shown before and after one that differs."""


class Change(BaseModel):
    """One table that is another. ``kind`` is its key; ``id`` and ``name`` are empty for those there
    is one of (``shop``, ``notice``, ``staff``)."""

    model_config = ConfigDict(frozen=True)

    kind: str
    id: str
    name: str
    what: What


class DiffLine(BaseModel):
    """A line of the text: ``+`` it came, ``-`` it went, a space: it stayed, ``@`` some are left
    out here."""

    model_config = ConfigDict(frozen=True)

    sign: Literal["+", "-", " ", "@"]
    text: str


def changes(before: str, after: str) -> list[Change]:
    """From ``before`` to ``after``, both TOML; in the order of the tables."""
    old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    found: list[Change] = []
    for key in dict.fromkeys([*old, *new]):
        if key in _LISTS:
            found += _rows(key, *(_by_id(data.get(key)) for data in (old, new)))
        elif old.get(key) != new.get(key):
            what: What = "added" if key not in old else "removed" if key not in new else "changed"
            found.append(Change(kind=key, id="", name="", what=what))
    return found


def diff(before: str, after: str) -> list[DiffLine]:
    """The lines that differ, with some around them."""
    told = difflib.unified_diff(before.splitlines(), after.splitlines(), n=_AROUND, lineterm="")
    return list(_signed(list(told)[2:]))


def _signed(lines: list[str]) -> Iterator[DiffLine]:
    for line in lines:
        sign = line[:1]
        if sign == "@":
            yield DiffLine(sign="@", text="")
        elif sign == "+":
            yield DiffLine(sign="+", text=line[1:])
        else:
            yield DiffLine(sign="-" if sign == "-" else " ", text=line[1:])


def _by_id(rows: Any) -> dict[str, Mapping[str, Any]]:
    tables = rows if isinstance(rows, list) else []
    return {str(one.get("id")): one for one in tables if isinstance(one, Mapping)}


def _rows(
    kind: str, old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        what: What = "added" if before is None else "removed" if after is None else "changed"
        row = after or before or {}
        yield Change(kind=kind, id=name, name=str(row.get("name", name)), what=what)
