"""An event that was read can be written and read again: no number in it is one that JSON lacks."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from miseban.vocabulary.events import Event

FLOATS = [
    pytest.param(field.annotation, field.metadata, id=f"{kind.__name__}.{name}")
    for kind in get_args(get_args(Event)[0])
    for name, field in kind.model_fields.items()
    if "float" in (shown := repr(field.annotation)) and "tuple" not in shown
]


@pytest.mark.parametrize(("annotation", "metadata"), FLOATS)
@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e999"])
def test_no_number_is_without_end(annotation: Any, metadata: list[Any], number: str) -> None:
    kept: TypeAdapter[object] = TypeAdapter(Annotated[annotation, None, *metadata])
    with pytest.raises(ValidationError):
        kept.validate_json(number)


def test_there_are_such_numbers() -> None:
    assert len(FLOATS) > 10
