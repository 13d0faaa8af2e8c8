"""Who is asking, and who did something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from miseban.hub.people.rights import Right, Role
from miseban.vocabulary.errors import BadInput


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, for the audit log: ``account`` is an id (none: the console or the hub itself),
    ``came_from`` the address."""

    account: str | None
    name: str
    came_from: str


CONSOLE: Final = Actor(None, "console", "console")
"""Somebody who can read the hub's own files."""
HUB: Final = Actor(None, "hub", "hub")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking. ``rights`` are what this may do now: of a token, what its scopes and the role
    of its owner have in common."""

    account: str
    name: str
    role: Role
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        return right in self.rights

    def actor(self, came_from: str) -> Actor:
        return Actor(self.account, self.name, came_from)


class Refused(BadInput):
    """Somebody was not let in. ``code`` is ``log-in`` (wrong name or password: which is not told),
    ``throttled`` or ``busy`` (try again after ``retry_after_s``), ``link`` (used, expired or never
    given), ``csrf`` or ``right``."""

    def __init__(self, code: str, where: object, what: str, retry_after_s: int = 0) -> None:
        super().__init__(code, where, what)
        self.retry_after_s = retry_after_s
