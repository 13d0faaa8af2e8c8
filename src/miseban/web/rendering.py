"""Pages from their templates: the frame that all share, and what each is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from miseban.hub.api.headers import HEADERS
from miseban.hub.api.needs import Asked, hub_of
from miseban.hub.people.handed_out import csrf_of
from miseban.web.assets import version
from miseban.web.pages import GROUPS, RAIL, Page
from miseban.web.words import LANGUAGES, Language, language_of, words

# plotly.js puts an empty style element into the page, which it fills by script, and sets style
# attributes; our own modules never make elements from text, so nobody else's get in that way.
_EMPTY: Final = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_CSP: Final = HEADERS["Content-Security-Policy"].replace(
    "style-src 'self'", f"style-src 'self' {_EMPTY}; style-src-attr 'unsafe-inline'"
)
_NAMES: Final[Mapping[Language, str]] = {"en": "English", "ja": "日本語", "ko": "한국어"}


@cache
def _environment() -> Environment:
    templates = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(
        loader=templates, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def speak(language: Language) -> Callable[..., str]:
    """``t(key, name=value)``: a word with its values put in. Raises ``KeyError`` for an unknown
    one, so that a page without its words does not come out."""
    known = words(language)

    def t(key: str, **values: object) -> str:
        text = known[key]
        return text.format(**values) if values else text

    return t


def page(request: Request, which: Page, asked: Asked) -> HTMLResponse:
    """``which``, with the rail of what this person may open."""
    may = {one.name: one for one in RAIL if asked.may(one.right)}
    rail = [[may[name] for name in group if name in may] for group in GROUPS]
    hub = hub_of(request)
    return _rendered(
        request,
        f"pages/{which.name}.html",
        page=which,
        rail=[group for group in rail if group],
        login=asked.identity.name,
        role=asked.identity.role,
        rights=" ".join(sorted(asked.identity.rights)),
        csrf=csrf_of(asked.session) if asked.session else "",
        push_key=hub.push_key,
    )


def plain_page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One that needs nobody to be logged in."""
    return _rendered(request, f"{name}.html", status, **values)


def refused_page(request: Request, status: int) -> HTMLResponse:
    """That this may not be seen, or is not there, and what to do."""
    kind = "missing" if status == 404 else "refused" if status == 403 else "failed"
    return plain_page(request, "trouble", status, kind=kind)


def _rendered(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    hub = hub_of(request)
    whole = hub.shop
    shop = whole.shop
    language = language_of(request, shop.timezone)
    text = _environment().get_template(template).render(
        t=speak(language),
        language=language,
        languages=[(one, _NAMES[one]) for one in LANGUAGES],
        static=f"/static/{version()}",
        shop_name=shop.name,
        timezone=shop.timezone,
        now_ms=int(hub.now().timestamp() * 1000),
        has_floor=shop.floor is not None,
        has_notice=whole.notice is not None,
        **values,
    )  # fmt: skip
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
        "Content-Security-Policy": _CSP,
    }
    return HTMLResponse(text, status, headers)
