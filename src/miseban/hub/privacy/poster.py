"""The notice as a page for a telephone, and as a poster to print and hang up."""

from __future__ import annotations

from html import escape
from typing import Final

import segno

from miseban.hub.privacy.notice import LANGUAGES, Language, Words, words
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Notice, Shop

_LONGEST_URL: Final = 300
_STYLE: Final = """
:root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }
body { max-width: 42rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1rem; margin: 1.4rem 0 .2rem; }
p, ul { margin: .2rem 0; } ul { padding-left: 1.2rem; } nav a { margin-right: 1rem; }
.never { border-left: .3rem solid #0a7d55; padding-left: .8rem; margin: 1rem 0; }
"""
_POSTER: Final = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #111; font: 10.5pt/1.45 system-ui, sans-serif; }
@media screen { body { margin: 2rem; } }
main { display: flex; flex-direction: column; min-height: 270mm; }
header { display: flex; gap: 8mm; align-items: center; border-bottom: 1.2mm solid #0a7d55;
  padding-bottom: 5mm; margin-bottom: 5mm; }
header svg { width: 42mm; height: 42mm; flex: none; }
h1 { font-size: 24pt; line-height: 1.2; margin: 0 0 2mm; } header p { font-size: 13pt; margin: 0; }
.all { display: grid; grid-template-columns: 1fr 1fr; gap: 5mm 8mm; }
section { break-inside: avoid; } h2 { font-size: 13pt; margin: 0 0 1mm; line-height: 1.25; }
section p { margin: 0 0 1mm; } dl { margin: 2mm 0 0; } dt { font-weight: 600; margin-top: 1mm; }
dd { margin: 0; } .never { font-weight: 600; }
"""


def page(shop: Shop, notice: Notice, language: Language) -> str:
    """The notice as a page in one language, with ways to the others (``?lang=``)."""
    text = words(shop, notice, language)
    others = [words(shop, notice, one) for one in LANGUAGES if one != language]
    nav = " ".join(
        f'<a href="?lang={one.language}" lang="{one.language}" hreflang="{one.language}">'
        f"{escape(one.name)}</a>"
        for one in others
    )
    name = f"<p>{escape(shop.shop.name or shop.shop.id)}</p>"
    body = f"<nav>{nav}</nav>{_whole(text, name)}"
    return _document(language, text.title, _STYLE, body)


def whole_page(shop: Shop, notice: Notice) -> str:
    """The notice as a page in all languages, for shops that serve it themselves."""
    nav = "<nav>"
    parts = []
    for language in LANGUAGES:
        text = words(shop, notice, language)
        nav += f'<a href="#{language}" lang="{language}">{escape(text.name)}</a> '
        parts.append(f'<section id="{language}" lang="{language}">{_whole(text)}</section>')
    title = words(shop, notice, LANGUAGES[0]).title
    return _document(LANGUAGES[0], title, _STYLE, nav + "</nav>" + "".join(parts))


def _whole(text: Words, name: str = "") -> str:
    """All that is told in one language; ``name`` is what stands below the title."""
    facts = "".join(f"<h2>{escape(head)}</h2>{_lines(lines)}" for head, lines in text.facts)
    return (
        f"<h1>{escape(text.title)}</h1>{name}<p>{escape(text.lead)}</p>"
        f'<div class="never"><p>{escape(text.pictures)}</p><p>{escape(text.identity)}</p></div>'
        f"{facts}"
    )


def poster(shop: Shop, notice: Notice, url: str, first: Language) -> str:
    """An A4 page in all languages, ``first`` at the head, with a QR code to ``url``. Raises
    ``BadInput`` (``url``) where that is no address that a telephone can open."""
    if (
        not url.startswith(("https://", "http://"))
        or len(url) > _LONGEST_URL
        or not url.isprintable()
    ):
        raise BadInput("url", "--url", f"expected a web address, found {url!a:.80}")
    order = [first, *(one for one in LANGUAGES if one != first)]
    all_words = [words(shop, notice, one) for one in order]
    main = all_words[0]
    body = (
        f"<main><header>{_qr(url)}<div><h1>{escape(main.title)}</h1>"
        f"<p>{escape(main.scan)}</p><p>{escape(url)}</p></div></header>"
        f'<div class="all">{"".join(_section(one) for one in all_words)}</div></main>'
    )
    return _document(first, main.title, _POSTER, body)


def _section(text: Words) -> str:
    facts = "".join(f"<dt>{escape(head)}</dt>{_items(lines)}" for head, lines in text.facts)
    return (
        f'<section lang="{text.language}"><h2>{escape(text.title)}</h2>'
        f'<p>{escape(text.lead)}</p><p class="never">{escape(text.pictures)} '
        f"{escape(text.identity)}</p><dl>{facts}</dl></section>"
    )


def _items(lines: tuple[str, ...]) -> str:
    return "".join(f"<dd>{escape(line)}</dd>" for line in lines)


def _lines(lines: tuple[str, ...]) -> str:
    if len(lines) == 1:
        return f"<p>{escape(lines[0])}</p>"
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _qr(url: str) -> str:
    """The code as SVG, with a quarter of it to spare for scratches."""
    code = segno.make(url, error="q", micro=False)
    return str(code.svg_inline(border=2, scale=4, omitsize=True, title="QR"))


def _document(language: str, title: str, style: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{body}</body></html>\n"
    )
