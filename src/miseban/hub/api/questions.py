"""``/api/v1/questions``: a route for each question of ``insight.questions``, as JSON or CSV.

The routes are made from the questions themselves, so that their parameters cannot drift apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, Literal, get_args

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, create_model
from starlette.responses import Response

from miseban.hub.api.answering import Turns, right_for
from miseban.hub.api.needs import Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.insight.questions import QUESTIONS, Answer, Question

router = APIRouter(prefix="/api/v1/questions", tags=["questions"], route_class=Route)
MODELS: Final[tuple[type[BaseModel], ...]] = get_args(get_args(Question)[0])


class _Asking(BaseModel):
    """What every question's parameters share."""

    model_config = ConfigDict(extra="forbid")

    compare_since: AwareDatetime | None = Field(
        default=None, description="The same is asked of another time, which begins here."
    )
    compare_until: AwareDatetime | None = Field(default=None, description="And ends here.")
    format: Literal["json", "csv"] = Field(
        default="json", description="CSV is of the time asked for, without the comparison."
    )


def name_of(model: type[BaseModel]) -> str:
    return str(model.model_fields["question"].default)


def parameters_of(model: type[BaseModel]) -> type[_Asking]:
    """The query parameters of a question: its fields, with ``compare`` laid flat."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name == "compare" or name == "question":
            continue
        kind: Any = info.annotation
        if _is_list(kind):  # a query has lists, not tuples
            kind = list[str] | None
        fields[name] = (kind, info)
    made: type[_Asking] = create_model(f"{model.__name__}Parameters", __base__=_Asking, **fields)
    return made


def question_of(model: type[BaseModel], asked: _Asking) -> Question:
    """Raises ``RequestValidationError`` for what only shows when all is put together."""
    told = asked.model_dump(exclude={"compare_since", "compare_until", "format"})
    compare = {"since": asked.compare_since, "until": asked.compare_until}
    if any(value is not None for value in compare.values()):
        told["compare"] = compare
    try:
        return QUESTIONS.validate_python(told | {"question": name_of(model)})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        places = [("query", *one["loc"][1:]) for one in faults]
        raise RequestValidationError(
            [{**one, "loc": loc} for one, loc in zip(faults, places, strict=True)]
        ) from None


def as_csv(answer: Answer) -> str:
    """A row for each row of the answer. ``NAME_low``, ``NAME_high`` and ``NAME_base`` follow a
    measure that has them; an empty cell is not known."""
    columns: dict[str, list[Any]] = {
        "start": [moment.isoformat() if moment else None for moment in answer.start],
        "place": [*answer.place],
        "detail": [*answer.detail],
        "coverage": [*answer.coverage],
    }
    for name, measure in answer.measures.items():
        columns[name] = [*measure.values]
        for more in ("low", "high", "base"):
            found = getattr(measure, more)
            if found is not None:
                columns[f"{name}_{more}"] = [*found]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def turns_of(request: Request) -> Turns:
    found: Turns = request.app.state.turns
    return found


def _is_list(kind: Any) -> bool:
    return any(getattr(one, "__origin__", None) is tuple for one in (kind, *get_args(kind)))


def _endpoint(model: type[BaseModel]) -> Callable[..., Awaitable[Any]]:
    parameters = parameters_of(model)

    async def endpoint(
        request: Request,
        hub: TheHub,
        turns: Annotated[Turns, Depends(turns_of)],
        asked: Annotated[parameters, Query()],  # type: ignore[valid-type]
    ) -> Any:
        answer = await turns.answer(hub, question_of(model, asked), request.is_disconnected)
        if asked.format == "csv":  # type: ignore[attr-defined]
            return Response(as_csv(answer), media_type="text/csv")
        return answer

    # FastAPI reads the annotations: with those above being text, it could not find parameters.
    endpoint.__annotations__ = {
        "request": Request,
        "hub": TheHub,
        "turns": Annotated[Turns, Depends(turns_of)],
        "asked": Annotated[parameters, Query()],
        "return": Any,
    }
    endpoint.__doc__ = model.__doc__
    return endpoint


for _model in MODELS:
    _name = name_of(_model)
    router.add_api_route(
        f"/{_name}",
        _endpoint(_model),
        methods=["GET"],
        name=f"ask_{_name}",
        summary=f"Ask for {_name}",
        response_model=Answer,
        dependencies=[needs(right_for(_name))],
        responses={
            200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
            **responses(400, 401, 403, 422, 503),
        },
    )
