"""The clip of a shop's aisle: a woman reaches up to a shelf, a man stands at a table, a third
passes by. All are there from the first picture on, or come close to the camera."""

from __future__ import annotations

import json
from functools import cache

import pytest

from miseban.camera.analysis import analyse
from miseban.vision.detectors import open_detector
from miseban.vision.sources import open_source
from miseban.vocabulary.events import ShelfTouched
from miseban.vocabulary.shop import parse_shop
from tests.camera.played import shop_of
from tests.shared import MODELS, TRUTH, VIDEO, need

BOARDS = {
    "right_shelf": [
        [(330, 8), (400, 8), (480, 40), (480, 62), (390, 42), (330, 25)],
        [(335, 30), (388, 44), (400, 75), (335, 50)],
        [(388, 44), (480, 66), (480, 108), (400, 75)],
        [(380, 72), (480, 112), (480, 150), (380, 95)],
        [(395, 110), (480, 155), (480, 200), (400, 150)],
    ],
    "centre_table": [
        [(195, 60), (250, 60), (258, 100), (180, 100)],
        [(180, 100), (258, 100), (265, 150), (150, 150)],
        [(150, 150), (265, 150), (280, 215), (120, 215)],
    ],
    "left_shelf": [
        [(0, 40), (75, 30), (78, 95), (0, 120)],
        [(0, 120), (78, 95), (80, 160), (0, 230)],
    ],
}
"""Facings within the truth's shelves, drawn along their boards."""


@cache
def touches(model: str) -> list[tuple[str, str, float]]:
    """Shelf, kind, and seconds into the clip."""
    known = json.loads(need(TRUTH / "store_aisle.json").read_text("utf-8"))
    text = shop_of(known["width"], known["height"])
    for shelf, boards in BOARDS.items():
        text += f'[[shelf]]\nid = "{shelf}"\ncamera = "c"\ntells = ["touches"]\n'
        for number, corners in enumerate(boards):
            text += (
                f'[[shelf.facing]]\nid = "{number}"\ngtin = "4901234567894"\ncapacity = 8\n'
                f"polygon = {[list(corner) for corner in corners]}\n"
            )
    detector = open_detector(need(MODELS / model) if model.endswith(".onnx") else model)
    with open_source(str(need(VIDEO / "intel_store-aisle-detection.gif")), fps=None) as source:
        result = analyse(source, detector, parse_shop(text, "s"), "c")
    return [
        (event.shelf, event.kind, (event.time - result.start).total_seconds())
        for event in result.events
        if isinstance(event, ShelfTouched)
    ]


@pytest.mark.parametrize("model", ["yolox_nano.onnx", "person-small"])
def test_the_hand_that_stays_at_the_shelf_is_told_once_and_no_other(model: str) -> None:
    known = json.loads(need(TRUTH / "store_aisle.json").read_text("utf-8"))
    (reach,) = (
        event for event in known["hand_events"]
        if (event["person_id"], event["kind"]) == (2, "reach")
    )  # fmt: skip
    (hold,) = (
        event for event in known["hand_events"]
        if (event["person_id"], event["kind"]) == (2, "hold")
    )  # fmt: skip
    ((shelf, kind, time_s),) = touches(model)
    assert (shelf, kind) == (reach["where"], "reach")
    # While the hand is at the bowl. It is told late: see docs/shelves.md.
    assert reach["frame_start"] / known["fps"] <= time_s <= (hold["frame_end"] + 1) / known["fps"]
