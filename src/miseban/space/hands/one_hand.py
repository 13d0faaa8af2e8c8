"""What is seen of one hand: an arm is seen in pieces, and a hand in stages."""

from __future__ import annotations

from miseban.space.hands.settings import HandlingSettings
from miseban.vocabulary.hands import HandSeen


def same(one: HandSeen, other: HandSeen, settings: HandlingSettings) -> bool:
    """Whether both are one hand. An arm is seen in pieces: what nobody is known to hold out
    and comes and goes with a hand is of that."""
    s = settings
    known = one.track is not None and other.track is not None
    begin_s, end_s = abs(one.since_s - other.since_s), abs(one.until_s - other.until_s)
    near = begin_s < s.same_s
    if not known and max(begin_s, end_s) < s.at_once_s:
        return True
    if known and one.track != other.track:
        return False
    if not near and (known or one.facing == other.facing):
        both_s = min(one.until_s, other.until_s) - max(one.since_s, other.since_s)
        least_s = min(one.until_s - one.since_s, other.until_s - other.since_s)
        return both_s > s.both_part * least_s
    return near and (one.facing == other.facing or known)


def goes_on(one: HandSeen, other: HandSeen, settings: HandlingSettings) -> bool:
    """Whether ``one`` is how somebody stands when the hand ``other`` is back."""
    known = one.track is not None and other.track is not None
    if (one.track != other.track) if known else (one.facing != other.facing):
        return False
    return abs(one.since_s - other.until_s) < settings.at_once_s


def told_before(one: HandSeen, other: HandSeen) -> bool:
    """Whether ``one`` is told rather than ``other``."""
    return (one.sure, -one.since_s) > (other.sure, -other.since_s)
