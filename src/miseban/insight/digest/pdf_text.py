"""Text on paper in every script that shops use, without fonts of our own.

Latin is Helvetica, which every reader has; the rest are the CID fonts of Adobe's Asian font packs
(ISO 32000-1, 9.7.5.2), which readers replace by a face of theirs: nothing is embedded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import Paragraph

JAPANESE, KOREAN = "HeiseiKakuGo-W5", "HYGothic-Medium"
LATIN, BOLD = "Helvetica", "Helvetica-Bold"
INK, SOFT = HexColor("#15201d"), HexColor("#55625e")
_OTHERS = dict.fromkeys(map(ord, "\u2060\u200b\ufeff"), None) | {ord("−"): "–"}
"""Signs that only say where a line may break, for which readers show boxes; and the minus, which
Helvetica does not have."""


@cache
def need_fonts() -> None:
    """Makes the fonts known. Called by whoever writes."""
    for name in (JAPANESE, KOREAN):
        registerFont(UnicodeCIDFont(name))


def runs(text: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
    """(font, text) of the stretches of ``text`` that one font shows."""
    latin = BOLD if bold else LATIN
    for font, signs in groupby(_plain(text), key=_font_of):
        yield (latin if font == LATIN else font), "".join(signs)


def _plain(text: str) -> str:
    # These fonts know the basic plane; what is beyond it (emoji) is shown as a square.
    return "".join(c if ord(c) < 0x10000 else "□" for c in text.translate(_OTHERS))


@cache
def _font_of(sign: str) -> str:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        number = ord(sign)
        hangul = 0x1100 <= number < 0x1200 or 0x3130 <= number < 0x3190 or 0xAC00 <= number < 0xD7B0
        return KOREAN if hangul else JAPANESE
    return LATIN


def marked(text: str, *, bold: bool = False) -> str:
    """``text`` in reportlab's markup, with nothing in it that could be markup itself."""
    return "".join(
        f'<font name="{font}">{escape(part)}</font>' for font, part in runs(text, bold=bold)
    )


@cache
def style(size: float, lang: str, *, soft: bool = False, right: bool = False) -> ParagraphStyle:
    """Lines break between any two signs in Japanese, between words in Korean and English."""
    return ParagraphStyle(
        f"{size}-{lang}-{soft}-{right}",
        fontName=LATIN,
        fontSize=size,
        leading=size * 1.45,
        textColor=SOFT if soft else INK,
        alignment=2 if right else 0,
        wordWrap="CJK" if lang == "ja" else None,
        spaceAfter=size * 0.25,
    )


def paragraph(
    text: str,
    lang: str,
    size: float = 9.5,
    *,
    bold: bool = False,
    soft: bool = False,
    right: bool = False,
) -> Paragraph:
    need_fonts()
    return Paragraph(marked(text, bold=bold), style(size, lang, soft=soft, right=right))
