"""Which calls for help are to be told, by which rules: each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from miseban.hub.alerts.rules import Rule
from miseban.hub.live import LiveState
from miseban.vocabulary.events import HelpNeeded

STALE_S: Final = 3600.0
"""A call that is heard of only after an hour (a camera was cut off) is told to nobody: whoever
needed a hand has gone or was found."""


class HelpCalls:
    """Remembers which calls were told and are done or over."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._finished: set[tuple[str, str]] = set()
        self._quiet: dict[tuple[str, str, str | None], float] = {}
        self._since: dict[tuple[str, str], float] = {}

    def look_by(self, rules: Iterable[Rule]) -> None:
        """From now on; what was told stays told."""
        self._rules = [rule for rule in rules if rule.when == "help.needed"]

    def closed(self, rule_id: str, call: str, closed_s: float, live: LiveState) -> None:
        """The alert of ``rule_id`` about ``call`` was done or is over; another call of the same
        kind in the same zone waits for the rule's cool-down."""
        self._finished.add((rule_id, call))
        needed = live.calls.get(call)
        rule = next((one for one in self._rules if one.id == rule_id), None)
        if needed is not None and rule is not None:
            place = (rule_id, needed.kind, needed.zone)
            until_s = closed_s + rule.cooldown_s
            self._quiet[place] = max(self._quiet.get(place, until_s), until_s)

    def due(
        self, live: LiveState, now: datetime, now_s: float
    ) -> Iterator[tuple[Rule, HelpNeeded]]:
        """Open calls that a rule is about, in order of time, once they have lasted ``hold_s``."""
        self._forget(live)
        calls = [c for c in live.calls.values() if c.help not in live.calls_ended]
        for call in sorted(calls, key=lambda one: (one.time, one.id)):
            if (now - call.time).total_seconds() > STALE_S:
                continue
            for rule in self._rules:
                if rule.kinds and call.kind not in rule.kinds:
                    continue
                if rule.subjects and call.zone not in rule.subjects:
                    continue
                if (rule.id, call.help) in self._finished:
                    continue
                since_s = self._since.setdefault((rule.id, call.help), now_s)
                quiet_s = self._quiet.get((rule.id, call.kind, call.zone), float("-inf"))
                if now_s - since_s >= rule.hold_s and now_s >= quiet_s:
                    yield rule, call

    def _forget(self, live: LiveState) -> None:
        """What the live state has forgotten."""
        if len(self._since) > 2 * len(live.calls) * max(1, len(self._rules)) + 100:
            self._since = {k: s for k, s in self._since.items() if k[1] in live.calls}
            self._finished = {k for k in self._finished if k[1] in live.calls}
