"""``/api/v1/receipts``: what the tills sold, in the formats of the field."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import Message
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.formats.poslog import read_poslog
from miseban.hub.formats.receipt_csv import read_csv
from miseban.hub.formats.receipt_json import read_json
from miseban.hub.formats.receipts import Receipts, receipts_of
from miseban.hub.formats.sales import Sale, wrong
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.vocabulary.events import TillReceipt

router = APIRouter(prefix="/api/v1/receipts", tags=["receipts"], route_class=Route)
_XML: Final = ("application/xml", "text/xml")
_NAMED: Final = re.compile(r"([^=]{1,64})=([A-Za-z0-9][A-Za-z0-9_-]{0,63})")
_DAY: Final = timedelta(days=1)
_AHEAD: Final = timedelta(hours=1)
"""A till's clock may be so far ahead of the hub's."""
_MOST_NAMED: Final = 100
_SQL: Final = """SELECT id, currency, lines FROM events
WHERE type = 'till.receipt' AND time >= $since AND time < $until AND list_contains($ids, id)"""
Said = tuple[str, list[tuple[str, int, int]]]
"""What a receipt says: its currency, and product, pieces and price of each line."""
_TEXT = {"schema": {"type": "string"}}
_EXAMPLE = (
    "till,receipt,time,gtin,quantity,price,currency\n"
    "till-1,0001,2026-04-01T09:30:00+09:00,4901234567894,2,120,JPY\n"
)


class Taken(BaseModel):
    """What became of a file. ``new`` receipts were kept; ``known`` ones were there already, and of
    these ``differing`` say something else now: what was kept first stands. ``returned`` pieces came
    back that no receipt here sold, and ``not_sales`` are receipts of which nothing was left.
    ``unplaced`` are the products, a hundred at most, that stand at no facing of the shop file:
    their receipts are kept, and ``questions/sold`` tells of them."""

    new: Annotated[int, Field(ge=0)]
    known: Annotated[int, Field(ge=0)]
    differing: list[str]
    returned: Annotated[int, Field(ge=0)]
    not_sales: Annotated[int, Field(ge=0)]
    unplaced: list[str]


@router.post(
    "",
    summary="Import receipts",
    dependencies=[needs(Right.IMPORT_RECEIPTS)],
    responses=responses(400, 401, 403, 408, 413, 415, 422),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {**_TEXT, "example": _EXAMPLE},
                "application/json": {"schema": {"$ref": "#/components/schemas/ReceiptFile"}},
                "application/xml": _TEXT,
            },
        }
    },
)
async def take(
    request: Request,
    hub: TheHub,
    currency: Annotated[
        str | None, Query(pattern="^[A-Z]{3}$", description="Where the file names none.")
    ] = None,
    till: Annotated[
        list[str] | None,
        Query(max_length=200, description="What a till calls itself: `001=till-1`, for each."),
    ] = None,
) -> Taken:
    """CSV, JSON or POSLog XML; docs/formats.md describes each. The whole file is kept, or nothing
    of it. The same file may be sent again: its receipts are known."""
    kind, charset = _content_type(request.headers.get("content-type", ""))
    named = _named(till or [])
    data = await request.body()
    return await run_in_threadpool(_take, hub, data, kind, charset, currency, named)


def _take(
    hub: Hub,
    data: bytes,
    kind: str,
    charset: str | None,
    currency: str | None,
    named: dict[str, str],
) -> Taken:
    zone = ZoneInfo(hub.shop.shop.timezone)
    sales: list[Sale]
    if kind == "text/csv":
        sales = read_csv(data, zone, currency, charset)
    elif kind == "application/json":
        sales = read_json(data, zone, currency)
    else:
        sales = read_poslog(data, zone, currency)
    latest = hub.now() + _AHEAD
    for sale in sales:
        if sale.time > latest:
            raise wrong(f"{sale.where} (time)", "a time that has come", sale.time.isoformat())
    found = receipts_of(sales, hub.shop.shop.id, [one.id for one in hub.shop.tills], named)
    with hub.setting:  # of two who send the same at once, the second finds it known
        kept = _kept(hub, found)
        unknown = [event for event in found.events if event.id not in kept]
        new = hub.journal.append(unknown) if unknown else 0
    differing = [e.receipt for e in found.events if e.id in kept and kept[e.id] != _says(e)]
    placed = {facing.gtin for shelf in hub.shop.shelves for facing in shelf.facings}
    sold = {line.gtin for event in found.events for line in event.lines}
    return Taken(
        new=new,
        known=len(found.events) - new,
        differing=differing,
        returned=found.returned,
        not_sales=found.not_sales,
        unplaced=sorted(sold - placed)[:_MOST_NAMED],
    )


def _kept(hub: Hub, found: Receipts) -> dict[str, Said]:
    """What receipts of the same ids say that are in the journal. A till may tell one again with
    another time of its business day."""
    if not found.events:
        return {}
    times = [event.time for event in found.events]
    since, until = min(times) - _DAY, max(times) + _DAY
    asked = {"since": since, "until": until, "ids": [event.id for event in found.events]}
    table = hub.reader.table(_SQL, asked, since=since, until=until)
    return {row["id"]: _said(row["currency"], row["lines"]) for row in table.to_pylist()}


def _says(receipt: TillReceipt) -> Said:
    return _said(receipt.currency, [line.model_dump() for line in receipt.lines])


def _said(currency: str, lines: list[dict[str, Any]]) -> Said:
    return currency, [(line["gtin"], line["quantity"], line["price"]) for line in lines]


def _content_type(header: str) -> tuple[str, str | None]:
    """Media type and character set."""
    message = Message()
    message["content-type"] = header
    kind = message.get_content_type() if header else ""
    if kind in _XML:
        kind = "application/xml"
    if kind not in ("text/csv", "application/json", "application/xml"):
        what = "expected Content-Type text/csv, application/json or application/xml"
        raise Trouble("media-type", what)
    charset = message.get_param("charset")
    return kind, charset if isinstance(charset, str) else None


def _named(tills: list[str]) -> dict[str, str]:
    named = {}
    for text in tills:
        match = _NAMED.fullmatch(text)
        if match is None:
            what = f"expected NAME=TILL, as 001=till-1, found {text!a:.80}"
            raise Trouble("invalid", what, status=422, where="query.till")
        named[match[1]] = match[2]
    return named
