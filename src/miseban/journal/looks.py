"""When a reader looks at the journal, and who waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from miseban.journal.disk import RealDisk
from miseban.journal.manifest import FILE
from miseban.journal.snapshot import Looking, Snapshot, file_stamp

_LOG = structlog.get_logger(__name__)

SHARE = 15.0
"""A look has to be that many times as long ago as it took, so that looks stay below a fifteenth of
the time, whoever asks."""
LONGEST_LOOK_S = 4.0
"""After a minute everything is seen, however slow the machine."""
LONG_S = 0.5
"""Nobody waits for a look when the last one took longer: it is taken beside, and who asks is told
what the last one saw,"""
OLD_S = 120.0
"""unless that is so old."""
KEPT_S, KEPT_SHARE = 15.0, 30.0
"""Kept fresh, a look is taken anew that often, or so many times as long ago as it took."""
_TURN_S = 1.0


class Looks:
    """At the journal in ``folder``, by any thread. With ``patience_s`` a look serves for so long,
    or ``SHARE`` times as long as it took; and it leaves days that are over to the next compaction
    where many are told of at once."""

    def __init__(self, folder: Path, patience_s: float, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._looking = Looking(folder, RealDisk(), late_waits=patience_s > 0)
        self._patience_s, self._clock = patience_s, clock
        self._state, self._one = threading.Lock(), threading.Lock()
        self._last: Snapshot | None = None
        self.looked_s = self._took_s = 0.0
        self._beside = False

    def latest(self) -> Snapshot:
        """What the journal holds. Raises ``BadInput``."""
        with self._state:
            last = self._served()
            if last is not None:
                return last
        with self._one:
            with self._state:
                last = self._served()  # by whoever looked while we waited
            return last or self._look()

    def last(self) -> Snapshot:
        """What the last look found, however long ago that is. Raises ``BadInput``."""
        with self._state:
            last = self._last
        return last or self.latest()

    def keep_fresh(self, ended: threading.Event) -> None:
        """Looks every now and then until ``ended``, so that who asks first after an hour need not
        wait either. Where nothing came, a look costs nothing."""
        while not ended.wait(_TURN_S):
            with self._state:
                age_s = self._clock() - self.looked_s
                latest_s = min(KEPT_SHARE * self._took_s, OLD_S - self._took_s)
                due = not self._beside and age_s >= max(KEPT_S, latest_s)
                self._beside = self._beside or due
            if due:
                self._look_beside()

    def stands(self, snapshot: Snapshot) -> bool:
        """Whether ``journal.json`` is still the one that the snapshot is of."""
        return snapshot.stamp == file_stamp(self._folder / FILE)

    def again(self) -> None:
        """The last look is of no use any more: files went."""
        with self._state:
            self._last = None

    def _served(self) -> Snapshot | None:
        """The last look, where it will do."""
        if self._last is None or not self._patience_s:
            return None
        age_s = self._clock() - self.looked_s
        if age_s < max(self._patience_s, SHARE * min(self._took_s, LONGEST_LOOK_S)):
            return self._last
        if self._took_s < LONG_S or age_s >= OLD_S:
            return None
        if not self._beside:
            self._beside = True
            threading.Thread(target=self._look_beside, name="looking", daemon=True).start()
        return self._last

    def _look_beside(self) -> None:
        try:
            with self._one:
                self._look()
        except Exception as error:  # noqa: BLE001  (whatever happens, looks go on)
            _LOG.warning("look.failed", why=str(error))
            with self._state:
                self._last, self.looked_s = None, self._clock()  # whoever asks next is told
        finally:
            with self._state:
                self._beside = False

    def _look(self) -> Snapshot:
        """By one thread at a time."""
        began_s = self._clock()
        found = self._looking.look()
        with self._state:
            self.looked_s = self._clock()
            self._took_s = self.looked_s - began_s
            self._last = found
        return found
