"""Where payloads become batches, and many of them one write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from prometheus_client import Counter

from miseban.camera.delivery.direct import Accept
from miseban.camera.process.logs import log
from miseban.vocabulary.delivery import Ack, Batch, read_batch
from miseban.vocabulary.errors import BadInput

BATCHES: Final = Counter("miseban_intake_batches", "Batches that came, by what became of them.",
                         ["state"])  # fmt: skip
_LOG = log("intake")
TakesFloor = Callable[[str, bytes], None]
"""Is handed a source and its message of who is on the floor; must not wait."""


def to_nobody(source: str, payload: bytes) -> None:
    """Where nobody looks at the floor."""


class Desk:
    """``accept`` is the journal's. For one thread."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self._odd: set[str] = set()
        self._failed = self._full = False

    def take(self, payloads: Sequence[tuple[str, bytes]]) -> list[tuple[str, Ack]]:
        """Keeps the batches of ``payloads``, each with the source that sent it, and returns the
        answers to send: of each stream the last one, which stands for those before it. Whatever
        fails, there is no answer, and the cameras send it again."""
        batches = [batch for source, payload in payloads if (batch := self._read(source, payload))]
        if not batches:
            return []
        try:
            acks = self._accept(batches)
        except Exception as error:  # noqa: BLE001  (intake goes on, whatever happened)
            if not self._failed:
                _LOG.exception("nothing can be kept", why=str(error))
            self._failed = True
            BATCHES.labels("failed").inc(len(batches))
            return []
        if self._failed:
            self._failed = False
            _LOG.info("kept again")
        full = any(ack.state == "full" for ack in acks)
        if full != self._full:
            self._full = full
            if full:
                _LOG.error("the disk is full: nothing is taken in until there is room")
            else:
                _LOG.info("there is room again: events are taken in")
        answers: dict[tuple[str, str], Ack] = {}
        for batch, ack in zip(batches, acks, strict=True):
            answers[batch.head.source, batch.head.stream] = ack
            BATCHES.labels("kept" if ack.state == "ok" else "full").inc()
        return [(source, ack) for (source, _), ack in answers.items()]

    def _read(self, source: str, payload: bytes) -> Batch | None:
        try:
            batch = read_batch(payload, source)
            if batch.head.source != source:
                what = f"a batch of {batch.head.source}, sent by {source}"
                raise BadInput("batch", source, what)
        except BadInput as error:
            BATCHES.labels("refused").inc()
            if source not in self._odd and len(self._odd) < 1000:  # once a source
                self._odd.add(source)
                _LOG.warning("refused", source=source, why=error.what)
            return None
        return batch
