"""What of a facing's look is told on: thirty numbers beside how it looks full and empty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.vision.shelf.patches import Patches, soft

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEATURES = (
    "always", "like_full", "most_like_full", "least_like_full", "empty_known", "like_full_known",
    "most_like_full_known", "edges_to_full", "edges", "most_edges_to_full", "colours_to_full",
    "brighter", "fits_full", "fits_empty", "first_quarter", "second_quarter", "third_quarter",
    "fourth_quarter", "off_full", "off_empty", "edges_when_full", "columns_as_full",
    "columns_roughly_as_full", "columns_nearer_full", "goods", "most_goods", "some_goods",
    "least_goods", "goods_columns", "goods_at_all",
)  # fmt: skip
ALIKE = 0.12
"""Difference of logarithms of brightness at which a sample is not like another any more."""
AS_FULL, ROUGHLY = 0.08, 0.16
"""A column is as when full that differs, below where goods end, by less than this on average."""
FRONT = 5
"""The first row that most goods are as high as."""
TELLS = 0.15
"""... and that full and empty must have for a sample to say which it is."""
PIECE = 4
"""Columns about as wide as the narrowest piece: what is left is sought in such a strip."""
FLOOR = 0.01
"""Slope that noise makes."""
GOODS_PIECE = 2
"""... and in one so wide where each column by itself has been told from a bare one."""
SURE = 6.0
"""Log odds beyond which a column is not surer."""


def features(patches: Patches, odds: Floats) -> Doubles:
    """(F, 30), in the order of ``FEATURES``, of facings that look like ``patches``; ``odds`` (F, C)
    are the log odds that goods stand in each column."""
    now, full, empty = patches.now, patches.full, patches.empty
    known, counts = patches.known, patches.counts
    weight = counts.astype(np.float32)
    off_full = np.abs(soft(now - full)).mean(axis=3)
    off_empty = np.abs(soft(now - empty)).mean(axis=3)
    plain = np.exp(-((off_full / ALIKE) ** 2))
    near = off_empty**2 / (off_empty**2 + off_full**2 + 1e-4)
    telling = np.clip(np.abs(soft(full - empty)).mean(axis=3) / TELLS, 0.0, 1.0)
    is_known = known[:, None, None]
    like = np.where(is_known, near, plain)
    of = np.where(is_known, telling, 1.0) * weight
    column = _share((like * of).sum(axis=1), of.sum(axis=1))
    low = weight[:, FRONT:].sum(axis=1)
    off_column = _share((off_full * weight)[:, FRONT:].sum(axis=1), low)
    strips = _strips(column)
    quarters = column.reshape(len(column), 4, -1).mean(axis=2)
    steep_now, steep_full = (_steep(picture, weight) for picture in (now, full))
    edges, edges_full = steep_now.mean(axis=1), steep_full.mean(axis=1)
    most_edges = _strips(steep_now).max(axis=1)
    has = known.astype(np.float64)
    mean, most = column.mean(axis=1), strips.max(axis=1)
    found = [
        np.ones(len(now)), mean, most, strips.min(axis=1), has, mean * has, most * has,
        np.log((edges + FLOOR) / (edges_full + FLOOR)), np.log(edges + FLOOR) + 3,
        np.log((most_edges + FLOOR) / (edges_full + FLOOR)),
        np.log((_colours(now, weight) + 0.02) / (_colours(full, weight) + 0.02)),
        _mean((now - full).mean(axis=3), weight),
        _fits(now, full, weight), _fits(now, empty, weight) * has,
        *quarters.T,
        5 * _mean(off_full, weight), 5 * _mean(off_empty, weight) * has,
        np.log(edges_full + FLOOR) + 3,
        (off_column < AS_FULL).mean(axis=1), (off_column < ROUGHLY).mean(axis=1),
        (column > 0.5).mean(axis=1),
        *_goods(odds),
    ]  # fmt: skip
    return np.stack([np.asarray(f, np.float64) for f in found], axis=1)


def _goods(odds: Floats) -> list[Floats]:
    """(F,) each: the part of the columns in which goods stand, and log odds of the strip where that
    is likeliest, of the likeliest quarter and of the least likely strip."""
    held = np.asarray(odds.clip(-SURE, SURE), np.float32)
    strips = _strips(held, GOODS_PIECE)
    part = (1 / (1 + np.exp(-held))).mean(axis=1)
    quarter = np.sort(held, axis=1)[:, -held.shape[1] // 4 :].mean(axis=1)
    return [
        part, strips.max(axis=1) / SURE, quarter / SURE, strips.min(axis=1) / SURE,
        (held > 0).mean(axis=1), np.log(part + 0.01),
    ]  # fmt: skip


def _share(total: Floats, weight: Floats) -> Floats:
    """(F, C) means by column; where no sample of a column can tell, what its neighbours say."""
    mean = (total.sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-6))[:, None]
    trust = 0.3
    return np.asarray((total + trust * mean) / (weight + trust), np.float32)


def _strips(column: Floats, wide: int = PIECE) -> Floats:
    """(F, C - wide + 1) means of so many neighbouring columns."""
    sums = np.cumsum(np.pad(column, ((0, 0), (1, 0))), axis=1)
    return np.asarray((sums[:, wide:] - sums[:, :-wide]) / wide, np.float32)


def _steep(picture: Floats, weight: Floats) -> Floats:
    """(F, C - 1) mean slope from column to column: pieces side by side have upright edges, and an
    empty board has none."""
    grey = picture.mean(axis=3)
    steep = np.abs(grey[:, :, 1:] - grey[:, :, :-1])
    both = np.minimum(weight[:, :, 1:], weight[:, :, :-1])
    return np.asarray((steep * both).sum(axis=1) / np.maximum(both.sum(axis=1), 1e-6), np.float32)


def _colours(picture: Floats, weight: Floats) -> Floats:
    """(F,) how much the colours, without their brightness, differ within the facing."""
    hue = picture - picture.mean(axis=3, keepdims=True)
    mean = (hue * weight[..., None]).sum(axis=(1, 2)) / np.maximum(weight.sum(axis=(1, 2)), 1)[
        :, None
    ]
    apart = np.abs(hue - mean[:, None, None]).mean(axis=3)
    return _mean(apart, weight)


def _mean(values: Floats, weight: Floats) -> Floats:
    total = (values * weight).sum(axis=(1, 2))
    return np.asarray(total / np.maximum(weight.sum(axis=(1, 2)), 1e-6), np.float32)


def _fits(one: Floats, other: Floats, weight: Floats) -> Floats:
    """(F,) Pearson's correlation of the grey patches."""
    a, b = one.mean(axis=3), other.mean(axis=3)
    a = (a - _mean(a, weight)[:, None, None]) * weight
    b = (b - _mean(b, weight)[:, None, None]) * weight
    power = (a * a).sum(axis=(1, 2)) * (b * b).sum(axis=(1, 2))
    return np.asarray((a * b).sum(axis=(1, 2)) / np.sqrt(np.maximum(power, 1e-9)), np.float32)
