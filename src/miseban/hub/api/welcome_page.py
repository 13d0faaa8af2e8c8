"""``/welcome``: the page behind a one-time link, by which somebody sets a password.

The link's secret stands after ``#``: the page alone reads it, and takes it out of the address.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from fastapi import APIRouter, Header
from starlette.responses import HTMLResponse

from miseban.hub.api.needs import Route, TheHub, open_to_all
from miseban.hub.api.problems import responses
from miseban.hub.privacy.notice import own_language, preferred

router = APIRouter(tags=["setup"], route_class=Route)
_WHY: Final = "a one-time link is its own proof; without one the page says nothing"


@router.get(
    "/welcome",
    summary="The page behind a one-time link",
    dependencies=[open_to_all(_WHY)],
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}}}},
        **responses(422),
    },
)
def welcome_page(
    hub: TheHub, accept_language: Annotated[str, Header(max_length=1000)] = ""
) -> HTMLResponse:
    """In English, Japanese or Korean; the link's secret comes after ``#``."""
    language = preferred(accept_language, own_language(hub.shop))
    text = page(language if language in _words() else "en")
    allowed = {
        name: "".join(f" 'sha256-{_digest(part)}'" for part in re.findall(pattern, text, re.DOTALL))
        for name, pattern in (
            ("style", "<style>(.*?)</style>"),
            ("script", "<script>(.*?)</script>"),
        )
    }
    policy = (
        f"default-src 'none'; style-src{allowed['style']}; script-src{allowed['script']}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {"Vary": "Accept-Language", "Content-Security-Policy": policy}
    return HTMLResponse(text, headers=headers)


@cache
def page(language: str) -> str:
    """The page in one of the languages of ``welcome.toml``."""
    text = files("miseban.hub.api").joinpath("welcome.html").read_text("utf-8")
    for name, said in {"language": language, **_words()[language]}.items():
        text = text.replace(f"{{{name}}}", html.escape(said))
    return text


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("miseban.hub.api").joinpath("welcome.toml").read_text("utf-8"))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
