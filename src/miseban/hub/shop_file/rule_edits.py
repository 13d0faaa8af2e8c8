"""A rule is set, added or removed in the text of a rules file, and its language: by the same means
as a table of the shop file, every other line stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from miseban.hub.shop_file import tables
from miseban.hub.shop_file.spans import found, own, spans
from miseban.hub.shop_file.writing import as_toml
from miseban.vocabulary.errors import BadInput

_FILE: Final = "rules.toml"
_RULE: Final = ("rule",)
_STEP: Final = ("rule", "escalate")
_LISTS: Final = ("rule", "escalate")


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """The rule of that ``id`` shall say ``wanted`` and nothing more, its ``escalate`` (a list of
    tables) among it; none: it shall go from the file."""

    id: str
    wanted: Mapping[str, Any] | None


def with_rules(text: str, edits: Sequence[RuleEdit], top: Mapping[str, Any] | None = None) -> str:
    """``text`` with all ``edits``, one after the other, and the keys of ``top`` at its head. Raises
    ``BadInput`` (``shop-edit``) as ``edits.edited`` does; whether they are rules is not looked at.
    """
    held_rules(text)
    for edit in edits:
        _need_sayable(edit)
        text = _one(text, edit)
    return _with_top(text, top) if top else text


def held_rules(text: str) -> dict[str, dict[str, Any]]:
    """The rules that ``text`` has, by their ids. Raises ``BadInput`` where they are no tables with
    an id each, as a file that was broken by hand may have them."""
    rows = _read(text).get("rule", [])
    for row in rows if isinstance(rows, list) else [rows]:
        if not (isinstance(row, dict) and isinstance(row.get("id"), str) and _has_steps(row)):
            what = "expected [[rule]] tables, each with an id: set it right by hand"
            raise BadInput("shop-edit", _FILE, what)
    return {row["id"]: row for row in rows}


def _has_steps(row: Mapping[str, Any]) -> bool:
    steps = row.get("escalate", [])
    return isinstance(steps, list) and all(isinstance(one, dict) for one in steps)


def _need_sayable(edit: RuleEdit) -> None:
    """What comes through the API may be anything that JSON has."""
    wanted = edit.wanted or {}
    if not _has_steps(wanted):
        raise BadInput("shop-edit", _FILE, f"{edit.id!r} escalate: expected a list of tables")
    tables.need_sayable(wanted, _FILE, edit.id)


def _one(text: str, edit: RuleEdit) -> str:
    data = _read(text)
    rows: list[dict[str, Any]] = data.setdefault("rule", [])
    at = next((n for n, row in enumerate(rows) if row.get("id") == edit.id), None)
    number = found(text, _RULE, edit.id, _FILE)
    if (number < 0) != (at is None):
        raise _by_hand(edit.id)
    if edit.wanted is None:
        if at is None:
            raise BadInput("shop-edit", _FILE, f"there is no rule {edit.id!r} to remove")
        result = tables.without(text, number)
        rows.pop(at)
    elif at is None:
        result = _new(text, edit.wanted)
        rows.append(dict(edit.wanted))
    else:
        result = _changed(text, number, edit.id, edit.wanted)
        rows[at] = dict(edit.wanted)
    if tables.comparable(_read(result), _LISTS) != tables.comparable(data, _LISTS):
        raise _by_hand(edit.id)
    return result


def _new(text: str, wanted: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in wanted.items() if key != "escalate"}
    text = tables.with_new(text, _RULE, plain, tables.end_of(text, _RULE))
    for step in wanted.get("escalate", ()):
        text = tables.with_new(text, _STEP, step, tables.end_of(text, _RULE))
    return text.removeprefix("\n")  # the first in a new file


def _changed(text: str, number: int, name: str, wanted: Mapping[str, Any]) -> str:
    """Steps of an escalation have no ids: the first stays the first."""
    said = own(text, spans(text)[number])
    inline = "escalate" in said
    steps: Sequence[Mapping[str, Any]] = () if inline else wanted.get("escalate", ())
    plain = {key: value for key, value in wanted.items() if inline or key != "escalate"}
    try:
        text = tables.with_changed(text, spans(text)[number], plain)
        held = tables.after(spans(text), number) - number - 1
        for n in reversed(range(len(steps), held)):
            text = tables.without(text, number + 1 + n)
        for n, step in enumerate(steps[:held]):
            text = tables.with_changed(text, spans(text)[number + 1 + n], step)
    except tables.NotSure:
        raise _by_hand(name) from None
    for step in steps[held:]:
        all_ = spans(text)
        text = tables.with_new(text, _STEP, step, all_[tables.after(all_, number) - 1].end)
    return text


def _with_top(text: str, top: Mapping[str, Any]) -> str:
    """Keys that belong to no table stand before the first one."""
    data = _read(text)
    wanted = {k: v for k, v in top.items() if data.get(k) != v}
    if not wanted:
        return text
    all_ = spans(text)
    end = all_[0].start if all_ else len(text)
    head = text[:end]
    try:
        document = tomlkit.parse(head)
        said = {key: data[key] for key in wanted if key in data}
        if said:
            tables.set_keys(document, said, wanted)
            new = tomlkit.dumps(document)
        else:
            new = (
                "".join(f"{key} = {as_toml(key, value)}\n" for key, value in wanted.items()) + head
            )
    except (TOMLKitError, KeyError, TypeError):
        raise _by_hand("language") from None
    result = tables.ends_as(new, text) + text[end:]
    if _read(result) != data | wanted:
        raise _by_hand("language")
    return result


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # too many digits, or brackets
        raise BadInput("not-toml", _FILE, f"expected TOML, found: {error}") from None


def _by_hand(name: str) -> BadInput:
    what = f"{name!r} is written in a way in which only a person can change it: do it there"
    return BadInput("shop-edit", _FILE, what)
