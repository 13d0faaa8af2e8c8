"""Pydantic's findings in the words of the shop file."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from miseban.vocabulary.shop.problem import LISTS, Place, Problem, did_you_mean, shown


def from_pydantic(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """What pydantic found wrong with data for ``model``, in the order of the model's fields."""
    found = [details for details in error.errors(include_url=False) if not _follows(details)]
    # A mistyped key is both unknown and missing; the unknown one says what to mend.
    found.sort(key=lambda details: details["type"] != "extra_forbidden")
    return [_problem(details, model) for details in found]


def _follows(details: ErrorDetails) -> bool:
    """Whether this only follows from another error, which is reported: a name that defaults to a
    bad id, or a list that pydantic finds too short because it left out its bad members."""
    kind, given = details["type"], details["input"]
    if kind == "too_short" and isinstance(given, list | tuple):
        return len(given) >= int(details["ctx"]["min_length"])
    return kind == "default_factory_not_called"


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys of a table as written in TOML, in order, each with its type."""
    return {key_of(name, f): f.annotation for name, f in model.model_fields.items()}


def key_of(name: str, field: FieldInfo) -> str:
    """What the field of that name is called in TOML."""
    return field.validation_alias if isinstance(field.validation_alias, str) else name


def table_in(annotation: Any) -> type[BaseModel] | None:
    """The table that a key of this type holds, itself or in a list; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(table_in, typing.get_args(annotation))), None)


def _table_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    for step in place:
        if isinstance(step, str):
            model = table_in(keys_of(model)[step]) or model
    return model


_EXPECTED = {
    "string_type": "text in quotes",
    "string_pattern_mismatch": "1 to 64 letters (a-z, A-Z), digits, - or _, no - or _ first",
    "string_too_short": "text of at least {min_length} characters",
    "string_too_long": "text of at most {max_length} characters",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "greater_than": "a number more than {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than_equal": "a number of at most {le:g}",
    "literal_error": "{expected}",
    "wrong": "{expected}",
    "missing": "a value",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
}
"""What to expect after each of pydantic's error types that our fields can raise."""
_LIMITS = {
    "string_too_short": "min_length", "string_too_long": "max_length", "greater_than": "gt",
    "greater_than_equal": "ge", "less_than_equal": "le", "too_short": "min_length",
    "too_long": "max_length",
}  # fmt: skip
_REASONS = {
    "string_pattern_mismatch": "id", "string_too_short": "empty", "string_too_long": "too-long",
    "float_type": "number", "finite_number": "number", "int_type": "whole-number",
    "greater_than": "more-than", "greater_than_equal": "at-least", "less_than_equal": "at-most",
    "literal_error": "choice", "missing": "missing", "too_short": "too-few", "too_long": "too-many",
}  # fmt: skip


def _problem(details: ErrorDetails, model: type[BaseModel]) -> Problem:
    kind, place, given = details["type"], details["loc"], details["input"]
    context = details.get("ctx", {})
    if kind in ("model_type", "tuple_type"):
        return _wrong_brackets(kind, place, given)
    if kind == "extra_forbidden":
        keys = list(keys_of(_table_at(model, place[:-1])))
        word = str(place[-1])
        found = shown(word) + did_you_mean(word, keys)
        return Problem(place, f"one of {', '.join(keys)}", found, "unknown-key")
    expected = _EXPECTED.get(kind, "another value").format(**context)
    reason = _REASONS.get(kind, "other")
    limit = f"{context[_LIMITS[kind]]:g}" if kind in _LIMITS else ""
    if kind == "missing":
        return Problem(place, expected, "none", reason)
    if kind in ("too_short", "too_long"):
        return Problem(place, expected, str(len(given)), reason, limit)
    if kind == "literal_error":
        known = expected.replace("'", "").replace(" or ", ", ").split(", ")
        listed = ", ".join(known)
        return Problem(place, listed, shown(given) + did_you_mean(given, known), reason, listed)
    return Problem(place, expected, context.get("found") or shown(given), reason, limit)


def _wrong_brackets(kind: str, place: Place, given: object) -> Problem:
    """A table where a list of tables belongs, or the other way round, or something else."""
    key = str(place[-1])
    if kind == "tuple_type" and (key in LISTS or key == "facing"):
        full = "shelf.facing" if place[0] == "shelf" and key == "facing" else key
        single = f"[{full}]" if isinstance(given, Mapping) else shown(given)
        return Problem(place, f"[[{full}]], in double brackets", single)
    if kind == "tuple_type":
        return Problem(place, "a list in [ ]", shown(given))
    if place in (("shop",), ("notice",), ("staff",)) and isinstance(given, list):
        return Problem(place, f"one [{key}], in single brackets", f"[[{key}]]")
    return Problem(place, "a table", shown(given))
