"""The words of the pages in every language that the product speaks, and which of them one gets."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from starlette.requests import Request

Language = Literal["en", "ja", "ko"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
COOKIE: Final = "lang"
_FOLDER: Final = Path(__file__).parent / "words"


@cache
def words(language: Language) -> Mapping[str, str]:
    """Every word by ``table.key``, from every file ``words/NAME.LANGUAGE.toml``. A key stands in
    one file only (else ``ValueError``)."""
    found: dict[str, str] = {}
    for file in sorted(_FOLDER.glob(f"*.{language}.toml")):
        for table, texts in tomllib.loads(file.read_text("utf-8")).items():
            for key, text in texts.items():
                if f"{table}.{key}" in found:
                    raise ValueError(f"{file.name}: {table}.{key} stands in another file too")
                found[f"{table}.{key}"] = text
    return found


@cache
def words_json(language: Language) -> bytes:
    """The same, as the pages' modules read it."""
    return json.dumps(words(language), ensure_ascii=False, separators=(",", ":")).encode()


def language_of(request: Request, timezone: str) -> Language:
    """What was chosen, else what the browser prefers, else what is spoken where the shop is."""
    chosen = _known(request.cookies.get(COOKIE, ""))
    if chosen is not None:
        return chosen
    for part in request.headers.get("accept-language", "")[:200].split(","):
        found = _known(part.partition(";")[0].strip().partition("-")[0].lower())
        if found is not None:
            return found
    return {"Asia/Tokyo": "ja", "Asia/Seoul": "ko"}.get(timezone, "en")  # type: ignore[return-value]


def _known(name: str) -> Language | None:
    return next((one for one in LANGUAGES if one == name), None)
