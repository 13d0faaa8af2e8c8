"""What of the journal a live state is made from after a start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from miseban.hub.live.window import KEPT_DAYS, OFTEN, RARE, window_start
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop


class Reader(Protocol):
    """The part of the journal's reader that a rebuild needs."""

    def events(
        self, types: Sequence[str] | None = None, since: datetime | None = None
    ) -> Iterable[Event]: ...


def looked_back(reader: Reader, shop: Shop, now: datetime) -> Iterator[list[Event]]:
    """What happens often, since the shop was last empty; then what is told only when it changes,
    of as many days as are remembered."""
    yield list(reader.events(types=OFTEN, since=window_start(shop, now)))
    yield list(reader.events(types=RARE, since=now - timedelta(days=KEPT_DAYS)))
