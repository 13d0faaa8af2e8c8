"""Passwords: what is taken as one, how it is kept, and how it is checked.

Argon2id with OWASP's parameters (Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane). At most
``AT_ONCE`` are checked at the same time: whoever sends a thousand log-ins at once does not take the
box's memory, and is asked to come again.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from miseban.hub.people.identity import Refused
from miseban.vocabulary.errors import BadInput

SHORTEST, LONGEST = 12, 256  # characters
AT_ONCE, WAITING = 2, 8  # of strangers

# Words that are tried first, of our own making; digits are read as the letters they stand for.
_KNOWN_WORDS: Final = frozenset(
    word
    for line in (
        "password passwort passwd passphrase secret letmein welcome hello iloveyou administrator",
        "admin manager master login access change default guest user test root sunshine princess",
        "dragon monkey football baseball summer winter spring autumn january shop store staff",
        "office tokyo osaka kyoto japan seoul korea busan nippon nihon sakura miseban camera",
        "kamera arigato konnichiwa doraemon pikachu anpanman tencho tenpo kanri himitsu aikotoba",
        "sarang annyeong bimil azerty",
    )
    for word in line.split()
)
_RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)  # fmt: skip
_STANDS_FOR: Final = str.maketrans("013457@$!", "oieastasi")
_LEAST_LEFT = 6  # characters that are nobody's first guess
_LEAST_DIFFERENT = 5


class Passwords:
    """Hashes and checks, for threads. The parameters are arguments so that tests need not wait."""

    def __init__(self, *, passes: int = 2, memory_kib: int = 19_456, lanes: int = 1) -> None:
        self._hasher = PasswordHasher(passes, memory_kib, lanes)
        self._strangers = _Room(AT_ONCE, WAITING)
        self._known = _Room(1, WAITING)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """``password`` as it is kept. Raises ``Refused`` (``busy``)."""
        with self._known:
            return self._hasher.hash(_bytes(password))

    def check(self, kept: str | None, password: str, *, known: bool = False) -> bool:
        """Whether ``password`` is the one that is ``kept``. Where there is no account, and nothing
        kept, the same work is done. Who is ``known`` does not wait for strangers. Raises
        ``Refused`` (``busy``)."""
        with self._known if known else self._strangers:
            right = self._verify(kept or self._nobody, _bytes(password))
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was kept with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


class _Room:
    """``at_once`` work in it, ``waiting`` more may wait; who comes then is sent away."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._work = threading.BoundedSemaphore(at_once)

    def __enter__(self) -> None:
        if not self._places.acquire(blocking=False):
            raise Refused("busy", "log-in", "too many at once; try again", retry_after_s=2)
        self._work.acquire()

    def __exit__(self, *_: object) -> None:
        self._work.release()
        self._places.release()


def check_new(password: str, login: str) -> None:
    """Raises ``BadInput`` (``password``) where it is too short, too long or among those that are
    tried first. Which kinds of characters it has is not asked."""
    written = _written_one_way(password)
    if not SHORTEST <= len(written) <= LONGEST:
        what = f"expected {SHORTEST} to {LONGEST} characters, found {len(written)}"
        raise BadInput("password", "password", what)
    if len(set(written)) < _LEAST_DIFFERENT or len(_left_over(written, login)) < _LEAST_LEFT:
        what = "too easy to guess: a known word, a run of keys, or the name; some words would do"
        raise BadInput("password", "password", what)


def _written_one_way(password: str) -> str:
    """Full-width and half-width letters, and letters put together in several ways, are the same:
    which of them comes hangs on the keyboard."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    # A letter may be written as three; what is longer than that is no password of ours.
    return _written_one_way(password[: 4 * LONGEST]).encode("utf-8", "surrogatepass")


def _left_over(password: str, login: str) -> str:
    """What remains of it without known words, the parts of the login, and runs of keys."""
    rest = password.casefold()
    mine = [part for part in re.split(r"[\W_]+", login.casefold()) if len(part) >= 3]
    words = sorted({*_KNOWN_WORDS, *mine}, key=len, reverse=True)
    for text in (rest, rest.translate(_STANDS_FOR)):
        left = text
        for word in words:
            left = left.replace(word, "")
        rest = min(rest, _without_runs(left), key=len)
    return re.sub(r"[\s\W_]+", "", rest)


def _without_runs(text: str) -> str:
    """Without stretches of three or more that lie side by side on a keyboard, in the alphabet or
    among the digits, either way, or that are one character again and again."""
    text = re.sub(r"(.)\1{2,}", "", text)
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for length in range(len(run), 2, -1):
            for at in range(len(run) - length + 1):
                text = text.replace(run[at : at + length], "")
    return text
