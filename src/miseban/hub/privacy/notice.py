"""The notice in the visitors' languages, from the shop file as it is: what hangs in the shop and
what the page behind its QR code says (``privacy.md`` rule 7)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from babel import Locale
from babel.dates import format_date

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import Notice, Shop

Language = Literal["ja", "en", "ko", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_LOCALES: Final = {"ja": "ja_JP", "en": "en_GB", "ko": "ko_KR", "zh": "zh_Hans_CN"}
_OWN: Final[dict[str, Language]] = {"jp": "ja", "kr": "ko"}
"""The language of most who come in, by the policy."""


@dataclass(frozen=True)
class Words:
    """One language's notice, ready to be shown. ``facts`` are heads and what stands below them."""

    language: Language
    name: str
    title: str
    lead: str
    pictures: str
    identity: str
    scan: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]


def notice_of(shop: Shop, where: object) -> Notice:
    """The notice on record. Raises ``BadInput`` (``notice``) without one."""
    if shop.notice is None:
        needed = ", ".join(Notice.model_fields)
        raise BadInput("notice", where, f"expected a table [notice] with {needed}, found none")
    return shop.notice


def own_language(shop: Shop) -> Language:
    """The one that is taken where a visitor reads none of ours."""
    return _OWN.get(shop.shop.policy, "en")


def words(shop: Shop, notice: Notice, language: Language) -> Words:
    """The notice in one language. What the operator wrote stays as it is."""
    text = _texts(language)
    head = text["head"]
    posted = format_date(notice.posted, format="long", locale=Locale.parse(_LOCALES[language]))
    return Words(
        language=language,
        name=text["language"],
        title=text["title"],
        lead=text["lead"],
        pictures=text["pictures"],
        identity=text["identity"],
        scan=text["scan"],
        facts=(
            (head["operator"], (notice.operator,)),
            (head["purpose"], (notice.purpose,)),
            (head["data"], tuple(_data(shop, notice, text))),
            (head["contact"], (notice.contact,)),
            (head["posted"], (posted,)),
        ),
    )


def _data(shop: Shop, notice: Notice, text: dict[str, Any]) -> list[str]:
    """What is recorded, each with how long it is kept: what the policy in force lets, and of
    attributes what the notice promises where that is less."""
    policy = load_policy(shop.shop.policy)
    found = []
    for data in notice.data:
        kept = text["kept"]["days"]
        if data == "appearance":
            n, kept = policy.appearance.keep_minutes, text["kept"]["minutes"]
        elif data in ("count", "trajectory"):
            n = policy.rule("count" if data == "count" else "trajectory").keep_days
        else:
            n = min(notice.retention_days, policy.attribute.keep_days or notice.retention_days)
        line = text["data"][data].format(k=policy.attribute.k)
        found.append(line if n is None else f"{line} — {kept.format(n=n)}")
    return found


def preferred(accept: str, otherwise: Language) -> Language:
    """Which of our languages the header ``Accept-Language`` likes best (RFC 9110, 12.5.4)."""
    liked: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept[:1000].split(",")):
        tag, _, weight = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if q > 0:
            liked += [(-q, place, language) for language in LANGUAGES if language == primary]
    return min(liked)[2] if liked else otherwise


@cache
def _texts(language: Language) -> dict[str, Any]:
    text = files("miseban.hub.privacy").joinpath(f"{language}.toml").read_text("utf-8")
    return tomllib.loads(text)
