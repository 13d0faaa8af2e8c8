"""Whether two of whom an aid, or a slow walk, shows can be one person."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape, sits_odds
from miseban.space.help.signs import Aid
from miseban.vocabulary.events import HelpKind

Pair = tuple[float, float]
AIDS: tuple[Aid, Aid] = ("wheelchair", "walking_aid")
BACK_S, BACK_M, BACK_MPS, BACK_FAR_M = 600.0, 2.0, 0.8, 60.0
"""Who shows such a need so shortly after another has shown it last, where that one can have got to
meanwhile, may be the same."""
TALL_M, SECOND_M = 0.02, 0.05
"""Heights of one person err by so much from camera to camera, and more where few seconds tell."""
OFTEN_S = 100.0
"""Who was lost is mostly found again within so long."""
SAME = 5.5
"""Who costs less, in square deviations of the height and ``OFTEN_S``, is the same."""
CAME: tuple[tuple[float, float], ...] = ((60.0, 0.0), (150.0, 0.6), (300.0, 3.0), (math.inf, 6.4))
"""Who came in by a door up to so many seconds before, must cost less than that: an aid that shows
soon is that of who came in. In the simulated supermarket it is nearly always a new one up to a
minute after, five times of six up to 150 s, two of five up to 300 s and one of ten later; one of
six of those who came in by no door that was seen. What a height tells is weighed with that."""
CAME_S = 150.0
"""Whose slow walk shows so shortly after he or she came in by a door is nobody's that was lost."""
BOTH_S, BOTH = 3.0, 4.0
"""What it costs that both were seen for so many seconds, without a sign that the other of the two
is somebody else by now."""
HIDDEN_S = 2.0
"""Who is not seen for so long may come back as somebody else."""
ODD_S = 3
"""Who is as tall as somebody else for so many seconds more than not, is somebody else by now."""
DOUBT = 4
"""Seconds in motion in which it does not show, after which that may have happened."""
BACK_SLOW_S, TALLER_SLOW_M, TALLER_LATER_M = 300.0, 0.15, 0.08
"""Of a slow walk it shows only over a while; who is found again after ``OFTEN_S`` must be more
alike, for others have walked slowly meanwhile."""
FASTER = 1.25
"""Who is as many times as fast as somebody who walks slowly does not."""
TALLS = 40


@dataclass(slots=True, eq=False)
class Said:
    """What is said of ``person``, ``tall`` metres, under the name ``who``; it showed last at
    ``shown_s`` and ``xy``, as tall as ``talls`` in each of the last seconds. ``odd`` seconds since,
    in motion or not, he or she was as tall as somebody else."""

    person: Person
    kind: HelpKind
    who: str
    tall: float
    shown_s: float
    xy: Pair
    talls: deque[float] = field(default_factory=lambda: deque(maxlen=TALLS))
    odd: int = 0


def most_of(now_s: float, kind: HelpKind, person: Person) -> float:
    """What it may cost that ``person`` is somebody of before."""
    age_s = now_s - person.first_s
    if kind == "slow_walk":
        return 0.0 if person.came_in and age_s < CAME_S else math.inf
    if not person.came_in:
        return SAME
    return next(most for up_to_s, most in CAME if age_s < up_to_s)


def unlike(
    one: Said,
    person: Person,
    kind: HelpKind,
    lately: Sequence[Shape],
    settings: HelpSettings,
    *,
    held: bool,
) -> float:
    """How unlike ``person``, of whom such a need showed in the seconds ``lately``, is to ``one``,
    which nothing speaks against if ``held``; infinite if they are two."""
    first = lately[0]
    tall = median(shape.high(seated=one.kind == "wheelchair") for shape in lately)
    gap_s, far = first.at_s - one.shown_s, math.dist(one.xy, first.xy)
    if not alike(one.kind, kind) or gap_s < -HIDDEN_S:
        return math.inf
    reach_m = BACK_M + BACK_MPS * max(gap_s, 0.0)
    if kind == "slow_walk":
        most_m = TALLER_SLOW_M if gap_s <= OFTEN_S else TALLER_LATER_M
        fits = gap_s <= BACK_SLOW_S and abs(one.tall - tall) <= most_m
        return far if fits and not held and far <= reach_m else math.inf
    if gap_s > BACK_S or far > min(reach_m, BACK_FAR_M):
        return math.inf
    errs = TALL_M**2 + SECOND_M**2 * (1 / max(len(one.talls), 1) + 1 / len(lately))
    cost = (one.tall - tall) ** 2 / errs + max(gap_s, 0.0) / OFTEN_S
    odds = sits_odds(lately, settings.aid_broad)
    cost += max(0.0, -2.0 * odds if one.kind == "wheelchair" else 2.0 * odds)
    both = one.person is not person and one.person.last_s >= first.at_s + BOTH_S
    changed = one.odd >= ODD_S or slim_since(one, settings) >= DOUBT
    return cost + (BOTH if both and not changed else 0.0)


def slim_since(said: Said, settings: HelpSettings) -> int:
    """The seconds in motion since it showed last; none if it is as broad in any."""
    since = [one for one in said.person.shapes if one.sure and one.at_s > said.shown_s]
    return len(since) if all(one.broad < settings.aid_broad for one in since) else 0


def is_fast(person: Person, settings: HelpSettings) -> bool:
    """For somebody of whom a slow walk was said."""
    last = list(person.speeds)[-DOUBT:]
    return bool(last) and median(last) > FASTER * settings.slow_mps


def alike(one: HelpKind, other: HelpKind) -> bool:
    """Whether both may be seen of one person: what kind of aid it is, errs."""
    return one == other or (one in AIDS and other in AIDS)
