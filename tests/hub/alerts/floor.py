"""A hub without its servers: journal, live state and alerts, joined as they are in the hub."""

from __future__ import annotations

import random
from collections.abc import Sequence

from miseban.hub.alerts import Alerts, Notice, Rules, parse_rules
from miseban.hub.live import LiveState
from miseban.vocabulary.events import AlertStep, Event, HelpStep
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop
from tests.hub.shopfront import SHOP, ListJournal, at


def rules_of(text: str, shop: Shop = SHOP) -> Rules:
    return parse_rules(text, shop, "rules.toml")


class Hub:
    """``tell`` is what cameras say, ``wait`` lets time pass second by second. ``notices`` are all
    that were to be delivered; each is held to be delivered at once unless ``deliver`` is off."""

    def __init__(
        self, rules: Rules, journal: ListJournal | None = None, seconds: float = 0.0,
        shop: Shop = SHOP,
    ) -> None:  # fmt: skip
        self.rules, self.shop = rules, shop
        self.seconds = seconds
        self.journal = journal or ListJournal()
        self.deliver = True
        self.notices: list[Notice] = []
        self.live = LiveState.from_journal(self.journal, shop, at(seconds))
        self.journal.listeners = [lambda events: self.live.take(events, at(self.seconds))]
        ids = EventIds(random.Random(f"hub {len(self.journal.kept)}"))
        self.alerts = Alerts(rules, self.live, self.append, ids=ids)
        self.alerts.restore(self.live.alerts.records(), at(seconds))

    def append(self, events: Sequence[Event]) -> int:
        return self.journal.append(events)

    def restarted(self, seconds: float = 0.0, rules: Rules | None = None) -> Hub:
        """Another process on the same journal, ``seconds`` later."""
        return Hub(rules or self.rules, self.journal, self.seconds + seconds, self.shop)

    def tell(self, *events: Event) -> None:
        self.journal.append(events)
        self.told(self.alerts.take(events, at(self.seconds)))

    def wait(self, seconds: int, step: int = 1) -> None:
        for _ in range(0, seconds, step):
            self.seconds += step
            self.told(self.alerts.tick(at(self.seconds)))

    def told(self, notices: Sequence[Notice]) -> None:
        self.notices += notices
        if self.deliver:
            for notice in notices:
                for channel in notice.channels:
                    self.alerts.delivered(notice.alert.alert, channel, at(self.seconds))

    def steps(self, rule: str | None = None) -> list[str]:
        """What was told of alerts, without deliveries."""
        found = sorted(
            (e for e in self.journal.kept.values() if isinstance(e, AlertStep | HelpStep)),
            key=lambda event: (event.time, event.id),
        )
        kept = [e for e in found if e.step != "delivered" and rule in (None, e.rule)]
        return [event.step for event in kept]
