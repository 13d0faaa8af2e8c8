"""The way to a hub in the same process: the batches and answers of MQTT, without a broker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from miseban.camera.delivery.flow import Flow, FlowSettings
from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import Ack, Batch

Accept = Callable[[Sequence[Batch]], Sequence[Ack]]
"""Keeps batches and says how far each stream is kept; an error means that nothing was kept."""

log = structlog.get_logger(__name__)


class DirectSender:
    """Hands the batches of ``outbox`` to ``accept``, from a thread. An error that ``accept`` or
    the outbox raises is logged once until it works again; the batches stay in the outbox."""

    def __init__(
        self,
        outbox: Outbox,
        accept: Accept,
        *,
        settings: FlowSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox, self._accept, self._clock = outbox, accept, clock
        self._settings = settings or FlowSettings()
        self._flow = Flow(outbox, self._settings)
        self._woken = threading.Event()
        self._stopping = False
        self._ill = False
        self._thread = threading.Thread(target=self._run, name="miseban-direct", daemon=True)

    @property
    def connected(self) -> bool:
        return self._flow.known and not self._ill

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self, wait_s: float) -> None:
        until_s = self._clock() + wait_s
        while self._thread.is_alive() and self._outbox.waiting and self._clock() < until_s:
            self._woken.set()
            self._thread.join(0.02)
        self._stopping = True
        self._woken.set()
        self._thread.join(max(0.1, until_s - self._clock()))

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            if self.step():
                continue
            wait_s = min(60.0, self._flow.wait_s(self._clock()))
            self._woken.wait(max(wait_s, self._settings.every_s if self._ill else 0.0))

    def step(self) -> bool:
        """Delivers what may go now, all of it in one call; whether there was anything."""
        failing = "outbox.failed"
        try:
            batches = self._batches()
            if not batches:
                return False
            failing = "hub.failed"
            answers = self._accept(batches)
            failing = "outbox.failed"
            for ack in answers:
                self._flow.answered(ack, self._clock())
        except Exception as error:
            if not self._ill:
                log.exception(failing, source=self._outbox.source, why=str(error))
            self._ill = True
            return False
        if self._ill and (not self._outbox.waiting or any(batch.lines for batch in batches)):
            self._ill = False
            log.info("hub.back", source=self._outbox.source, waiting=self._outbox.waiting)
        return True

    def _batches(self) -> list[Batch]:
        batches: list[Batch] = []
        while (batch := self._flow.next(self._clock())) is not None:
            batches.append(batch)
            if not batch.lines:
                break
        return batches
