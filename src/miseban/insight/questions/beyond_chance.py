"""Whether people spent more time in a square of the floor in one time than in another, or whether
that may be chance: which visits came that day, and how long each of them happened to stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaincinv, ndtri, stdtr

Floats = NDArray[np.float64]
_TAIL: Final = 0.025
USUAL: Final = 3.6
"""How many times as unlike each other days are, where hardly anything tells it, as they would be if
each visit came by itself and stood there equally long: as in two weeks of the simulated convenience
store."""
_WORTH: Final = 4.0
"""Of so many blocks of its own is what a square shares with all the others worth."""
_TELLS: Final = 100.0
"""So many blocks is what is usual worth, for all squares together."""
_FREE: Final = 20.0
"""So many degrees of freedom the variance of a square has from what is usual and what it shares
with the others. They have the same days: that a busy week moves all squares at once makes any of
them seem to differ more often than if each had days of its own."""


@dataclass(frozen=True)
class Spent:
    """Person-seconds of C squares in one time: (C,) ``seconds``, the ``visits`` that spent them,
    the ``blocks`` that these are known in (mostly days), the ``hours`` that those lasted, and
    ``spread``, the sum over blocks of seconds squared by hours."""

    seconds: Floats
    visits: Floats
    blocks: Floats
    hours: Floats
    spread: Floats

    @property
    def plain(self) -> Floats:
        """(C,) the variance of the seconds if visits came by themselves, each for as long as the
        mean: that of a Poisson number of them."""
        return _by(self.seconds**2, self.visits)

    def apart(self) -> tuple[Floats, Floats]:
        """(C,) each: how far the blocks lie from the same seconds in each hour, squared and by what
        is plain; and its degrees of freedom."""
        between = np.maximum(self.spread - _by(self.seconds**2, self.hours), 0.0)
        return _by(between, _by(self.plain, self.hours)), np.maximum(self.blocks - 1, 0.0)


@dataclass(frozen=True)
class Apart:
    """(C,) each: the variances of the seconds of two times, and their degrees of freedom."""

    one: Floats
    other: Floats
    free: Floats


def variances(one: Spent, other: Spent) -> Apart:
    """What is plain is taken as many times as the blocks of a square, in both times, lie farther
    apart than it says (Pearson's dispersion; P. McCullagh and J. A. Nelder, Generalized Linear
    Models, 1989, 9.2): visits are unlike each other, and days are. A few blocks tell little, so it
    is drawn towards that of all squares as if this were some more of them (G. K. Smyth, Statistical
    Applications in Genetics and Molecular Biology 3, 2004, 3), and is never below 1."""
    squares, free = (a + b for a, b in zip(one.apart(), other.apart(), strict=True))
    together = float(squares.sum() + _TELLS * USUAL) / float(free.sum() + _TELLS)
    times = np.maximum((squares + _WORTH * together) / (free + _WORTH), 1.0)
    return Apart(one.plain * times, other.plain * times, free + _FREE)


@dataclass(frozen=True)
class Difference:
    """(C,) each: how many person-seconds more than at the other time's rate, the 95 % interval of
    that, and how likely so large a difference is by chance alone."""

    value: Floats
    low: Floats
    high: Floats
    p: Floats


def difference(a: Floats, b: Floats, apart: Apart, scale: float) -> Difference:
    """``a`` and ``b`` (C,): the seconds of two times, of which ``apart`` tells; in each square at
    least one has some. ``scale``: by how much the first time is longer than the other.

    Divided by their variance to mean, f, the sums are nearly Poisson (G. Bohm and G. Zech, Nuclear
    Instruments and Methods A 748, 2014); so, given the sum of both, the first is nearly binomial,
    and its tails are those of J. Przyborowski and H. Wilenski (Biometrika 31, 1940). Since f is
    estimated, what would be so far out of a normal distribution is looked up in Student's (S. P.
    Lund and others, Statistical Applications in Genetics and Molecular Biology 11, 2012, 5). The
    interval joins those of both sums, by M. P. Fay and E. J. Feuer (Statistics in Medicine 16,
    1997), as G. Y. Zou and A. Donner do (Statistics in Medicine 27, 2008).
    """
    a_var, b_var = apart.one, apart.other
    both = (a_var + b_var) / (a + b)  # where one has nothing, that of the other
    f_a, f_b = (np.where(s > 0, _by(v, s), both) for s, v in ((a, a_var), (b, b_var)))
    x, y = a / both, b / both
    share = scale / (1 + scale)
    more = betainc(np.maximum(x, 1e-9), y + 1, share)  # so many or more
    fewer = betainc(np.maximum(y, 1e-9), x + 1, 1 - share)
    tail = np.minimum(np.minimum(more, fewer), 0.5)
    p = 2 * stdtr(apart.free, ndtri(tail))
    value = a - scale * b
    a_low, a_high = _ends(a, f_a)
    b_low, b_high = (scale * end for end in _ends(b, f_b))
    low = value - np.sqrt((a - a_low) ** 2 + (b_high - scale * b) ** 2)
    high = value + np.sqrt((a_high - a) ** 2 + (scale * b - b_low) ** 2)
    return Difference(value, low, high, p)


def by_chance(p: Floats) -> Floats:
    """(C,) of squares that differ by chance with the likelihoods ``p`` (C,): the smallest share of
    false ones among those that are called different at which this one is called so too (Y.
    Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57, 1995). It holds for
    neighbours, who are more alike than others, too (Y. Benjamini and D. Yekutieli, Annals of
    Statistics 29, 2001)."""
    order = np.argsort(p)[::-1]
    rank = len(p) - np.arange(len(p))
    found = np.empty(len(p))
    found[order] = np.minimum.accumulate(p[order] * len(p) / rank)
    return np.minimum(found, 1.0)


def _ends(seconds: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """(C,) each: the ends of the 95 % interval of what is expected, of sums that are ``factor``
    times a Poisson number."""
    n = seconds / factor
    low = np.where(n > 0, gammaincinv(np.maximum(n, 1e-9), _TAIL), 0.0)
    return factor * low, factor * gammaincinv(n + 1, 1 - _TAIL)


def _by(part: Floats, whole: Floats) -> Floats:
    """``part`` by ``whole``; 0 where that is 0."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
