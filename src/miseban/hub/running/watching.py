"""From the journal to live state, pages and alerts, in a thread of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from miseban.hub.alerts import Alerts, Notice
from miseban.hub.bus import Bus
from miseban.hub.live import LiveState
from miseban.hub.running.logs import log
from miseban.vocabulary.events import Event

WAITING: Final = 1000
"""Groups of events that wait; then intake waits too, so that memory has an end."""
TICK_S: Final = 1.0

Deliver = Callable[[Sequence[Notice]], None]
_LOG = log("watching")


@dataclass(frozen=True, slots=True)
class _Kept:
    events: Sequence[Event]
    waited: bool


class Watching:
    """``kept`` is for the journal to call. What it brings is handed, in order, to the live state,
    to the bus and to the alerts; ``deliver`` takes the notices and must not wait.

    ``swap`` puts another live state and other alerts in their places, between two events: the shop
    file or the rules have changed.
    """

    def __init__(
        self,
        live: LiveState,
        alerts: Alerts,
        bus: Bus,
        deliver: Deliver,
        now: Callable[[], datetime],
    ) -> None:
        self._live, self._alerts, self._bus = live, alerts, bus
        self._deliver, self._now = deliver, now
        self._waiting: queue.Queue[_Kept | Callable[[], None] | None] = queue.Queue()
        self._room = threading.Semaphore(WAITING)
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Hands on what is waiting, and ends."""
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def kept(self, events: Sequence[Event]) -> None:
        """The journal has kept ``events``."""
        # What alerts append comes back to this very thread, which must not wait for itself.
        waits = threading.current_thread() is not self._thread
        if waits:
            self._room.acquire()
        self._waiting.put(_Kept(events, waits))

    def swap(self, make: Callable[[], tuple[LiveState, Alerts]]) -> None:
        """Calls ``make`` in the thread of this, once all that came before has been handed on; when
        it raises, all stays as it is. Waits for it."""
        done: queue.Queue[BaseException | None] = queue.Queue()

        def exchange() -> None:
            try:
                self._live, self._alerts = make()
            except BaseException as error:  # noqa: BLE001  (raised again where it belongs)
                done.put(error)
            else:
                done.put(None)

        self._waiting.put(exchange)
        error = done.get()
        if error is not None:
            raise error

    def _run(self) -> None:
        next_s = time.monotonic()
        while True:
            try:
                found = self._waiting.get(timeout=max(0.0, next_s - time.monotonic()))
            except queue.Empty:
                next_s = time.monotonic() + TICK_S
                self._safely(lambda: self._alerts.tick(self._now(), time.monotonic()))
                continue
            if found is None:
                return
            if not isinstance(found, _Kept):
                found()
                continue
            if found.waited:
                self._room.release()
            self._take(found.events)
            if time.monotonic() >= next_s:  # also while events come without a break
                next_s = time.monotonic() + TICK_S
                self._safely(lambda: self._alerts.tick(self._now(), time.monotonic()))

    def _take(self, events: Sequence[Event]) -> None:
        now = self._now()
        self._live.take(events, now)
        self._bus.publish(events)
        self._safely(lambda: self._alerts.take(events, now, time.monotonic()))

    def _safely(self, look: Callable[[], list[Notice]]) -> None:
        """A journal that is full takes no steps of alerts; the next look tries again."""
        try:
            notices = look()
            if notices:
                self._deliver(notices)
        except Exception:  # noqa: BLE001  (whatever happens, this thread goes on)
            _LOG.exception("alerts failed")
