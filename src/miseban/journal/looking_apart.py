"""Looks at the journal by a process of its own: what the day's recount takes for a moment is never
this process's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

from miseban.journal.apart import Apart
from miseban.journal.disk import RealDisk
from miseban.journal.manifest import Manifest
from miseban.journal.snapshot import Looking, PackedRows, Snapshot, Stamp

RENEWED_S = 900.0
"""So old a process gives way to another, which takes a second: it takes a little more with every
count, as all that count do."""


@dataclass(frozen=True)
class _News:
    """A snapshot; without the manifest, thousands of small objects, where that is as before."""

    manifest: Manifest | None
    stamp: Stamp
    fresh: pa.Table
    recounted: dict[date, PackedRows]


class LookingApart:
    """As ``Looking``. Methods by any thread."""

    def __init__(
        self, folder: Path, begin: Callable[[], Apart] = Apart, *, late_waits: bool = False
    ) -> None:
        """``begin`` makes what it looks by."""
        self._folder, self._late_waits = folder, late_waits
        self._lock = threading.Lock()
        self._begin = begin
        self._apart = begin()
        self._apart.call(_begun)  # no look is to be taken for a long one because of that
        self._last: Snapshot | None = None
        self._closed = False

    def look(self) -> Snapshot:
        """Raises as ``Looking.look``, and ``Failed`` (``apart``)."""
        with self._lock:
            return self._take(self._apart.call(_news, self._folder, self._late_waits))

    def renew(self) -> None:
        """Puts a new process in the place of one that is old. Looks go on meanwhile. Raises as
        ``look``."""
        if self._apart.age_s < RENEWED_S:
            return
        new = self._begin()
        try:
            found = new.call(_news, self._folder, self._late_waits)
        except BaseException:
            new.end()
            raise
        with self._lock:
            old = new if self._closed else self._apart
            if not self._closed:
                self._apart = new
                self._take(found)
        old.end()

    def close(self) -> None:
        """Breaks off what it is at; no look is taken any more."""
        self._apart.close()  # whoever looks holds the lock
        with self._lock:
            self._closed = True
            self._apart.close()

    def _take(self, news: _News | None) -> Snapshot:
        if news is not None:
            manifest = news.manifest
            if manifest is None:
                assert self._last is not None  # noqa: S101 - of whom it was told with the first
                manifest = self._last.manifest
            self._last = Snapshot(manifest, news.stamp, news.fresh, news.recounted)
        assert self._last is not None  # noqa: S101 - the first news are never none
        return self._last


class _Told:
    """What this process has told of its looks."""

    def __init__(self, folder: Path, late_waits: bool) -> None:
        self._looking = Looking(folder, RealDisk(), late_waits=late_waits)
        self._last: Snapshot | None = None

    def news(self) -> _News | None:
        """None where all is as it was told last."""
        found, last = self._looking.look(), self._last
        if found is last:
            return None
        self._last = found
        same = last is not None and last.stamp == found.stamp
        manifest = None if same else found.manifest
        return _News(manifest, found.stamp, found.fresh, found.recounted)


_told = cache(_Told)


def _begun() -> None:
    """Once this can be called, all is imported."""


def _news(folder: Path, late_waits: bool) -> _News | None:
    return _told(folder, late_waits).news()
