"""From what is wrong in a shop file to one line that a person can act on."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.source import redact

Place = tuple[str | int, ...]
"""Keys and positions (from 0) from the top of the file, as in ``("zone", 1, "polygon", 2)``."""

LISTS = ("camera", "line", "zone", "shelf", "till", "fixture")
_LONGEST = 80
_MORE = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one ``place`` of the file: what was expected and what was found.

    ``reason`` is a stable word for what kind of thing that is, for those who say it in another
    language, and ``limit`` what of ``expected`` they would put in; ``other``: it is said in
    ``expected`` alone."""

    place: Place
    expected: str
    found: str
    reason: str = "other"
    limit: str = ""

    @property
    def what(self) -> str:
        return f"expected {self.expected}, found {self.found}"


class BadTable(BadInput):
    """Something is wrong in a table of a file: ``reason`` as in ``Problem``, and in ``values`` the
    ``table``, its ``id`` (empty where it has none), the ``key``, ``limit`` and ``found``."""

    def __init__(self, code: str, where: str, what: str, first: Problem, data: object) -> None:
        super().__init__(code, where, what)
        words = [step for step in first.place if isinstance(step, str)]
        name: object = None
        here: Any = data
        for step in first.place:
            here = _inside(here, step)
            name = _inside(here, "id") or name
        self.reason = first.reason
        self.values = {
            "table": words[0] if words else "",
            "id": name if isinstance(name, str) else "",
            "key": words[-1] if len(words) > 1 else "",
            "limit": first.limit,
            "found": first.found,
        }


def bad_shop(
    where: str,
    problems: list[Problem],
    data: object,
    *,
    code: str = "bad-shop-file",
    lists: tuple[str, ...] = LISTS,
) -> BadTable:
    """The error for the first of ``problems``, in the order of the file; the others are named by
    place only. ``data`` is the file's content, from which tables get their ids; ``lists`` the keys
    that hold tables in double brackets (another kind of file has others)."""
    first, *more = problems
    what = first.what
    if more:
        places = "; ".join(named(p.place, data, lists) for p in more[:_MORE])
        rest = "; ..." if len(more) > _MORE else ""
        what = f"{what} (and {len(more)} more: {places}{rest})"
    return BadTable(code, f"{where}: {named(first.place, data, lists)}", what, first, data)


def named(place: Place, data: object, lists: tuple[str, ...] = LISTS) -> str:
    """``place`` in words: ``[[zone]] 2 "aisle-3" polygon point 3``."""
    words: list[str] = []
    here: Any = data
    key = ""
    for depth, step in enumerate(place):
        here = _inside(here, step)
        if isinstance(step, str):
            key = step
            words.append(_key(step, depth, place, lists, here))
        elif key in (*lists, "facing"):
            words.append(str(step + 1))
            name = _inside(here, "id")
            if isinstance(name, str):
                words.append(shown(name))
        elif key in ("points", "polygon") and place[depth - 1] == key:
            words.append(f"point {step + 1}")
        elif key == "floor_points":
            words.append(str(step + 1))
        else:
            axes = ("width", "height") if key == "resolution" else ("x", "y")
            is_pair = key in ("pixel", "floor_m", "resolution", "points", "polygon")
            words.append(axes[step] if is_pair and step < 2 else str(step + 1))
    return " ".join(words)


def _key(step: str, depth: int, place: Place, lists: tuple[str, ...], here: object) -> str:
    if depth == 0 and step in lists:
        return f"[[{step}]]"
    # A shop file has tables only; other files may begin with keys of their own.
    plain = lists is not LISTS and not (here is None or isinstance(here, Mapping))
    if depth == 0 and not plain:
        return f"[{_bare(step)}]"
    if step == "facing" and place[0] == "shelf":
        return "[[shelf.facing]]"
    return _bare(step)


def _bare(key: str) -> str:
    """A key as it may stand in TOML: in quotes if it must."""
    plain = key.replace("-", "").replace("_", "")
    return key if plain.isascii() and plain.isalnum() else shown(key)


def _inside(here: Any, step: str | int) -> Any:
    if isinstance(here, Mapping) and isinstance(step, str):
        return here.get(step)
    if isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def shown(value: object) -> str:
    """``value`` nearly as TOML writes it, short, on one line, without passwords."""
    text = _written(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _written(value: object) -> str:
    if isinstance(value, str):
        quoted = json.dumps(redact(value), ensure_ascii=False)
        return "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in quoted)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"a table with {', '.join(_bare(str(key)) for key in value)}" if value else "{}"
    if isinstance(value, int):  # of any length: TOML knows no bound, str() does
        return str(value) if value.bit_length() < 200 else f"a number of {value.bit_length()} bits"
    return str(value)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """``' (did you mean "zone"?)'``, or nothing when no known word is near."""
    near = difflib.get_close_matches(str(word), list(known), n=1)
    return f" (did you mean {shown(near[0])}?)" if near else ""
