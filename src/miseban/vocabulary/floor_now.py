"""Who is where on the floor at this moment, for a plan on a screen: told, shown, and forgotten.

A message travels from a camera process to the hub and is kept by nobody: no outbox, no journal, no
log. It has room for places and for nothing else.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import Name

MOST_DOTS = 500
"""People in a message."""
LARGEST_FLOOR = 64_000
"""Bytes of a message: what a hub reads before it looks."""
_BEGINS = b'{"kind":"floor"'

Key = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
Metres = Annotated[float, Field(ge=-1000.0, le=1000.0, allow_inf_nan=False)]
Spread = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]


class Dot(NamedTuple):
    """Somebody at ``x``, ``y`` metres on the floor, give or take ``spread_m`` (one standard
    deviation in the worst direction). ``key`` is the same from message to message and says nothing
    else: it is random, of this run of the camera process, and not the id of a visit, so that a dot
    cannot be found again in the journal. Those of one ``group`` came together."""

    key: Key
    x: Metres
    y: Metres
    spread_m: Spread
    staff: bool
    group: Key | None


class FloorNow(BaseModel):
    """All that the cameras of ``source`` saw on the floor at ``time``, by their clock."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["floor"] = "floor"
    version: Literal[1] = 1
    source: Name
    time: AwareDatetime
    cameras: Annotated[tuple[Name, ...], Field(max_length=200)]
    dots: Annotated[tuple[Dot, ...], Field(max_length=MOST_DOTS)]

    def encode(self) -> bytes:
        return self.model_dump_json().encode()


def floor_topic(shop: str, source: str) -> str:
    """Where a camera process publishes it: with QoS 0, and never retained."""
    return f"miseban/{shop}/{source}/floor"


def is_floor(payload: bytes) -> bool:
    """Whether ``payload`` says that it is such a message, and no batch of events."""
    return payload.startswith(_BEGINS)


def read_floor(payload: bytes, source: str) -> FloorNow:
    """The message in ``payload``, which came from ``source``. Raises ``BadInput`` (``floor``) that
    repeats nothing of it."""
    if len(payload) > LARGEST_FLOOR:
        raise BadInput("floor", source, f"a floor of {len(payload)} bytes, over {LARGEST_FLOOR}")
    try:
        found = FloorNow.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join("…" if isinstance(one, str) else str(one) for one in first["loc"])
        raise BadInput("floor", source, f"no floor: {where or 'it'}: {first['type']}") from None
    if found.source != source:
        raise BadInput("floor", source, "a floor of another source")
    return found
