"""What a PDF of ours says, read back from its pages as a reader does."""

from __future__ import annotations

import base64
import re
import zlib

_STRING = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.S)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """All text in the order in which it was written. Fonts with a two-byte encoding (UCS-2) are
    told from the others by their own entry in the file."""
    wide = set(re.findall(rb"/(F\d+) (\d+) 0 R", pdf))
    names = {name for name, number in wide if _is_wide(pdf, number)}
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        page = zlib.decompress(base64.a85decode(stream.strip(), adobe=True))
        font = b""
        for change, string in _STRING.findall(page):
            if change:
                font = change
                continue
            raw = _ESCAPED.sub(_unescaped, string)
            found.append(raw.decode("utf-16-be") if font in names else raw.decode("cp1252"))
    return "".join(found)


def _is_wide(pdf: bytes, number: bytes) -> bool:
    body = pdf.partition(b"\n" + number + b" 0 obj")[2].partition(b"endobj")[0]
    return b"UCS2" in body


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if sign[:1].isdigit():
        return bytes([int(sign, 8)])
    return _PLAIN.get(sign, sign)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))
