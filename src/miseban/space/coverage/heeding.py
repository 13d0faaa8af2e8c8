"""A large floor takes seconds: whoever waits for it may be asked in between whether to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
Heed = Callable[[], None]
"""Called before each part of the work; what it raises ends it."""


def go_on() -> None:
    """Whatever comes: for those who wait to the end."""


def heeding(heed: Heed, many: Iterable[T]) -> Iterator[T]:
    """``many``, with ``heed`` before each."""
    for one in many:
        heed()
        yield one
