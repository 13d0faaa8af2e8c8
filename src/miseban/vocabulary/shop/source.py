"""The forms a camera's ``source`` may take, and how to show one without its password."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from miseban.vocabulary.identifiers import is_name
from miseban.vocabulary.shop.table import is_one_line, wrong

SourceForm = Literal["file", "rtsp", "usb", "images", "sim"]

FORMS = "a file's path, rtsp://HOST/PATH, rtsps://HOST/PATH, usb:NUMBER, images:FOLDER or sim:ID"

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):(.*)$", re.DOTALL)  # one letter: a drive
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:/+)?.*@", re.DOTALL)
_SECRET = re.compile(r"((?:pass|pwd|pw|token|secret|auth|key)\w*[=:])[^&/\s]*", re.IGNORECASE)


def redact(text: str) -> str:
    """``text`` without what stands before an ``@`` and without password=... parts.

    Safe for logs, errors and pages: rather too much is hidden than too little.
    """
    return _SECRET.sub(r"\1***", _USER.sub(r"\1***@", text))


def source_form(text: str) -> SourceForm | None:
    """Which form ``text`` has, or None when it has none of ``FORMS``."""
    if not is_one_line(text):
        return None
    match = _SCHEME.match(text)
    if match is None:
        return "file"
    scheme, rest = match[1].lower(), match[2]
    if scheme in ("rtsp", "rtsps"):
        return "rtsp" if _has_host(text) else None
    if scheme == "usb":
        return "usb" if re.fullmatch(r"[0-9]{1,3}", rest) else None
    if scheme == "images":
        return "images" if rest.strip() else None
    if scheme == "sim":
        return "sim" if is_name(rest.partition("?")[0]) else None
    return None


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, or half an IPv6 address
        return False


def known_source(text: str) -> str:
    """``text``, if it has a known form; else ``PydanticCustomError``."""
    if source_form(text) is None:
        raise wrong(FORMS)
    return text
