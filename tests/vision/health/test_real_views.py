"""Real clips raise no alarm, and faults done to them do."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.vision.pixels import Image
from miseban.vision.sources import open_source
from tests.shared import VIDEO, need
from tests.vision.health.faults import Fault, black, blurred, covered, frozen, shifted, watch

CLIPS = ["pets09_s2l1_vtest.mp4", "people_counter_topdown.mp4", "intel_one_by_one_person.mp4"]


def pictures(name: str) -> list[Image]:
    """A picture every two seconds; nobody says where people are in them."""
    with open_source(str(need(VIDEO / name)), fps=0.5) as source:
        return [frame.bgr.copy() for frame in source.frames()]


@pytest.mark.parametrize("name", CLIPS)
def test_a_clean_clip_raises_no_alarm(name: str) -> None:
    assert watch(pictures(name), 240) == []


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (shifted(4, -3), "moved"),
        (blurred(4.0), "blurred"),
        (black, "dark"),
        (covered, "blocked"),
        (frozen, "frozen"),
    ],
)
def test_a_fault_done_to_a_real_clip_is_told(fault: Fault, trouble: str) -> None:
    found = watch(pictures("pets09_s2l1_vtest.mp4"), 240, fault, (80.0, 180.0))
    assert [(f.trouble, f.phase) for f in found] == [(trouble, "begins"), (trouble, "ends")]
    if trouble == "moved":
        assert found[0].shift_px is not None
        assert np.hypot(found[0].shift_px[0] - 4, found[0].shift_px[1] + 3) < 1
