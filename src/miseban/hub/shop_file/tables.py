"""A table within a TOML text is taken out, put in or changed; every other line stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from miseban.hub.shop_file.spans import Span, own, spans
from miseban.hub.shop_file.writing import as_toml
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.problem import shown


class NotSure(Exception):  # noqa: N818 (whoever asked says what is wrong)
    """It is written in a way in which it cannot be changed for sure."""


def after(all_: Sequence[Span], number: int) -> int:
    """The first span that is no part of the one of that number."""
    path = all_[number].path
    last = number + 1
    while last < len(all_) and len(all_[last].path) > len(path):
        last += 1
    return last


def without(text: str, number: int) -> str:
    """Without the span of that number and its parts: their lines and the blank ones after them;
    comments there and before it stay."""
    all_ = spans(text)
    start, end = all_[number].start, all_[after(all_, number) - 1].end
    rest = text[end:]
    while rest.startswith(("\n", "\r\n")):
        rest = rest.split("\n", 1)[1]
    return text[:start] + rest


def with_new(text: str, path: Sequence[str], wanted: Mapping[str, Any], at: int) -> str:
    """With one more ``[[path]]`` at the character ``at``."""
    lines = [f"[[{'.'.join(path)}]]", *(f"{k} = {as_toml(k, v)}" for k, v in wanted.items())]
    before = text[:at]
    gap = "" if before.endswith("\n") or not before else "\n"
    new = f"{gap}\n" + "\n".join(lines) + "\n"
    return before + ends_as(new, text) + text[at:]


def end_of(text: str, path: tuple[str, ...]) -> int:
    """Behind the last table of ``path`` and its parts, or behind everything where there is none."""
    all_ = spans(text)
    same = [n for n, span in enumerate(all_) if span.path == path]
    return all_[after(all_, same[-1]) - 1].end if same else len(text)


def with_changed(
    text: str, span: Span, wanted: Mapping[str, Any], path: Sequence[str] | None = None
) -> str:
    """Only keys that say something else are written anew; comments behind them stay. ``path`` is
    where the table stands in its own text, if that is not the span's. Raises ``NotSure``."""
    old = text[span.start : span.end]
    try:
        document = tomlkit.parse(old)
        table = _inner(document, path or span.path)
        set_keys(table, own(text, span), wanted)
        new = tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, IndexError):
        raise NotSure from None
    return text[: span.start] + ends_as(new, text) + text[span.end :]


def set_keys(table: Any, said: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """In a table of tomlkit's, which says ``said``."""
    for key in said.keys() - wanted.keys():
        table.remove(key)
    for key, value in wanted.items():
        if key not in said or said[key] != value:  # 2 and 2.0 are the same here
            table[key] = tomlkit.value(as_toml(key, value))


def need_sayable(wanted: Mapping[str, Any], where: str, name: str) -> None:
    """Raises ``BadInput`` (``shop-edit``) for values that JSON has and such a file has not."""
    for key, value in wanted.items():
        try:
            as_toml(key, value)
        except TypeError as error:
            raise BadInput("shop-edit", where, f"{name!r} {shown(key)}: {error}") from None


def ends_as(new: str, text: str) -> str:
    """With the line ends that ``text`` has."""
    plain = new.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in text else plain


def comparable(data: Mapping[str, Any], lists: Iterable[str]) -> dict[str, Any]:
    """Without those of ``lists`` that are empty: a text cannot say them."""
    known = frozenset(lists)
    return {
        key: [comparable(row, known) if isinstance(row, dict) else row for row in value]
        if isinstance(value, list)
        else value
        for key, value in data.items()
        if value != [] or key not in known
    }


def _inner(document: tomlkit.TOMLDocument, path: Sequence[str]) -> Table:
    here: Any = document
    for key in path:
        here = here[key]
        if isinstance(here, list):
            here = here[0]
    table: Table = here
    return table
