"""What all tables of the shop file share: the base model, names, numbers and points."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from miseban.vocabulary.identifiers import Name

# Types of more than one number carry a "form": their shape in words, for the reference in
# docs/shop-file.md.


class Table(BaseModel):
    """Base of every table. Frozen; unknown keys are errors; a table's input is never printed by
    pydantic itself, since a camera's source may hold a password."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )


def wrong(expected: str, found: str | None = None) -> PydanticCustomError:
    """The error a field's validator raises. Without ``found``, the field's value is shown."""
    if found is None:
        return PydanticCustomError("wrong", "expected {expected}", {"expected": expected})
    context = {"expected": expected, "found": found}
    return PydanticCustomError("wrong", "expected {expected}, found {found}", context)


Coordinate = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-100_000, le=100_000)]


def _pair(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 2:
        return value
    raise wrong("two numbers [x, y]")


Point = Annotated[
    tuple[Coordinate, Coordinate],
    BeforeValidator(_pair),
    Field(json_schema_extra={"form": "`[x, y]`"}),
]
"""x to the right, y down: pixels of the camera's resolution, or metres on the floor."""


def is_one_line(text: str) -> bool:
    """Whether ``text`` has something to read and neither line ends nor control characters. (Not
    ``str.isprintable``, which refuses the full-width space of Japanese names.)"""
    odd = ("Cc", "Cs", "Zl", "Zp")
    return bool(text.strip()) and not any(unicodedata.category(c) in odd for c in text)


def _title(text: str) -> str:
    if not is_one_line(text):
        raise wrong("text on one line")
    return text


Title = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_title)]
"""A name for people, in any script."""


def title_from_id(values: dict[str, Any]) -> str:
    """Default of a ``name`` key: the table's own id."""
    return str(values["id"])


Id = Annotated[Name, Field(json_schema_extra={"form": "id"})]
