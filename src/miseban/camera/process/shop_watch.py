"""Whether the shop file says something else about what a process counts than when it began."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, load_shop

LOOK_S = 2.0
"""The file is looked at this often."""

log = structlog.get_logger(__name__)


class ShopWatch:
    """Of the process that counts for ``cameras`` by ``shop``, read from ``path``."""

    def __init__(
        self,
        path: Path,
        shop: Shop,
        cameras: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._cameras, self._clock = path, cameras, clock
        self._counts_by = self._of(shop)
        self._id = shop.shop.id
        self._stamp: tuple[int, int] | None = None  # it may have been set since it was read
        self._looked_s = clock()

    def changed(self) -> bool:
        """Asked as often as one likes. A file with a mistake, or without one of the cameras, is
        none that could be counted by: all goes on as before, and the log says so once."""
        now = self._clock()
        if now < self._looked_s + LOOK_S:
            return False
        self._looked_s = now
        stamp = self._stamped()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            found = load_shop(self._path)
            if found.shop.id != self._id:  # the outbox is of this shop
                raise BadInput("another-shop", self._path, f"expected the shop {self._id}")
            return self._of(found) != self._counts_by
        except BadInput as error:
            log.warning("shop.unusable", why=str(error))
            return False

    def _of(self, shop: Shop) -> tuple[object, ...]:
        own = tuple(shop.camera(name) for name in self._cameras)
        return shop.shop, shop.staff, shop.notice, shop.lines, shop.zones, shop.shelves, own

    def _stamped(self) -> tuple[int, int] | None:
        try:
            seen = self._path.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_ino
