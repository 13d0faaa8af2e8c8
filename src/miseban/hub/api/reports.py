"""``/api/v1/reports``: what to know of a day or a week, as JSON, PDF or CSV."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from miseban.hub.api.answering import Turns
from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.api.questions import turns_of
from miseban.hub.people.rights import Right
from miseban.hub.reports.making import report_of
from miseban.insight.digest import Kind, Report
from miseban.insight.digest.csv_file import as_csv
from miseban.insight.digest.pdf import as_pdf

router = APIRouter(prefix="/api/v1/reports", tags=["reports"], route_class=Route)

Format = Annotated[Literal["json", "pdf", "csv"], Query(description="PDF is of A4 pages.")]
Lang = Annotated[Literal["en", "ja", "ko"], Query(description="Of its sentences and of PDF.")]
InTurn = Annotated[Turns, Depends(turns_of)]
_SEES: Final[dict[str, Any]] = {
    "dependencies": [needs(Right.SEE_COUNT)],
    "response_model": Report,
    "responses": {
        200: {
            "content": {
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
                "text/csv": {"schema": {"type": "string"}},
            }
        },
        **responses(400, 401, 403, 422, 503),
    },
}


@router.get("/day/{day}", summary="The report of a day", **_SEES)
async def day_report(
    hub: TheHub,
    by: By,
    turns: InTurn,
    day: date,
    format: Format = "json",  # noqa: A002
    lang: Lang = "en",
) -> Any:
    """Of a day of the shop, against the same weekday of four weeks. A day that is not over goes as
    far as anything is known. Cameras are there for those who may see devices."""
    return await _report(hub, by, turns, "day", day, format, lang)


@router.get("/week/{day}", summary="The report of a week", **_SEES)
async def week_report(
    hub: TheHub,
    by: By,
    turns: InTurn,
    day: date,
    format: Format = "json",  # noqa: A002
    lang: Lang = "en",
) -> Any:
    """The same of the week, from Monday to Sunday, with that day in it."""
    return await _report(hub, by, turns, "week", day, format, lang)


async def _report(
    hub: TheHub, by: By, turns: Turns, kind: Kind, day: date, form: str, lang: str
) -> Any:
    devices = by.may(Right.SEE_DEVICE)

    def made() -> Report | Response:
        report = report_of(hub, kind, day, lang, devices=devices)
        name = f"{report.shop}-{kind}-{report.first}"
        if form == "pdf":
            headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
            return Response(as_pdf(report), headers=headers, media_type="application/pdf")
        if form == "csv":
            headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
            return Response(as_csv(report), headers=headers, media_type="text/csv")
        return report

    return await turns.take(made)
