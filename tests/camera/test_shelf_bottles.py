"""Facings in real pictures: the clip of bottles that are put on a table and taken away."""

from __future__ import annotations

import json

from bench.shelf_real import played, table
from tests.shared import TRUTH, VIDEO, need


def test_each_bottle_that_is_taken_is_told_and_none_that_stands() -> None:
    """Four times as slow, so that the table is bare for 18 s or longer."""
    known = json.loads(need(TRUTH / "bottle.json").read_text("utf-8"))
    clip = need(VIDEO / "intel_bottle_detection.mp4")
    score = played(clip, known, table(known), 4.0).emptyings
    assert (score.truth, score.found, score.false_alarms) == (4, 4, 0)
    assert score.delay_s_worst is not None
    assert score.delay_s_worst <= 20.0
