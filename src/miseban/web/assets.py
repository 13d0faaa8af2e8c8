"""Files that pages load: our own, and plotly.js from its installed package. Their address holds a
hash of them all, so that a browser keeps them until they are others."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from miseban.vocabulary.errors import Failed
from miseban.web.words import LANGUAGES, words_json

_STATIC: Final = Path(__file__).parent / "static"
_PLAIN: Final = frozenset({".png", ".woff2"})
"""What is packed already."""


@dataclass(frozen=True, slots=True)
class Asset:
    """``packed`` is the same by gzip; none where that would gain nothing."""

    media_type: str
    body: bytes
    packed: bytes | None


def ours() -> tuple[str, ...]:
    """The names of all but plotly.js."""
    files = (p.relative_to(_STATIC).as_posix() for p in _STATIC.rglob("*") if p.is_file())
    return (*sorted(files), *(f"words/{language}.json" for language in LANGUAGES))


@cache
def version() -> str:
    """Changes with any of them."""
    digest = hashlib.sha256()
    for name in ours():
        digest.update(name.encode() + b"\0" + _read(name))
    digest.update(str(_plotly().stat().st_size).encode())
    return digest.hexdigest()[:12]


@cache
def asset(name: str) -> Asset | None:
    """None where there is none of that name."""
    if name != "plotly.js" and name not in ours():
        return None
    body = _read(name)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "application/javascript":
        kind = f"{kind}; charset=utf-8"
    packed = None if Path(name).suffix in _PLAIN else gzip.compress(body, 6, mtime=0)
    return Asset(kind, body, packed)


def _read(name: str) -> bytes:
    if name == "plotly.js":
        return _plotly().read_bytes()
    for language in LANGUAGES:
        if name == f"words/{language}.json":
            return words_json(language)
    return (_STATIC / name).read_bytes()


@cache
def _plotly() -> Path:
    """Without importing the package, which would cost the hub memory for nothing."""
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise Failed("plotly", "plotly", "is not installed: set the hub up with scripts/setup")
    return Path(found.origin).parent / "package_data" / "plotly.min.js"
