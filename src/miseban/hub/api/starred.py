"""The text of a shop file without the passwords of its cameras, and with them again.

Strings are found as TOML has them (four ways of quoting), and read by their value: whatever way a
camera's source is written, its password is starred, and what is put back is put back nowhere else.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

from miseban.hub.api.problems import Trouble
from miseban.vocabulary.shop import parse_shop, redact

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\r\n]*",
    re.DOTALL,
)
"""A string or a comment: between them TOML has no quotes, so that none is taken for another."""
_WORD: Final = re.compile(r"\S+")


def starred(text: str) -> str:
    """Without what may be a password: in whatever is a ``source``, and in addresses in comments.
    Raises ``BadInput`` where ``text`` is no TOML: then nothing of it can be shown."""
    sources = _sources(_read(text))
    return _rewritten(text, lambda value: redact(value) if value in sources else value, _hidden)


def unstarred(body: str, before: str) -> str:
    """``body`` with the passwords that ``before`` has for the same sources; another address does
    not get them. Raises ``BadInput`` where ``body`` is no TOML, ``Trouble`` (``password``) where
    stars stand elsewhere than in the source of a camera."""
    wanted = _read(body)
    known = _cameras(_read_or_nothing(before))
    put_back: list[tuple[str, str]] = []
    for camera in _cameras(wanted):
        stars: str = camera["source"]
        if (found := _source_of(str(camera.get("id")), stars, known)) is not None:
            camera["source"] = found
            put_back.append((stars, found))
    comments = {_hidden(one): one for one in _comments(before)}
    left = iter(put_back)
    shown: str | None
    shown, source = next(left, (None, ""))

    def back(value: str) -> str:
        nonlocal shown, source
        if value != shown:
            return value
        now = source
        shown, source = next(left, (None, ""))
        return now

    text = _rewritten(body, back, lambda comment: comments.get(comment, comment))
    if _read(text) != wanted:  # the same words stand elsewhere too
        what = "stars stand for a password only in the source of a camera"
        raise Trouble("password", what, where="camera")
    return text


def _source_of(camera: str, shown: str, known: list[dict[str, Any]]) -> str | None:
    """What stars stand for: in the camera of that id, or, where that is another now, the only
    one."""
    same = {str(one.get("id")): one["source"] for one in known if redact(one["source"]) == shown}
    found = {same[camera]} if camera in same else set(same.values())
    source = found.pop() if len(found) == 1 else None
    return None if source == shown else source


def _rewritten(text: str, of_string: Callable[[str], str], of_comment: Callable[[str], str]) -> str:
    """With other strings and comments, where they are others."""

    def one(found: re.Match[str]) -> str:
        token = found[0]
        if token.startswith("#"):
            return of_comment(token)
        value = _value(token)
        new = of_string(value)
        return token if new == value else json.dumps(new, ensure_ascii=False)

    return _TOKEN.sub(one, text)


def _value(token: str) -> str:
    if "\\" not in token and not token.startswith(('"""', "'''")):
        return token[1:-1]
    return str(tomllib.loads(f"value = {token}")["value"])


def _comments(text: str) -> list[str]:
    return [found[0] for found in _TOKEN.finditer(text) if found[0].startswith("#")]


def _hidden(comment: str) -> str:
    """A camera that was commented out has a password too."""
    return "#" + _WORD.sub(lambda word: redact(word[0]) if "://" in word[0] else word[0],
                           comment[1:])  # fmt: skip


def _sources(data: object) -> set[str]:
    """Whatever stands under a key ``source``, however deep: a file may also be wrong."""
    if isinstance(data, Mapping):
        here = {data["source"]} if isinstance(data.get("source"), str) else set()
        return here.union(*map(_sources, data.values()))
    if isinstance(data, list):
        return set().union(*map(_sources, data))
    return set()


def _cameras(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of them that have a source, as they stand in ``data``."""
    cameras = data.get("camera")
    found = cameras if isinstance(cameras, list) else []
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("source"), str)]


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        parse_shop(text, "shop.toml")  # says where
        raise


def _read_or_nothing(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
