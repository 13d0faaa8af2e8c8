"""What a hub does by itself: compaction every few minutes, and each night what the policy wants
gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from miseban.camera.process.logs import log
from miseban.camera.process.memory import (
    GIVE_BACK_S,
    GivingBack,
    give_it_back,
    resident_bytes,
)
from miseban.hub.running.settings import Upkeep
from miseban.journal.apart import Apart
from miseban.journal.journal import Journal
from miseban.vocabulary.errors import MisebanError

LONGEST_REST_S = 2.0
_LOG = log("upkeep")


class Stopped(Exception):  # noqa: N818 - no error
    """The hub closes: what is due goes on when it is opened again."""


class Pace:
    """How upkeep leaves the hub to those who ask it something: to be called between the parts of a
    long piece of work, as ``RollupKeeper`` does. It waits for as long as the part took, so that at
    least half of the time is theirs. (A lower priority of the thread would not do: who has the
    interpreter's lock and no processor stops everybody.) ``clock`` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._ended, self._clock = threading.Event(), clock
        self._thread = 0
        self._at = clock()

    def begin(self) -> None:
        """A piece of work begins in this thread: rests are taken in this one only."""
        self._thread = threading.get_ident()
        self._at = self._clock()

    def rest(self) -> None:
        """Raises ``Stopped`` where the hub closes meanwhile."""
        if self._thread != threading.get_ident():
            return
        took = self._clock() - self._at
        if self.wait(min(took, LONGEST_REST_S)):
            raise Stopped
        self._at = self._clock()

    def wait(self, seconds: float) -> bool:
        """Whether it is to end; at once then."""
        return self._ended.wait(seconds)

    def end(self) -> None:
        self._ended.set()


class Keeper:
    """A thread. ``retain`` deletes what is too old, and may be called again at any time; ``pace``
    is that of the journal's roll-ups. ``outgrown`` is called in a night in which this process takes
    more memory than it should, never in the first round: to begin anew would not help then.
    ``apart``, by which the journal reads and counts, lasts for a round."""

    def __init__(
        self,
        journal: Journal,
        upkeep: Upkeep,
        timezone: str,
        now: Callable[[], datetime],
        retain: Callable[[datetime], None],
        pace: Pace,
        outgrown: Callable[[], None] = lambda: None,
        apart: Apart | None = None,
    ) -> None:
        self._journal, self._upkeep, self._now, self._retain = journal, upkeep, now, retain
        self._zone = ZoneInfo(timezone)
        self._pace, self._apart, self._outgrown = pace, apart, outgrown
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._night: date | None = None  # of the last retention
        self._looked: date | None = None  # at the memory

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the part that it is at."""
        self._pace.end()
        if self._thread.is_alive():
            self._thread.join()

    def once(self) -> None:
        """A round of it, as the thread does it."""
        now = self._now()
        self._pace.begin()
        try:
            self._journal.compact(now)
            local = now.astimezone(self._zone)
            # At start too: a box that is off every night would keep everything for ever.
            due = self._night is None or local.hour >= self._upkeep.retention_hour
            if due and self._looked != local.date():
                if self._looked is not None:
                    self._look_at_memory()
                self._looked = local.date()  # also where what comes now fails night after night
            if due and self._night != local.date():
                self._retain(now)
                self._night = local.date()
        except Stopped:
            _LOG.info("upkeep goes on when the hub is opened again")
        except MisebanError as error:
            _LOG.error("upkeep failed", why=str(error))
        except Exception:  # noqa: BLE001  (whatever happens, this thread goes on)
            _LOG.exception("upkeep failed")
        finally:
            if self._apart is not None:
                self._apart.end()

    def _look_at_memory(self) -> None:
        give_it_back()
        took_mb = resident_bytes() // 1_000_000
        if took_mb > self._upkeep.memory_mb:
            _LOG.warning("it takes too much memory", took_mb=took_mb)
            self._outgrown()

    def _run(self) -> None:
        give_back = GivingBack()
        while True:
            self.once()
            next_s = time.monotonic() + 60.0 * self._upkeep.compact_minutes
            while time.monotonic() < next_s:  # questions take memory too, whenever they are asked
                give_back()
                if self._pace.wait(GIVE_BACK_S):
                    return
