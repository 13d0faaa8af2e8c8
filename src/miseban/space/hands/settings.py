"""What counts as a hand at the goods."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandlingSettings:
    """Seconds, and body heights."""

    least_length: float = 0.17
    """An arm that is not longer is not stretched out."""

    steady: float = 0.10
    """A hand that moves no farther is at one place."""

    body_part: float = 0.5
    """What hides more of a facing than this is a body that stands there, and no arm."""

    again_s: float = 2.0
    """A hand that comes back to a facing so soon has not been away."""

    once_s: float = 0.35
    """What one hand changes within this time it changes at once."""

    left_s: float = 1.25
    """The hand that takes or puts a piece hides a part of it for no longer."""

    common_part: float = 0.2
    """And what lies at the same facings in a larger part."""

    twice_s: float = 1.2
    """Nobody takes two pieces of one facing in so short a time, or puts two back."""

    hasty_s: float = 1.5
    """What takes back a change so soon is the hand that left, and had been taken for part of it:
    nobody takes a piece and puts it back at once."""

    taken_sure: float = 0.95
    doubt_s: float = 3.0
    """Of what looks like a piece taken, less surely, it is waited for so long whether it is there
    again, of which is told 0.6 s later. On 70 drawn shelves 35 were, of which 4 had been taken; of
    80 that went more surely, and were seen again when the hand left, 78 had been."""

    again_part: float = 0.5
    """Of a piece that is there again so much is."""

    out_s: float = 2.4
    """No arm is held out for longer, and nobody takes a piece and puts it back in so short a time:
    of 412 pieces put back on 70 drawn shelves three were there sooner, of two people's hands."""

    again_sure: float = 0.7
    """A hand that only reached is so likely where goods seemed gone for so short a time and nobody
    took or put anything just before or after: too few are known to measure it."""

    seen_s: float = 2.8
    """A hand that changes something is told of by so long after."""

    deed_s: float = 0.6
    """A hand is at the goods for so long before it takes or puts a piece."""

    holds_s: float = 1.25
    """What stretches out so soon after that is an arm on its way back, or that holds the piece up
    to look at it."""

    hand_sure: float = 0.45
    """What is held out is a hand at the goods where that is as likely: half of the F1 that comes of
    it, about 0.9, which is where F1 is highest (Lipton, Elkan and Narayanaswamy, ECML 2014)."""

    early_s: float = 0.3
    """Moments of hands and of what they do are known so well."""

    leaves_s: float = 0.25
    """What a hand takes or puts changes sooner than so long before it goes back: what changes then
    is the arm that leaves ..."""

    arm_sure: float = 0.95
    """... unless it is goods that are as likely as this."""

    around_s: float = 0.5
    """What was held out so long before an arm is seen, or after, may be that arm."""

    same_s: float = 0.8
    """What one body holds out within this time is one hand."""

    both_part: float = 0.5
    """And neither does it hold two out together for so large a part of the shorter time."""

    at_once_s: float = 0.15
    """Between two hands of one body the arm is back for longer than this: at one look at least."""

    comes_s: float = 1.0
    """What has been seen at a hand for longer when its arm is first seen came without it, and lies
    there: no hand that only reached."""

    gap_s: float = 0.45
    """An arm that is not seen for longer is back."""

    least_s: float = 0.35
    """A hand that is at the goods for less only passes by."""

    most_s: float = 12.0
    """One that is there for longer lies there, or is none."""

    beside_s: float = 0.8
    """So long before the arm is seen, and after, what changes on the shelf is its doing."""

    open_s: float = 2.0
    """A facing that has been in full view for so long has shown what changed on it."""

    hidden_part: float = 0.25
    """More of it hidden is no full view."""

    hidden_more: float = 0.1
    """But where somebody stands before it all the while, what was in view before the hand came and
    is again is enough: no more than this part more is hidden ..."""

    hidden_most: float = 0.6
    """... and no more than this in all."""

    patient_s: float = 30.0
    """The longest wait for that."""

    least_piece: float = 0.1
    """What changed less of a facing than this part of what one piece takes up is no change."""

    seen_piece: float = 0.05
    """Where a hand was seen at the moment it came, so little is one: goods that stand half behind
    something, or half outside the picture."""

    small_piece: float = 0.22
    """And less than this is none where a body touches it: a sleeve."""

    plain_piece: float = 0.75
    """And neither is less than this, if it shows as much detail as before and has not looked like
    that before: a shadow, or what is left of a body by the picture's compression."""

    plain_detail: float = 0.25
    """Less is as much detail as before."""

    large_part: float = 0.3
    """What changes more of a facing leaves it nearly empty, or fills it."""

    vague_s: float = 10.0
    """Nobody can tell when a change happened that took longer to be seen."""

    goods_sure: float = 0.75
    """What came in one moment beside a body is goods where that is so likely."""
