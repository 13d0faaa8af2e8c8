"""``/api/v1/events``: single events, as far as one may see their class."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from miseban.hub.api.needs import Asked, By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.people.rights import Right, see
from miseban.journal.events_table import SCHEMA, write_events
from miseban.vocabulary.events import EVENT_CLASSES, Event

router = APIRouter(prefix="/api/v1/events", tags=["events"], route_class=Route)
MOST_EXPORTED: Final = 1_000_000
"""Events in one file."""
LONGEST_EXPORT: Final = timedelta(days=31)
Types = Annotated[
    list[str] | None, Query(description="Only of these types; all that one may see without.")
]
Since = Annotated[AwareDatetime, Query(description="From this moment on.")]
Until = Annotated[AwareDatetime, Query(description="Before this moment.")]


class EventPage(BaseModel):
    """Events in order of their time; ``next`` goes into ``cursor`` for those after them, and is
    none at the end."""

    events: list[Event]
    next: str | None


@router.get(
    "",
    summary="Events, page by page",
    dependencies=[needs(Right.SEE_COUNT)],
    responses=responses(401, 403, 422),
)
def events(
    hub: TheHub,
    by: By,
    since: Since,
    until: Until,
    types: Types = None,
    cursor: Annotated[
        str | None, Query(max_length=200, description="From the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> EventPage:
    """Of the classes that the caller may see. A type that may not be seen is a 403."""
    wanted = allowed_types(by, types)
    begin, seen = since, ""
    if cursor is not None:
        begin, seen = _read_cursor(cursor)
    if not wanted or until <= begin:
        return EventPage(events=[], next=None)
    found = hub.reader.events(types=wanted, since=begin, until=until)
    after = (event for event in found if (event.time, event.id) > (begin, seen))
    page = list(islice(after, limit + 1))
    last = page[limit - 1] if len(page) > limit else None
    return EventPage(events=page[:limit], next=_cursor(last) if last else None)


@router.get(
    "/file",
    summary="Events as a file",
    dependencies=[needs(Right.SEE_COUNT, Right.EXPORT)],
    response_class=FileResponse,
    responses={
        200: {
            "content": {
                "application/vnd.apache.parquet": {"schema": {"type": "string"}},
                "text/csv": {"schema": {"type": "string"}},
            }
        },
        **responses(401, 403, 422),
    },
)
def export(
    hub: TheHub,
    by: By,
    since: Since,
    until: Until,
    types: Types = None,
    format: Annotated[Literal["parquet", "csv"], Query()] = "parquet",  # noqa: A002
) -> FileResponse:
    """At most a month and a million events. Who took what is noted in the audit log."""
    wanted = allowed_types(by, types)
    if until - since > LONGEST_EXPORT:
        what = f"expected at most {LONGEST_EXPORT.days} days"
        raise Trouble("invalid", what, status=422, where="query.until")
    found: list[Event] = []
    if wanted and until > since:
        it = hub.reader.events(types=wanted, since=since, until=until)
        found = list(islice(it, MOST_EXPORTED + 1))
    if len(found) > MOST_EXPORTED:
        what = f"over {MOST_EXPORTED} events: ask for less time or fewer types"
        raise Trouble("invalid", what, status=422, where="query.until")
    detail = {"types": sorted(wanted), "since": str(since), "until": str(until)}
    hub.people.audit.note(by.actor, "events.export", f"{len(found)} events", hub.now(), detail)
    with tempfile.NamedTemporaryFile(suffix=f".{format}", delete=False) as file:
        path = Path(file.name)
    try:
        if format == "parquet":
            write_events(path, found)
        else:
            with path.open("w", encoding="utf-8") as out:
                out.writelines(as_csv(found))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    kind = "text/csv" if format == "csv" else "application/vnd.apache.parquet"
    return _SentOnce(path, media_type=kind, filename=f"events.{format}")


class _SentOnce(FileResponse):
    """A file that is gone afterwards, also where it was not sent: a range that is none, a client
    that went away."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)


def allowed_types(by: Asked, types: Iterable[str] | None) -> list[str]:
    """The types asked for, or all that may be seen. Raises ``Trouble`` where one of them is unknown
    or may not be seen."""
    if types is None:
        return sorted(kind for kind, data in EVENT_CLASSES.items() if by.may(see(data)))
    for kind in types:
        if kind not in EVENT_CLASSES:
            what = f"expected types of events, found {kind!a:.60}"
            raise Trouble("invalid", what, status=422, where="query.types")
        by.need(see(EVENT_CLASSES[kind]))
    return sorted(set(types))


def as_csv(events: Iterable[Event]) -> Iterator[str]:
    """A header and a line for each event, with the columns of ``events.parquet``; lists as
    JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SCHEMA.names)
    for event in events:
        told = event.model_dump(mode="json")
        writer.writerow([_cell(told.get(name)) for name in SCHEMA.names])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _cursor(event: Event) -> str:
    text = json.dumps([event.time.isoformat(), event.id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        time, seen = datetime.fromisoformat(told[0]), str(told[1])
        return time.astimezone(UTC), seen
    except (binascii.Error, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        what = "expected what the page before gave as next"
        raise Trouble("invalid", what, status=422, where="query.cursor") from None
