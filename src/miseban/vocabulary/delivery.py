"""How events travel from a camera's outbox to the hub: batches, and what the hub answers.

A batch is text: a first line of JSON about the batch, then one line of JSON for each event. The
same batch goes over MQTT, or by a call where camera and hub are one process.

An outbox numbers its events from 1, without gaps; ``stream`` is its random name, so that an outbox
that was made anew cannot be taken for the old one. The hub's answer is how far it has *kept* that
stream (its high-water mark): the outbox forgets up to there, and nothing else makes it forget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import Name

LARGEST_BATCH = 1000
"""Events in a batch."""
LARGEST_EVENT = 4_000_000
"""Bytes of an event. A visit of staff that lasts all day has 86,400 places, each in full digits."""
LARGEST_PAYLOAD = 8_000_000
"""Bytes of a batch: what a hub reads before it looks."""

Stream = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=1, le=2**62)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1


class BatchHead(_Line):
    """``events`` events of the outbox ``stream`` of ``source``, numbered from ``first``; ``oldest``
    is the number of the oldest event that the outbox still has: what is older will never come."""

    source: Name
    stream: Stream
    first: Count
    events: Annotated[int, Field(ge=0, le=LARGEST_BATCH)]
    oldest: Count

    @model_validator(mode="after")
    def _oldest_first(self) -> Self:
        if self.oldest > self.first:
            raise ValueError("the oldest event cannot come after the first of the batch")
        return self


@dataclass(frozen=True, slots=True)
class Batch:
    """``lines`` are the JSON of one event each, in UTF-8 and without a line break."""

    head: BatchHead
    lines: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """The number of the last event; ``first - 1`` of a batch that only asks how far the hub
        has come."""
        return self.head.first + len(self.lines) - 1

    def encode(self) -> bytes:
        return b"\n".join((self.head.model_dump_json().encode(), *self.lines))


class Ack(_Line):
    """The hub has kept ``stream`` up to the event ``upto`` (0: nothing yet). ``full``: it takes no
    more at present, because its disk is full; what it has not acknowledged must be sent again."""

    stream: Stream
    upto: Annotated[int, Field(ge=0)]
    state: Literal["ok", "full"] = "ok"

    def encode(self) -> bytes:
        return self.model_dump_json().encode()


def events_topic(shop: str, source: str) -> str:
    """Where a camera process publishes its batches."""
    return f"miseban/{shop}/{source}/events"


def ack_topic(shop: str, source: str) -> str:
    """Where the hub answers it."""
    return f"miseban/{shop}/{source}/ack"


def read_batch(payload: bytes, where: object) -> Batch:
    """The batch in ``payload``. The events themselves are not looked at. Raises ``BadInput``
    (``batch``), naming ``where`` it came from."""
    if len(payload) > LARGEST_PAYLOAD:
        raise BadInput("batch", where, f"a batch of {len(payload)} bytes, over {LARGEST_PAYLOAD}")
    first, *lines = payload.split(b"\n")
    try:
        head = BatchHead.model_validate_json(first)
    except ValidationError as error:
        raise BadInput("batch", where, f"no head of a batch: {_first(error)}") from None
    if len(lines) != head.events:
        raise BadInput("batch", where, f"{len(lines)} lines where {head.events} are announced")
    return Batch(head, tuple(lines))


def read_ack(payload: bytes, where: object) -> Ack:
    """Raises ``BadInput`` (``ack``)."""
    try:
        return Ack.model_validate_json(payload)
    except ValidationError as error:
        raise BadInput("ack", where, f"no answer of a hub: {_first(error)}") from None


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'line'}: {found['msg']}"
