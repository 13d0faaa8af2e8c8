"""Sets of durations in short."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from miseban.vocabulary.summary import Spread


def spread(seconds: Sequence[float]) -> Spread:
    """Mean, median, 90th percentile (linear interpolation) and total of durations in seconds;
    all 0 when there are none."""
    if not seconds:
        return Spread(mean=0.0, median=0.0, p90=0.0, total=0.0)
    values = np.asarray(seconds, dtype=np.float64)
    median, p90 = np.percentile(values, [50, 90])
    return Spread(
        mean=float(values.mean()), median=float(median), p90=float(p90), total=float(values.sum())
    )
