"""What staff say of a facing, on its way from the hub to the camera that looks at it.

A lesson is of this moment: it says how the facing looks now, so it is kept nowhere on the way, and
one that cannot be told at once is forgotten. What was said is kept as ``shelf.confirmed``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import Name

LARGEST_LESSON: Final = 1_000
"""Bytes of a message: what a camera reads before it looks."""
LISTENING: Final = b'{"kind":"listening","version":1}'
"""What a camera process on the hub's own machine says to be told the next lessons."""

Taught = Literal["full", "low", "empty"]
"""What staff can say of a facing that its fill is learned from."""


class Lesson(BaseModel):
    """The facing looks ``state`` now. Neither who said so nor when is told. ``reference``: whoever
    sets the camera up says so, and that is what a full, or an empty one, looks like. ``guess``:
    nobody says so, it only is likely by what was sold or put there."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["lesson"] = "lesson"
    version: Literal[1] = 1
    shelf: Annotated[Name, Field(description="Id of the shelf.")]
    facing: Annotated[Name, Field(description="Id of the facing on it.")]
    state: Taught
    reference: bool = False
    guess: bool = False

    def encode(self) -> bytes:
        # A camera of before knows neither of references nor of guesses: what is neither it still
        # understands.
        more = {name for name in ("reference", "guess") if not getattr(self, name)}
        return self.model_dump_json(exclude=more).encode()


def lessons_topic(shop: str, source: str) -> str:
    """Where a camera process is told them: never retained."""
    return f"miseban/{shop}/{source}/lessons"


def read_lesson(payload: bytes, where: object) -> Lesson:
    """The message in ``payload``. Raises ``BadInput`` (``lesson``), naming ``where``."""
    if len(payload) > LARGEST_LESSON:
        raise BadInput("lesson", where, f"a message of {len(payload)} bytes")
    try:
        return Lesson.model_validate_json(payload)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, found["loc"])) or "it"
        raise BadInput("lesson", where, f"no lesson: {place}: {found['msg']}") from None
