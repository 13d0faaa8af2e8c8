"""Who was seen: how many, who works here, and who came together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from miseban.insight.labels import labels
from miseban.insight.score.figures import CountScore, FoundScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.pieces import score_pieces
from miseban.insight.score.shares import count_score, found_score
from miseban.insight.score.trails import same_visits, trails

_Labels = dict[str, str]
"""By visit, what is told of it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What can be said of who people are; None where a side tells nothing of it."""

    shoppers: CountScore | None = None
    visits: FoundScore | None = None
    staff: FoundScore | None = None
    staff_pieces: FoundScore | None = None
    staff_seconds: FoundScore | None = None
    groups: FoundScore | None = None


def score_people(truth: Recording, result: Recording, gaps: Gaps) -> CountScore | None:
    """Everybody of whom an event tells, as in the summary; None where one side tells of the whole
    shop and the other of one camera."""
    if not gaps.same_view("people", truth, result):
        return None
    seen = [
        {visit for event in side.events if (visit := getattr(event, "visit", None)) is not None}
        for side in (truth, result)
    ]
    return count_score(len(seen[0]), len(seen[1]))


def score_labels(truth: Recording, result: Recording, gaps: Gaps) -> Labelled:
    """Shoppers are counted; staff and groups are compared over visits that are the same."""
    known = [labels(side.events) for side in (truth, result)]
    roles: list[_Labels] = [dict(side.roles) for side in known]
    groups: list[_Labels] = [dict(side.groups) for side in known]
    told_roles = _both(gaps, "shoppers, staff", "the role", roles)
    told_groups = _both(gaps, "groups", "the group", groups)
    if not (told_roles or told_groups):
        return Labelled()
    if not gaps.same_view("shoppers, staff, groups", truth, result):
        return Labelled()
    shoppers = [sum(role == "shopper" for role in side.values()) for side in roles]
    counted = count_score(shoppers[0], shoppers[1]) if told_roles else None
    laid = [trails(side, truth) for side in (truth, result)]
    if laid[0] is None or laid[1] is None:
        side = "truth" if laid[0] is None else "result"
        gaps.add("staff, groups", f"trails of the {side} are in px: who is who cannot be told")
        return Labelled(shoppers=counted)
    same = same_visits(laid[0], laid[1])
    pieces = score_pieces(laid[0], laid[1], roles[0], roles[1]) if told_roles else (None, None)
    return Labelled(
        shoppers=counted,
        visits=found_score(len(same), len(laid[0].visits), len(laid[1].visits)),
        staff=_staff(same, roles[0], roles[1]) if told_roles else None,
        staff_pieces=pieces[0],
        staff_seconds=pieces[1],
        groups=_groups(same, groups[0], groups[1]) if told_groups else None,
    )


def _both(gaps: Gaps, what: str, label: str, sides: list[_Labels]) -> bool:
    silent = [name for name, side in zip(("truth", "result"), sides, strict=True) if not side]
    if len(silent) == 2:
        gaps.add(what, f"{label} of nobody is told in these folders")
    elif silent:
        gaps.add(what, f"the {silent[0]} tells {label} of nobody")
    return not silent


def _staff(same: Iterable[tuple[str, str]], truth: _Labels, result: _Labels) -> FoundScore:
    """Staff of the truth without a visit in the result is missed; the other way round, false."""
    true, found = (
        {visit for visit, role in side.items() if role == "staff"} for side in (truth, result)
    )
    return found_score(sum(a in true and b in found for a, b in same), len(true), len(found))


def _groups(same: Iterable[tuple[str, str]], truth: _Labels, result: _Labels) -> FoundScore:
    """Over the pairs of people, of visits that are the same: those of one group in the truth, in
    the result, and in both (C. D. Manning, P. Raghavan, H. Schütze, *Introduction to Information
    Retrieval*, 2008, section 16.3)."""
    names = [(truth.get(a), result.get(b)) for a, b in same]
    true = Counter(a for a, _ in names if a is not None)
    found = Counter(b for _, b in names if b is not None)
    both = Counter(pair for pair in names if None not in pair)
    pairs = [sum(comb(n, 2) for n in side.values()) for side in (both, true, found)]
    return found_score(*pairs)
