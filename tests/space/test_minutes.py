"""Occupancy by the minute: the clock's minutes tile the session, whenever it began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from miseban.space.engine import CameraSpace
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.events import ZoneOccupancy
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.tracks import TrackRows

SHOP = """
[shop]
id = "a"
timezone = "UTC"
policy = "jp"
[[camera]]
id = "c"
source = "x.mp4"
resolution = [640, 480]
[[zone]]
id = "z"
kind = "area"
camera = "c"
polygon = [[10, 10], [600, 10], [600, 470], [10, 470]]
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "start_s",
    [-12.345678, -63.37, -795.1, -3495.92482991768, 0.0, 1.8e9, 1_763_881_234.567891],
    ids=lambda s: f"{s} s after 1970",
)
def test_minutes_tile_the_session(start_s: float) -> None:
    """Files may carry any time of change; some archives set it to 1970."""
    space = CameraSpace(parse_shop(SHOP, "s"), "c", EPOCH + timedelta(seconds=start_s))
    found = [*space.update(TrackRows.empty(), 10_000.0), *space.finish(20_000.0)]
    periods = [e.period_s for e in found if isinstance(e, ZoneOccupancy)]
    assert sum(periods) == pytest.approx(20_000)
    assert 333 <= len(periods) <= 335
    assert periods[1:-1] == pytest.approx([60.0] * (len(periods) - 2))


def test_bands_are_those_of_the_settings() -> None:
    """A person who waits just outside a zone is near it only as far as the band reaches."""
    shop, start = parse_shop(SHOP, "s"), EPOCH
    narrow = CameraSpace(shop, "c", start, settings=SpaceSettings(zone_band_heights=0.01))
    wide = CameraSpace(shop, "c", start, settings=SpaceSettings(zone_band_heights=0.5))
    # Ten seconds inside, then standing 20 pixels beyond the border, a fifth of a height.
    xs = [300.0] * 51 + [620.0] * 15
    dwell = [_dwell(space, xs) for space in (narrow, wide)]
    assert dwell[0] is not None
    assert dwell[1] is None, "within the wide band the stay goes on"


def _dwell(space: CameraSpace, xs: list[float]) -> float | None:
    """Of the stay that has ended while a person stood at ``xs``, five places a second."""
    n = len(xs)
    x, time_s = np.array(xs), np.arange(n) / 5
    xyxy = np.stack([x - 15, np.full(n, 150.0), x + 15, np.full(n, 250.0)], axis=1)
    track, frame = np.full(n, 7, np.int64), np.arange(1, n + 1, dtype=np.int64)
    rows = TrackRows(time_s, track, xyxy, np.full(n, 0.9), frame)
    found = space.update(rows, float(time_s[-1]))
    return next((e.dwell_s for e in found if e.type == "zone.left"), None)
