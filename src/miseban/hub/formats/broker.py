"""The shop's broker and others: figures go out, counts of other makers' cameras come in."""

from __future__ import annotations

import asyncio
import logging
import tomllib
from collections import deque
from collections.abc import Callable, Container, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from miseban.hub.bus import Bus, Missed, Told
from miseban.hub.formats.onvif import CROSSED, read_onvif
from miseban.hub.formats.onvif_counts import OnvifCounts, OnvifRule
from miseban.hub.formats.public import PublicFigures, Reader, changed, payload_of
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import Event, LineCrossed

_LOG = logging.getLogger(__name__)
EVERY_S: Final = 1.0
MOST_WAITING: Final = 10_000
"""Single passages that wait for a journal that takes nothing; of more the oldest are lost."""


class Client(Protocol):
    """The part of ``aiomqtt.Client`` that is used here."""

    async def publish(
        self, topic: str, payload: bytes, qos: int = 0, retain: bool = False
    ) -> None: ...


async def tell_others(
    client: Client,
    figures: PublicFigures,
    bus: Bus,
    reader: Reader,
    clock: Callable[[], datetime],
    every_s: float = EVERY_S,
    retained: set[str] | None = None,
) -> None:
    """Publishes the figures for as long as ``client`` is connected: all of them at first, then what
    has changed, at most every ``every_s``. Retained: who subscribes later gets them too.
    ``retained`` are the topics that the broker keeps; what is told no more is taken from it."""
    kept = set() if retained is None else retained
    with bus.subscribe(lambda event: isinstance(event, LineCrossed)) as subscription:
        await asyncio.to_thread(figures.catch_up, reader, clock())
        told = figures.told(clock())
        for topic in told:
            kept.add(topic)
            await client.publish(topic, payload_of(told, topic), qos=1, retain=True)
        await _take_back(client, kept, told)
        while True:
            await asyncio.sleep(every_s)
            missed = False
            while (found := await _waiting(subscription.next())) is not None:
                if isinstance(found, Missed):
                    missed = True
                elif isinstance(found, Told):
                    figures.take(found.event)
            if missed:
                await asyncio.to_thread(figures.catch_up, reader, clock())
            now_told = figures.told(clock())
            for topic, payload in changed(now_told, told).items():
                kept.add(topic)
                await client.publish(topic, payload, qos=1, retain=True)
            await _take_back(client, kept, now_told)
            told = now_told


async def _take_back(client: Client, kept: set[str], told: Container[str]) -> None:
    """A place that went or became private: an empty message takes its last figure away."""
    for topic in [one for one in kept if one not in told]:
        await client.publish(topic, b"", qos=1, retain=True)
        kept.discard(topic)


async def _waiting(coming: object) -> object:
    try:
        async with asyncio.timeout(0):
            return await coming  # type: ignore[misc]
    except TimeoutError:
        return None


def waiting_passages() -> deque[LineCrossed]:
    """An empty list for those that wait."""
    return deque(maxlen=MOST_WAITING)


class OnvifIn:
    """What other makers' cameras publish under ``miseban/SHOP/DEVICE/onvif-ej/``: to be called with
    each message, from one thread at a time."""

    def __init__(
        self,
        counts: OnvifCounts,
        append: Callable[[Sequence[Event]], object],
        waiting: deque[LineCrossed] | None = None,
    ) -> None:
        """``append`` keeps events in the journal, or raises ``Failed``; ``waiting`` are passages
        that it has not taken yet, and that nobody tells again."""
        self._counts, self._append = counts, append
        self._waiting = waiting_passages() if waiting is None else waiting
        self._owed = True
        self._wrong: set[str] = set()
        self.refused = 0

    def take(self, topic: str, payload: bytes) -> None:
        """Never raises for what a device sends. While the journal takes nothing, counters are not
        read on: what they grew by meanwhile is counted afterwards. Single passages wait."""
        try:
            settled = self._settle()
            event = read_onvif(topic, payload)
            single = event is not None and event.topic == CROSSED
            if event is None or not (settled or single):
                return
            passages = self._counts.passages(event)
        except BadInput as error:
            self.refused += 1
            if error.where not in self._wrong and len(self._wrong) < 1000:
                self._wrong.add(error.where)  # each told of once
                _LOG.warning("an ONVIF message was not understood: %s", error)
            return
        except OSError as error:
            _LOG.error("how far a counter was read cannot be kept: %s", error)
            return
        if passages:
            self._owed = True
            if not (settled and self._keep(passages)) and single:
                self._waiting.extend(passages)

    def _settle(self) -> bool:
        """Whether everything that was read is kept."""
        if self._owed and self._keep((*self._counts.again(), *self._waiting)):
            self._waiting.clear()
        return not self._owed

    def _keep(self, passages: Sequence[LineCrossed]) -> bool:
        try:
            self._append(passages)
        except Failed:
            return False
        self._owed = False
        return True


class _OnvifFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: tuple[OnvifRule, ...] = Field(default=(), max_length=1000)


def load_onvif(path: Path) -> tuple[OnvifRule, ...]:
    """The rules in ``onvif.toml``; none where there is no such file. Raises ``BadInput``
    (``bad-onvif-rule``) naming table and key."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        return _OnvifFile.model_validate(told).rule
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = " ".join(
            str(part + 1) if isinstance(part, int) else f"[[{part}]]" if part == "rule" else part
            for part in first["loc"]
        )
        raise BadInput("bad-onvif-rule", f"{path}: {where}", first["msg"]) from None
    except (OSError, ValueError, RecursionError) as error:  # not to be read, no UTF-8, no TOML
        raise BadInput("bad-onvif-rule", path, f"expected TOML: {error}") from None
