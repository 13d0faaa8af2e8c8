"""The reference tables of ``docs/shop-file.md``, written from the models themselves."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from miseban.vocabulary.shop.problem import LISTS
from miseban.vocabulary.shop.shop import Shop
from miseban.vocabulary.shop.translate import key_of, table_in

BEGIN = "<!-- reference: written from the code, do not edit by hand -->"
END = "<!-- end of reference -->"


def tables() -> dict[str, type[BaseModel]]:
    """Every table of the shop file by its heading, in the order of the file."""
    found: dict[str, type[BaseModel]] = {}
    _collect(Shop, (), found)
    return found


def _collect(model: type[BaseModel], path: tuple[str, ...], found: dict[str, Any]) -> None:
    for name, field in model.model_fields.items():
        table = table_in(field.annotation)
        if table is None:
            continue
        here = (*path, key_of(name, field))
        found[_heading(here)] = table
        _collect(table, here, found)


def _heading(path: tuple[str, ...]) -> str:
    if path[0] in LISTS and (len(path) == 1 or path[-1] == "facing"):
        return f"[[{'.'.join(path)}]]"
    if len(path) == 1:
        return f"[{path[0]}]"
    return f"{path[-1]} = {{ ... }} of {_heading(path[:-1])}"


def reference() -> str:
    """Markdown: for each table its keys, their form, default and meaning."""
    parts = []
    for heading, model in tables().items():
        parts += [f"### `{heading}`", "", *rows(model), ""]
    return "\n".join(parts).strip() + "\n"


def rows(model: type[BaseModel]) -> list[str]:
    """The lines of the table about one table's keys."""
    lines = ["| key | form | default | meaning |", "|---|---|---|---|"]
    schema = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        key = key_of(name, field)
        lines.append(
            f"| `{key}` | {_form(schema[key])} | {_default(field)} | {field.description} |"
        )
    return lines


def with_reference(document: str) -> str:
    """``document`` with what stands between its ``BEGIN`` and ``END`` marks brought up to date.
    Raises ``ValueError`` if a mark is missing."""
    before, _, rest = document.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"the marks {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default_factory is not None:
        return "the `id`"
    if field.default in (None, (), "", PydanticUndefined):
        return "none"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, tuple):
        return f"`{json.dumps(field.default)}`"
    text = f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
    return f"`{text}`"


def _form(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "form" in schema:
        return str(schema["form"])
    if "anyOf" in schema:  # a value or nothing
        return _form(schema["anyOf"][0])
    if "enum" in schema:
        return ", ".join(f'`"{word}"`' for word in schema["enum"])
    if schema["type"] == "boolean":
        return "`true` or `false`"
    if schema["type"] == "string":
        longest = schema.get("maxLength")
        return f"text of at most {longest} characters" if longest else "text"
    words = [{"integer": "whole number", "number": "number"}[schema["type"]]]
    bounds = (
        ("exclusiveMinimum", "more than"),
        ("minimum", "at least"),
        ("maximum", "at most"),
    )
    words += [f"{text} {schema[key]:g}" for key, text in bounds if key in schema]
    return ", ".join(words)
