"""Frames cannot leave memory by any common way out (``privacy.md`` rule 1)."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter

from miseban.vision.pixels import Frame, Pixels
from miseban.vocabulary.events import EVENTS


def frame() -> Frame:
    image = np.full((4, 6, 3), 77, np.uint8)
    return Frame(image, 3, 0.2, datetime(2026, 3, 2, tzinfo=UTC))


class Holder(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    frame: Any


WAYS_OUT: dict[str, Callable[[Frame], object]] = {
    "pickle": pickle.dumps,
    "pickle in a list": lambda frame: pickle.dumps([frame]),
    "copy": copy.copy,
    "deepcopy": lambda frame: copy.deepcopy({"frame": frame}),
    "json": json.dumps,
    "pydantic json": lambda frame: Holder(frame=frame).model_dump_json(),
    "an event": lambda frame: EVENTS.validate_python(frame),
    "an event's field": lambda frame: TypeAdapter(str).validate_python(frame),
    "arrow": lambda frame: pa.array([frame]),
    "numpy file": lambda frame: np.save(io.BytesIO(), np.asarray(frame)),
    "bytes": lambda frame: bytes(frame),  # type: ignore[call-overload]  # the point of it
    "memoryview": lambda frame: memoryview(frame),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_out(way: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        WAYS_OUT[way](frame())


def test_printing_and_logging_show_no_pixel(caplog: pytest.LogCaptureFixture) -> None:
    assert repr(frame()) == str(frame()) == f"{frame()}" == "<Frame 6x4>"
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("got %s and %r", frame(), frame())
    assert "77" not in caplog.text


def test_only_images_are_held() -> None:
    for wrong in (np.zeros((4, 6), np.uint8), np.zeros((4, 6, 3)), np.zeros((4, 6, 4), np.uint8)):
        with pytest.raises(ValueError, match="expected"):
            Pixels(wrong)  # type: ignore[arg-type]
