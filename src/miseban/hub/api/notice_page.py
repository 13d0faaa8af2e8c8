"""``/notice``: the notice as a page, in the visitor's language. The poster's QR code leads here."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from starlette.responses import HTMLResponse

from miseban.hub.api.needs import Route, TheHub, open_to_all
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.privacy.notice import Language, own_language, preferred
from miseban.hub.privacy.poster import page

router = APIRouter(tags=["privacy"], route_class=Route)
_WHY: Final = "visitors read it on their telephones before they are counted"
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@router.get(
    "/notice",
    summary="The notice as a page",
    dependencies=[open_to_all(_WHY)],
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}}}},
        **responses(404, 422),
    },
)
def notice_page(
    hub: TheHub,
    lang: Annotated[Language | None, Query(description="Else what the browser prefers.")] = None,
    accept_language: Annotated[str, Header(max_length=1000)] = "",
) -> HTMLResponse:
    """In Japanese, English, Korean or Chinese. None on record is a 404."""
    shop = hub.shop
    if shop.notice is None:
        raise Trouble("not-found", "there is no notice on record")
    language = lang or preferred(accept_language, own_language(shop))
    text = page(shop, shop.notice, language)
    # The page brings its own style and nothing else, so that it can be saved as one file.
    style = "".join(_STYLE.findall(text))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    }
    return HTMLResponse(text, headers=headers)
