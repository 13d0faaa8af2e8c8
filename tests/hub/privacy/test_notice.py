"""The notice says what the shop file and the policy say, in four languages."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.hub.privacy.notice import (
    LANGUAGES,
    Language,
    notice_of,
    own_language,
    preferred,
)
from miseban.hub.privacy.poster import page, poster, whole_page
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop
from tests.hub.privacy.shops import WITH_NOTICE
from tests.hub.shopfront import SHOP

KADO: Shop = parse_shop(WITH_NOTICE, "kado.toml")
URL = "https://kado.example:8443/notice"


class Shown(HTMLParser):
    """The text that a reader sees, and the elements that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("meta", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)


def shown(html: str) -> str:
    parsed = Shown(html)
    assert parsed.open == []
    return "\n".join(parsed.texts)


def texts(language: Language) -> dict[str, Any]:
    return tomllib.loads(
        files("miseban.hub.privacy").joinpath(f"{language}.toml").read_text("utf-8")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_all_that_is_on_record(language: Language) -> None:
    notice = notice_of(KADO, "kado.toml")
    text = shown(page(KADO, notice, language))
    for wanted in (notice.operator, notice.purpose, notice.contact, "2026"):
        assert wanted in text
    own = texts(language)
    for data in notice.data:
        assert own["data"][data].format(k=5) in text
    # Attributes for as long as the notice promises, the others as the policy has it.
    for days in (1825, 30, 200):
        assert own["kept"]["days"].format(n=days) in text
    assert own["kept"]["minutes"].format(n=10) in text
    assert own["pictures"] in text
    assert own["identity"] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: Language) -> None:
    def keys(table: dict[str, Any], at: str = "") -> set[str]:
        return {
            found
            for name, value in table.items()
            for found in (keys(value, f"{at}{name}.") if isinstance(value, dict) else {at + name})
        }

    def places(table: dict[str, Any]) -> dict[str, list[str]]:
        return {k: sorted(re.findall(r"{(\w+)}", str(v))) for k, v in table["data"].items()}

    assert keys(texts(language)) == keys(texts("en"))
    assert places(texts(language)) == places(texts("en"))


def test_the_poster_has_all_languages_and_its_code() -> None:
    html = poster(KADO, notice_of(KADO, ""), URL, own_language(KADO))
    text = shown(html)
    for language in LANGUAGES:
        assert texts(language)["title"] in text
    assert html.startswith('<!doctype html>\n<html lang="ja">')
    assert "<svg" in html
    assert URL in text
    assert "<Foods>" not in html  # what an operator writes is text, and no markup
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!#|\?)', html)  # nothing is loaded from elsewhere
    assert shown(whole_page(KADO, notice_of(KADO, ""))).count("Kado <Foods> & Co.") == 4


def test_the_code_leads_to_the_address() -> None:
    cv2 = pytest.importorskip("cv2")
    import io

    import numpy as np
    import segno

    # The same code as a bitmap, read back; and the poster's is this one.
    code = segno.make(URL, error="q", micro=False)
    assert str(code.svg_inline(border=2, scale=4, omitsize=True, title="QR")) in poster(
        KADO, notice_of(KADO, ""), URL, "ja"
    )
    out = io.BytesIO()
    code.save(out, kind="png", border=4, scale=6)
    picture = cv2.imdecode(np.frombuffer(out.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == URL


def test_without_a_notice_it_is_refused_in_one_line() -> None:
    with pytest.raises(BadInput, match=r"^kado.toml: expected a table \[notice\] with operator"):
        notice_of(SHOP, "kado.toml")


@pytest.mark.parametrize("url", ["kado.example", "javascript:alert(1)", "https://a\nb", ""])
def test_an_address_is_one(url: str) -> None:
    with pytest.raises(BadInput, match="expected a web address"):
        poster(KADO, notice_of(KADO, ""), url, "ja")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ja"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("fr-FR, en;q=0.3, zh-TW;q=0.7", "zh"),
        ("de", "ja"),
        ("en;q=0, ko;q=0.1", "ko"),
        ("en;q=nonsense, ko", "ko"),
        ("*", "ja"),
    ],
)
def test_what_the_browser_prefers(header: str, language: str) -> None:
    assert preferred(header, "ja") == language


@given(st.text(max_size=200))
def test_any_header_gives_a_language(header: str) -> None:
    assert preferred(header, "ko") in LANGUAGES
