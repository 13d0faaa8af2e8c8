"""A copy of a shop file in which one camera's floor points are new; comments and all else stay."""

from __future__ import annotations

import re
from pathlib import Path

from miseban.camera.calibration.answer import Answer
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop

_TABLE = re.compile(r"^\s*\[")
_KEY = re.compile(r"^\s*(floor_points|anchor)\s*=")


def with_answer(text: str, answer: Answer, where: str) -> str:
    """The shop file's ``text`` with the answer in it. Raises ``BadInput`` naming ``where`` when
    that cannot be done for sure: the result is read again and must differ in nothing else."""
    before = parse_shop(text, where)
    lines = text.splitlines(keepends=True)
    begin, end = _table(lines, answer.camera, where)
    kept, at = [], None
    i = begin
    while i < end:
        match = _KEY.match(lines[i])
        if match is None or (match[1] == "anchor" and not answer.anchor):
            kept.append(lines[i])
            i += 1
            continue
        if match[1] == "floor_points":
            at = len(kept)
        i = _after(lines, i)
    if at is None:  # after the last line of the table that says something
        said = [
            n for n, line in enumerate(kept) if line.strip() and not line.strip().startswith("#")
        ]
        at = said[-1] + 1 if said else len(kept)
        if at and not kept[at - 1].endswith("\n"):
            kept[at - 1] += "\n"
    fresh = answer.toml().splitlines(keepends=True)
    result = "".join([*lines[:begin], *kept[:at], *fresh, *kept[at:], *lines[end:]])
    _same_otherwise(before, parse_shop(result, where), answer.camera, where)
    return result


def copied(shop_file: Path, answer: Answer) -> bytes:
    """The shop file with the answer in it. Raises ``BadInput`` as ``with_answer`` does."""
    text = shop_file.read_text("utf-8").removeprefix("\ufeff")
    return with_answer(text, answer, str(shop_file)).encode("utf-8")


def _table(lines: list[str], camera: str, where: str) -> tuple[int, int]:
    """First line after the camera's ``[[camera]]``, and the line of the next table."""
    headers = [i for i, line in enumerate(lines) if _TABLE.match(line) and _is_header(line)]
    wanted = re.compile(rf"""^\s*id\s*=\s*["']{re.escape(camera)}["']\s*(#.*)?$""")
    for number, header in enumerate(headers):
        end = headers[number + 1] if number + 1 < len(headers) else len(lines)
        if re.match(r"\s*\[\[\s*camera\s*\]\]", lines[header]) and any(
            wanted.match(line) for line in lines[header + 1 : end]
        ):
            return header + 1, end
    what = f'expected a [[camera]] with id = "{camera}" on lines of their own'
    raise BadInput("shop-copy", where, what)


def _is_header(line: str) -> bool:
    return re.match(r"\s*\[{1,2}\s*[A-Za-z_.\"' -]+\s*\]{1,2}\s*(#.*)?$", line) is not None


def _after(lines: list[str], begin: int) -> int:
    """The line after the value that begins on line ``begin``: where its brackets are closed."""
    depth = 0
    for i in range(begin, len(lines)):
        bare = re.sub(r'"[^"]*"|\'[^\']*\'', "", lines[i]).split("#")[0]
        depth += sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")
        if depth <= 0:
            return i + 1
    return len(lines)


def _same_otherwise(before: Shop, after: Shop, camera: str, where: str) -> None:
    one, other = before.model_dump(), after.model_dump()
    for data in (one, other):
        for row in data["cameras"]:
            if row["id"] == camera:
                row.pop("floor_points")
                row.pop("anchor")
    if one != other:
        what = "expected a shop file whose floor_points can be replaced: paste them in by hand"
        raise BadInput("shop-copy", where, what)
