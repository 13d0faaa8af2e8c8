"""Reads a shop file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.shop import Shop

_MOST_BYTES = 4 * 1024 * 1024  # a big store needs a hundredth; a video given by mistake, more


def load_shop(path: Path) -> Shop:
    """The shop that the TOML file at ``path`` describes.

    Raises ``BadInput`` naming file, table and key; for a file that cannot be read or is no TOML,
    the file and, where there is one, the line and column.
    """
    where = str(path)
    try:
        if path.is_dir():
            raise BadInput("unreadable-shop-file", where, "expected a file, found a folder")
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise BadInput("no-shop-file", where, "expected a shop file, found none") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        what = f"expected a shop file that can be read, found: {reason}"
        raise BadInput("unreadable-shop-file", where, what) from None
    if len(data) > _MOST_BYTES:
        what = "expected a shop file of at most 4 MiB, found a longer one"
        raise BadInput("unreadable-shop-file", where, what)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"expected text in UTF-8, found byte 0x{data[error.start]:02X}"
        raise BadInput("not-utf-8", f"{where}: line {line}", what) from None
    return parse_shop(text, where)


def parse_shop(text: str, where: str) -> Shop:
    """The shop that TOML ``text`` describes; ``where`` names it in errors.

    Raises ``BadInput`` naming ``where`` and table and key, or line and column.
    """
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))  # as Windows editors put before it
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), text, where) from None
    except RecursionError:
        raise BadInput("not-toml", where, "expected TOML, found brackets too deep") from None
    except ValueError as error:  # a number of thousands of digits
        raise BadInput("not-toml", where, f"expected TOML, found: {error}") from None
    return Shop.checked(data, where)


def _not_toml(message: str, text: str, where: str) -> BadInput:
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.S)
    reason = match[1] if match else message
    if match and match[2]:
        line, column = int(match[2]), int(match[3])
    else:
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    what = f"expected TOML, found: {reason[:1].lower()}{reason[1:]}"
    return BadInput("not-toml", f"{where}: line {line}, column {column}", what)
