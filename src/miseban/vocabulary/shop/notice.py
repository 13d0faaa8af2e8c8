"""``[notice]``: what visitors were told, and since when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from miseban.vocabulary.shop.table import Table, Title, is_one_line, wrong

NoticeData = Literal["count", "trajectory", "gender", "age", "expression", "appearance"]


def _one_line(text: str) -> str:
    if not is_one_line(text):
        raise wrong("text on one line")
    return text


def _date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise wrong("a date such as 2026-04-01")


Sentence = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_one_line)]
Posted = Annotated[
    date,
    BeforeValidator(_date),
    Field(json_schema_extra={"form": "date, as `2026-04-01`"}),
]


class Notice(Table):
    """The notice on record: it hangs at the shop, for everybody to read before they are seen."""

    operator: Title = Field(description="Who runs the cameras and answers for them.")
    purpose: Sentence = Field(description="What the data is for, in a sentence.")
    data: Annotated[
        tuple[NoticeData, ...],
        Field(
            min_length=1,
            max_length=6,
            json_schema_extra={
                "form": 'list of `"count"`, `"trajectory"`, `"gender"`, `"age"`, `"expression"`, '
                '`"appearance"`'
            },
        ),
    ] = Field(description="What the notice says is read. What it does not name is not read.")
    retention_days: Annotated[int, Field(strict=True, ge=1, le=3650)] = Field(
        description="How long the notice says statistics of attributes are kept, at most."
    )
    contact: Title = Field(description="Where visitors turn to: a telephone, an address.")
    posted: Posted = Field(
        description="The day it was hung up. Nothing that needs a notice reads older pictures."
    )
