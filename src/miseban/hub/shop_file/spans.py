"""Where the tables of a TOML text stand: each header, and the lines up to the next one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from miseban.vocabulary.errors import BadInput

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}]",
    re.DOTALL,
)
"""Strings and comments, in which brackets are none; and brackets."""
_SAYS: Final = re.compile(r"[^\s#]")


@dataclass(frozen=True, slots=True)
class Span:
    """The table ``path`` (its header's keys); ``listed`` by double brackets. ``text[start:end]`` is
    the header and what belongs to it up to its last line that says something; what follows up to
    ``next`` are blank lines and comments."""

    path: tuple[str, ...]
    listed: bool
    start: int
    end: int
    next: int


def spans(text: str) -> list[Span]:
    """All tables of ``text``, which is TOML, in their order."""
    headers = list(_headers(text))
    ends = [start for start, _, _ in headers[1:]] + [len(text)]
    return [
        Span(path, listed, start, _last_word(text, start, end), end)
        for (start, path, listed), end in zip(headers, ends, strict=False)
    ]


def _headers(text: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Where each header's line begins, its path, and whether its brackets are double."""
    depth = 0
    skip_to = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if token.start() < skip_to or sign[0] in "\"'#":
            continue
        begin = text.rfind("\n", 0, token.start()) + 1
        if depth == 0 and sign == "[" and not text[begin : token.start()].strip(" \t\ufeff"):
            stop = text.find("\n", token.start())
            stop = len(text) if stop < 0 else stop
            path, listed = _path(text[token.start() : stop].rstrip("\r"))
            yield begin + text.startswith("\ufeff", begin), path, listed
            skip_to = stop
        else:
            depth += 1 if sign in "[{" else -1


def _path(header: str) -> tuple[tuple[str, ...], bool]:
    here: Any = tomllib.loads(header)
    path: list[str] = []
    while here:
        if isinstance(here, list):
            here = here[0]
        else:
            (key,) = here
            path.append(key)
            here = here[key]
    return tuple(path), header.startswith("[[")


def _last_word(text: str, start: int, end: int) -> int:
    """After the line end of the last line that is neither blank nor a comment."""
    said = [token.end() for token in _TOKEN.finditer(text, start, end) if token[0][0] != "#"]
    least = max(said, default=start)  # a line of a longer string may look like a comment
    while end > least:
        begin = text.rfind("\n", start, end - 1) + 1
        if begin < least or _SAYS.match(text[begin:end].lstrip()):
            break
        end = begin
    return end


def found(text: str, path: tuple[str, ...], name: str, file: str = "shop.toml") -> int:
    """The position, among ``spans(text)``, of the table of ``path`` with that ``id``; -1 where
    there is none. Raises ``BadInput`` where the tables are not written with double brackets."""
    for n, span in enumerate(spans(text)):
        if span.path == path and span.listed and own(text, span).get("id") == name:
            return n
    if isinstance(tomllib.loads(text.removeprefix("\ufeff")).get(path[0]), list) and not any(
        span.path[0] == path[0] for span in spans(text)
    ):
        what = f"expected [[{path[0]}]] tables, found a list on one line: write them so by hand"
        raise BadInput("shop-edit", file, what)
    return -1


def own(text: str, span: Span) -> dict[str, Any]:
    """What stands in that table itself."""
    here: Any = tomllib.loads(text[span.start : span.end])
    for key in span.path:
        here = here[key]
        if isinstance(here, list):
            here = here[0]
    table: dict[str, Any] = here
    return table
