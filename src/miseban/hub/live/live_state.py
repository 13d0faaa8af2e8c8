"""The live state with all that it shows: made from the journal, told of events, looked at whole."""

from __future__ import annotations

from datetime import datetime

from miseban.hub.live.looking_back import Reader, looked_back
from miseban.hub.live.showing import show, show_help
from miseban.hub.live.snapshot import HelpSnapshot, LiveSnapshot
from miseban.hub.live.state import State
from miseban.vocabulary.shop import Shop


class LiveState(State):
    """As ``State``, and in tables."""

    @classmethod
    def from_journal(cls, reader: Reader, shop: Shop, now: datetime) -> LiveState:
        """The state at ``now``, from what the journal has kept."""
        live = cls(shop)
        for events in looked_back(reader, shop, now):
            live.take(events, now)
        return live

    def snapshot(self, now: datetime | None = None) -> LiveSnapshot:
        """All but help, at ``now`` (else when the newest event happened)."""
        with self.held():
            return show(self, self.moment(now))

    def help(self, now: datetime | None = None) -> HelpSnapshot:
        """Open calls, and the alerts about them."""
        with self.held():
            return show_help(self, self.moment(now))
