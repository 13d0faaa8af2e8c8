"""XML from others, read so that it can do no harm.

Expat with every door shut: no document type, so no entity of any kind is ever declared or opened;
limits on depth, elements and text. Python's own parsers leave those doors to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from miseban.vocabulary.errors import BadInput

_DEEPEST: Final = 40
_MOST_ELEMENTS: Final = 2_000_000
_LONGEST_TEXT: Final = 100_000


@dataclass(slots=True)
class Element:
    """``name`` and the names of ``attributes`` are without their namespace's prefix; ``text`` is
    what stands directly in it; ``line`` is where it begins."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Element]:
        """The children of any of ``names``."""
        return (child for child in self.children if child.name in names)

    def first(self, *path: str) -> Element | None:
        """The first child of that name, its first child of the next, and so on."""
        here: Element | None = self
        for name in path:
            here = next(here.all(name), None) if here is not None else None
        return here

    def word(self, *path: str) -> str | None:
        """The text of ``first(path)`` without the space around it; none where it is empty."""
        found = self.first(*path)
        return (found.text.strip() or None) if found is not None else None


def read_tree(data: bytes, code: str) -> Element:
    """The outermost element of ``data``. Raises ``BadInput`` (``code``) naming line and column."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root: list[Element] = []
    path: list[Element] = []
    count = 0

    def bad(what: str) -> BadInput:
        where = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
        return BadInput(code, where, what)

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MOST_ELEMENTS or len(path) >= _DEEPEST:
            limit = f"{_DEEPEST} levels" if len(path) >= _DEEPEST else f"{_MOST_ELEMENTS} elements"
            raise bad(f"expected at most {limit}")
        plain = {_local(key): value for key, value in attributes.items()}
        element = Element(_local(name), parser.CurrentLineNumber, plain)
        (path[-1].children if path else root).append(element)
        path.append(element)

    def ends(_: str) -> None:
        path.pop()

    def says(text: str) -> None:
        here = path[-1]
        if len(here.text) + len(text) > _LONGEST_TEXT:
            raise bad(f"expected at most {_LONGEST_TEXT} characters in an element")
        here.text += text

    def refuses(*_: object) -> None:
        raise bad("expected XML without a document type: entities are not read here")

    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = says
    parser.StartDoctypeDeclHandler = refuses
    parser.EntityDeclHandler = refuses
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset + 1}"
        reason = expat.ErrorString(error.code)
        raise BadInput(code, where, f"expected XML, found: {reason}") from None
    except (ValueError, LookupError) as error:  # an encoding that Expat or Python does not know
        raise BadInput(code, "line 1", f"expected XML in UTF-8 or UTF-16, found: {error}") from None
    return root[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]
