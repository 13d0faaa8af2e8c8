"""Whether a box is of somebody who lies, rather than stands, sits or squats: by how tall and broad
it is, and where its foot is beside where he or she stood."""

from __future__ import annotations

import math
from collections.abc import Callable

from miseban.space.help.bodies import Body
from miseban.space.help.flat import STATURES_M
from miseban.space.help.stood import Look

Pair = tuple[float, float]

TALL_OFF, BROAD_OFF, PLACE_OFF_M = 0.06, 0.12, 0.3
"""One standard deviation of how tall (a part of it) and how broad (the logarithm) somebody looks,
and of where."""
USUAL_M = 1.65
FITS = 4.0
"""Who fits worse does not lie, however ill the rest fits: the fusion errs about who it is."""
CHILD_M, CHILD = 1.4, 2.0
"""Somebody of whom nothing is known is no child, at such odds; in squares of deviations."""
BETWEEN_M = 0.13
"""Half of the way from one of ``STATURES_M`` to the next."""
SOMEBODY_ELSE = 3.0
"""And the fusion has not taken this box for somebody else's."""
LEAST_M, MOST_M = 0.95, 1.95
"""People upright of whom no more is known."""
BROAD, CHILD_BROAD, SEATED_BROAD, SEATED_M = 0.8, 1.15, 2.0, 1.1
"""How many times as broad as usual people upright look, and those with an aid, who are taller than
a small child."""
STEEP, STEEP_SEATED, SEATED_TALL_M = 0.7, 0.6, 1.45
"""From so far above people upright look narrow and of any height, and those who sit, no taller than
that, sooner: only who looks low and broad lies."""
AS_STEEP = 0.1
"""Unless the camera saw him or her stand there just as steep: then nobody looks taller or narrower
who does."""
SQUAT, SQUAT_BROAD = (0.6, 0.8), (0.65, 1.9)
"""How tall somebody squats or kneels, in body heights, and how broad."""
SQUAT_M = (0.87, 1.44)
"""If nobody knows how tall he or she is."""
LIES_M = 0.3
"""So far the middle of a body that lies is from where it stood."""
FARTHEST_M, WALKED = 1.3, 2.0
"""Who is farther from there has walked; and who is upright may have, at such odds, in squares of
deviations."""
SELDOM = 0.5
"""Log odds that somebody squats rather than lies, if both fit as well."""
MOST = 3.0
"""No second tells more: an error lasts longer than a frame."""


def lying_odds(
    body: Body,
    broad: float | None,
    own_m: float | None = None,
    stood: Pair | None = None,
    looked: Look | None = None,
    sits: Callable[[Body], float] | None = None,
    *,
    below: bool = False,
) -> float:
    """Log odds, within ``MOST``, that ``body`` lies. It is ``broad`` times as broad as usual, None
    where that is unknown. ``own_m`` is how tall he or she is upright, ``stood`` where he or she
    stood still before, in metres, and ``looked`` how to this camera; ``sits``, for who may sit in a
    wheelchair, how ill a box fits that, by ``Seated``. What is unknown or NaN says nothing."""
    if not (body.whole or below) or body.middle is None or not math.isfinite(body.tall):
        return 0.0
    if stood is not None and math.dist(body.middle, stood) > FARTHEST_M:
        stood = looked = None
    lies = min(off + _stature(tall, own_m) for off, tall in zip(body.flat, STATURES_M, strict=True))
    away_m = math.dist(body.middle, stood) if stood is not None else 0.0
    lies += (max(away_m - LIES_M, 0.0) / PLACE_OFF_M) ** 2
    if math.isnan(lies):
        return 0.0
    wide = math.log(max(broad, 0.05)) if broad is not None and math.isfinite(broad) else None
    if below:  # nobody knows how tall: only who is too narrow for anything else lies
        steep = _is_steep(body, own_m)
        other = _broad(wide, 0.0 if steep else SQUAT_BROAD[0], math.inf)
        return min(max((other - lies) / 2.0 - SELDOM, 0.0), MOST if min(body.flat) <= FITS else 0.0)
    known = wide, own_m, stood, looked
    other = min(_upright(body, *known), _squats(body, *known))
    if sits is not None and lies < other:
        other = min(other, sits(body) + _walked(body, stood))
    return min(max((other - lies) / 2.0 - SELDOM, -MOST), MOST if min(body.flat) <= FITS else 0.0)


def _stature(tall: float, own_m: float | None) -> float:
    anybody = CHILD if tall < CHILD_M else 0.0
    if own_m is None:
        return anybody
    over = max(abs(tall - own_m) - BETWEEN_M, 0.0) / (TALL_OFF * own_m)
    return min(over**2, SOMEBODY_ELSE + anybody)


def _upright(
    body: Body, wide: float | None, own_m: float | None, stood: Pair | None, looked: Look | None
) -> float:
    tall, steep = body.tall, _is_steep(body, own_m)
    off_m = TALL_OFF * (own_m or USUAL_M)
    broadest = SEATED_BROAD if tall >= SEATED_M else CHILD_BROAD
    off = _off(tall, LEAST_M, math.inf if steep else MOST_M, off_m)
    if own_m is not None:
        known = _off(tall, own_m, math.inf if steep else own_m, off_m)
        known += _unlike(body, looked, own_m, BROAD)
        off = min(known, SOMEBODY_ELSE + off)
    return off + _walked(body, stood) + _broad(wide, 0.0 if steep else BROAD, broadest)


def _walked(body: Body, stood: Pair | None) -> float:
    """How far from where somebody stood still, who may have gone on since."""
    return min((math.dist(body.xy, stood) / PLACE_OFF_M) ** 2, WALKED) if stood is not None else 0.0


def _squats(
    body: Body, wide: float | None, own_m: float | None, stood: Pair | None, looked: Look | None
) -> float:
    low, high = SQUAT_M if own_m is None else (SQUAT[0] * own_m, SQUAT[1] * own_m)
    steep = _is_steep(body, own_m)
    off = _off(body.tall, low, math.inf if steep else high, TALL_OFF * (own_m or USUAL_M))
    off += _unlike(body, looked, own_m, SQUAT_BROAD[0])
    if stood is not None:  # who squats does so where he or she stood
        off += (math.dist(body.xy, stood) / PLACE_OFF_M) ** 2
    return off + _broad(wide, 0.0 if steep else SQUAT_BROAD[0], SQUAT_BROAD[1])


def _unlike(body: Body, looked: Look | None, own_m: float | None, narrowest: float) -> float:
    """How much taller or narrower somebody looks from steeply above than when he or she stood
    there: who is hidden in part looks lower."""
    if looked is None or not _is_steep(body, own_m) or abs(body.steep - looked.steep) > AS_STEEP:
        return 0.0
    off = _off(body.tall, 0.0, looked.tall, TALL_OFF * (own_m or USUAL_M))
    if math.isfinite(body.broad) and looked.broad > 0.0:
        off += _broad(math.log(max(body.broad / looked.broad, 0.05)), narrowest, math.inf)
    return off


def _is_steep(body: Body, own_m: float | None) -> bool:
    """Whether people upright look narrow and of any height from there. Who sits does so also where
    the lens draws somebody upright broader than high, as towards the corners of a picture."""
    sits = own_m is None or own_m <= SEATED_TALL_M
    return body.steep >= (STEEP_SEATED if sits else STEEP) or (sits and body.aspect > body.broad)


def _broad(wide: float | None, low: float, high: float) -> float:
    if wide is None:
        return 0.0
    return _off(wide, math.log(low) if low else -math.inf, math.log(high), BROAD_OFF)


def _off(value: float, low: float, high: float, deviation: float) -> float:
    """How far from between ``low`` and ``high``, squared and in deviations."""
    return (max(low - value, value - high, 0.0) / deviation) ** 2
