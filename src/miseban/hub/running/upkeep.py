"""What a hub does by itself: compaction every few minutes, and each night what the policy wants
gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from miseban.camera.process.logs import log
from miseban.hub.running.memory import give_it_back
from miseban.hub.running.settings import Upkeep
from miseban.journal.journal import Journal
from miseban.vocabulary.errors import MisebanError

_LOG = log("upkeep")


class Keeper:
    """A thread. ``retain`` deletes what is too old, and may be called again at any time."""

    def __init__(
        self,
        journal: Journal,
        upkeep: Upkeep,
        timezone: str,
        now: Callable[[], datetime],
        retain: Callable[[datetime], None],
    ) -> None:
        self._journal, self._upkeep, self._now, self._retain = journal, upkeep, now, retain
        self._zone = ZoneInfo(timezone)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._night: date | None = None  # of the last retention

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for what it is at."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self) -> None:
        """A round of it, as the thread does it."""
        now = self._now()
        try:
            self._journal.compact(now)
            local = now.astimezone(self._zone)
            # At start too: a box that is off every night would keep everything for ever.
            due = self._night is None or local.hour >= self._upkeep.retention_hour
            if due and self._night != local.date():
                self._retain(now)
                self._night = local.date()
        except MisebanError as error:
            _LOG.error("upkeep failed", why=str(error))
        except Exception:  # noqa: BLE001  (whatever happens, this thread goes on)
            _LOG.exception("upkeep failed")
        give_it_back()

    def _run(self) -> None:
        while True:
            self.once()
            if self._ended.wait(60.0 * self._upkeep.compact_minutes):
                return
