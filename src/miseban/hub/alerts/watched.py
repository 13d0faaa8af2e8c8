"""One rule over one subject: when an alert is due, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from miseban.hub.alerts.measures import subjects
from miseban.hub.alerts.rules import Rule
from miseban.vocabulary.shop import Shop

Verdict = Literal["raise", "end"] | None


@dataclass(slots=True)
class Watched:
    """Seconds are of steady time. ``quiet_s``: before then nothing is raised again."""

    rule: Rule
    subject: str | None
    wrong_s: float | None = None
    over_s: float | None = None
    quiet_s: float = float("-inf")

    def closed(self, closed_s: float) -> None:
        """Its alert was done or has ended: the cool-down begins."""
        self.quiet_s = max(self.quiet_s, closed_s + self.rule.cooldown_s)
        self.wrong_s = self.over_s = None

    def judge(
        self, value: float | None, steady_s: float, *, is_open: bool, in_hours: bool
    ) -> Verdict:
        """What to do now that the figure is ``value`` (None: nobody can tell)."""
        if is_open:
            self.wrong_s = None
            if not in_hours:
                return "end"
            if value is None or not self.rule.over(value):
                self.over_s = None
                return None
            if self.over_s is None:
                self.over_s = steady_s
            return "end" if steady_s - self.over_s >= self.rule.clear_s else None
        self.over_s = None
        if not in_hours or value is None or not self.rule.wrong(value):
            self.wrong_s = None
            return None
        if self.wrong_s is None:
            self.wrong_s = steady_s
        held = steady_s - self.wrong_s >= self.rule.hold_s
        return "raise" if held and steady_s >= self.quiet_s else None


def watched_by(
    rules: Iterable[Rule], shop: Shop, before: Mapping[tuple[str, str | None], Watched]
) -> dict[tuple[str, str | None], Watched]:
    """By rule and subject, all that ``rules`` look at. What was watched ``before`` goes on: with
    the same rule all of it, else its cool-down."""
    found = {}
    for rule in rules:
        for subject in subjects(rule.when, shop):
            if rule.subjects and subject not in rule.subjects:
                continue
            held = before.get((rule.id, subject))
            if held is None or held.rule != rule:
                quiet_s = float("-inf") if held is None else held.quiet_s
                held = Watched(rule, subject, quiet_s=quiet_s)
            found[rule.id, subject] = held
    return found
