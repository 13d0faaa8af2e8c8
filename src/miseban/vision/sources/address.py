"""Addresses of sources: what kind they are, and how to show them without their password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from miseban.vocabulary.errors import BadInput

KINDS = "a video file, rtsp://…, rtsps://…, usb:N or images:DIR"
PICTURES_PER_SECOND = 5.0
"""Rate of an image folder whose address gives none (``images:DIR?fps=N``)."""

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):(?=//)")
_LOGIN = re.compile(r"^([a-z][a-z0-9+.-]*://).*@", re.IGNORECASE)  # greedy: passwords hold "@/?#"


@dataclass(frozen=True, slots=True)
class Address:
    """``place`` is the whole URL of ``rtsp``, the path of ``file`` and ``images``, the number of
    ``usb``; ``shown`` is what may be printed; ``fps`` the rate of an image folder."""

    kind: Literal["file", "rtsp", "usb", "images"]
    place: str
    shown: str
    fps: float = PICTURES_PER_SECOND


def redact(address: str) -> str:
    """``address`` as it may be shown: user, password and query values of a URL become ``***``."""
    if "://" not in address:
        return address
    # Invariant: no message, log line or SourceInfo carries a URL that did not pass through here.
    hidden = _LOGIN.sub(r"\1***@", address)
    return re.sub(r"([?&][^=&#]*=)[^&#]*", r"\1***", hidden)


def parse(address: str, base: Path | None = None) -> Address:
    """Says what ``address`` is. Relative paths are resolved against ``base`` (else the working
    folder).

    Raises ``BadInput`` for an unknown kind, a bad USB number or a bad rate.
    """
    shown = redact(address)
    scheme = _SCHEME.match(address)
    if scheme:
        if scheme[1].lower() not in ("rtsp", "rtsps"):
            raise BadInput("unknown-source", shown, f"expected {KINDS}, found {scheme[1]}://")
        return Address("rtsp", address, shown)
    if address.startswith("usb:"):
        number = address.removeprefix("usb:")
        if not (number.isascii() and number.isdigit() and len(number) <= 3):
            raise BadInput("bad-usb-number", shown, f"expected usb:0 to usb:999, found {number!r}")
        return Address("usb", str(int(number)), shown)
    if address.startswith("sim:"):
        raise BadInput(
            "unknown-source", shown, f"expected {KINDS}; a simulated camera needs its shop"
        )
    if address.startswith("images:"):
        folder, _, query = address.removeprefix("images:").partition("?")
        return Address("images", _path(folder, base, shown), shown, _rate(query, shown))
    return Address("file", _path(address, base, shown), shown)


def _path(text: str, base: Path | None, shown: str) -> str:
    if not text or "\0" in text:
        raise BadInput("unknown-source", repr(shown), f"expected {KINDS}")
    # Absolute, so that FFmpeg can never read the name as a protocol ("concat:...", "-").
    return str((base or Path()).joinpath(text).absolute())


def _rate(query: str, shown: str) -> float:
    values = dict(parse_qsl(query, keep_blank_values=True))
    text = values.pop("fps", str(PICTURES_PER_SECOND))
    try:
        fps = float(text)
    except ValueError:
        fps = 0.0
    if values or not 0 < fps <= 1000:
        raise BadInput("bad-image-rate", shown, f"expected images:DIR?fps=N, found ?{query}")
    return fps
