"""Text from bytes: tills write UTF-8, UTF-16, or what their country wrote before that."""

from __future__ import annotations

import codecs
from typing import Final

from miseban.vocabulary.errors import BadInput

CHARSETS: Final = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    # Microsoft's supersets: what is called Shift_JIS or KS C 5601 in a shop is these.
    "shift_jis": "cp932",
    "cp932": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "cp949": "cp949",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
}
"""Names of encodings, in small letters, and Python's codec for each."""
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"),
                 (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def text_of(data: bytes, charset: str | None, code: str) -> str:
    """``data`` as text: in ``charset`` if told, else by its byte order mark, else UTF-8, else
    CP932.

    Only the last is a guess, and it can only spoil names of products: digits and signs are the
    same bytes in all of them. Raises ``BadInput`` (``code``) naming the line.
    """
    if charset is not None and charset.lower() not in CHARSETS:
        raise BadInput(code, "charset", f"expected one of {', '.join(CHARSETS)}, found {charset!a}")
    if charset is not None:
        return _decoded(data, charset.lower(), code)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data, name, code)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp932", code)


def _decoded(data: bytes, name: str, code: str) -> str:
    try:
        return data.decode(CHARSETS[name])
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"expected text in {name}, found byte 0x{data[error.start]:02X}"
        raise BadInput(code, f"line {line}", found) from None
