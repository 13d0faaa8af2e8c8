"""Errors a person can act on: one line that says where, and what was expected and found.

Commands print ``str(error)`` and leave with ``error.exit_status``: 2 for wrong use or bad
input, 1 when the work was begun and failed. ``code`` is stable, for programs.
"""

from __future__ import annotations


class MisebanError(Exception):
    """Base of every error raised on purpose.

    ``code`` is a stable kebab-case word, ``where`` names the file, table, key or line,
    ``what`` says what was expected and what was found.
    """

    exit_status = 1

    def __init__(self, code: str, where: object, what: str) -> None:
        super().__init__(code, str(where), what)
        self.code = code
        self.where = str(where)
        self.what = what

    def __str__(self) -> str:
        return " ".join(f"{self.where}: {self.what}".split())  # always one line


class BadInput(MisebanError):
    """Wrong use or unusable input: nothing was started, nothing was written."""

    exit_status = 2


class Failed(MisebanError):
    """The work was begun and could not be finished; what was saved is said in ``what``."""

    exit_status = 1
