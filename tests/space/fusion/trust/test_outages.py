"""Outages of one camera, from its frames' times: what was told is not remembered for ever."""

from __future__ import annotations

import numpy as np

from miseban.space.fusion.trust.outages import KEPT_S, WITHIN_S, Outages


def test_a_camera_that_flaps_for_days_takes_no_more_memory_than_one_that_did_for_an_hour() -> None:
    outages = Outages((640.0, 480.0))
    told = 0
    for round_s in np.arange(0.0, 86_400.0, 20.0).tolist():  # a day: away four seconds in twenty
        outages.frames(np.arange(round_s, round_s + 16.0, 0.2))
        told += len(outages.lost) - outages.told
        outages.told = len(outages.lost)
    assert told == 86_400 / 20 - 1
    assert len(outages.lost) <= KEPT_S / 20 + 2
    assert len(outages.of_late(86_400.0)) >= WITHIN_S / 20 - 1
    late = np.array([86_377.5, 86_370.0])
    assert outages.away(late).tolist() == [True, False]


def test_what_was_not_told_is_kept_however_old() -> None:
    outages = Outages((640.0, 480.0))
    for round_s in np.arange(0.0, 3 * KEPT_S, 20.0).tolist():
        outages.frames(np.arange(round_s, round_s + 16.0, 0.2))
    assert len(outages.lost) == 3 * KEPT_S / 20 - 1
