"""Frames, crops and vectors cannot leave memory by any common way out (``privacy.md`` rule 1)."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import multiprocessing
import pickle
import pprint
import shelve
import sqlite3
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel, ConfigDict, RootModel, TypeAdapter, create_model

from miseban.camera.attribute_cells import AttributeCells
from miseban.vision.appearance.memory import AppearanceMemory
from miseban.vision.appearance.salt import Salt
from miseban.vision.attributes.moments import BestMoments, Moment
from miseban.vision.attributes.votes import Vote
from miseban.vision.gate.change import Change
from miseban.vision.hands.gestures import Former, Gestures
from miseban.vision.hands.looks import FormerLooks
from miseban.vision.hands.surface import Surface
from miseban.vision.health.reference import Reference
from miseban.vision.pixels import Appearance, Crop, Frame, Pixels
from miseban.vision.sealed import Sealed
from miseban.vision.uniform import UniformWatch
from miseban.vocabulary.events import EVENTS
from miseban.vocabulary.policies import Permission
from miseban.vocabulary.tracks import TrackRows

SECRET = 77
IMAGE = np.full((4, 6, 3), SECRET, np.uint8)


def some_moments() -> BestMoments:
    found = BestMoments()
    found.add(Moment(0.5, np.full(4, SECRET / 100), np.full(4, float(SECRET))))
    return found


def some_cells() -> AttributeCells:
    cells = AttributeCells("s", "c", Permission(("gender", "age"), 5))
    for _ in range(SECRET):
        cells.cast("z", datetime(2026, 3, 2, tzinfo=UTC), Vote(gender="female", age="40-59"))
    return cells


def some_change() -> Change:
    change = Change(6, 4)
    change.look(IMAGE, 0.0)
    change.keep()
    change.look(IMAGE, 1.0)
    return change


def some_reference() -> Reference:
    view = Reference(60, 40)
    for n in range(8):
        view.sample(np.full((40, 60, 3), SECRET, np.uint8), np.empty((0, 4)))
        view.learn(float(n))
    return view


def some_looks() -> AppearanceMemory:
    looks = AppearanceMemory(60.0, UTC)
    frame = Frame(np.full((90, 60, 3), SECRET, np.uint8), 3, 0.2, datetime(2026, 3, 2, tzinfo=UTC))
    box = np.array([[10.0, 5.0, 40.0, 85.0]])
    one, number = np.ones(1), np.full(1, 3)
    looks.offer("c", frame, TrackRows(0.2 * one, number, box, one, number), 0.2)
    assert len(looks) == 1
    return looks


def some_uniforms() -> UniformWatch:
    watch = UniformWatch(((SECRET, SECRET, SECRET),))
    frame = Frame(np.full((90, 60, 3), SECRET, np.uint8), 3, 0.2, datetime(2026, 3, 2, tzinfo=UTC))
    box = np.array([[10.0, 5.0, 40.0, 85.0]])
    one, number = np.ones(1), np.full(1, 3)
    watch.offer("c", frame, TrackRows(0.2 * one, number, box, one, number), 0.2)
    assert watch.wears("c", 3) is not None
    return watch


def some_surface() -> Surface:
    surface = Surface()
    surface.take(np.full((4, 6, 3), SECRET, np.float32), 0.0)
    return surface


def some_former_looks() -> FormerLooks:
    looks = FormerLooks((4, 6))
    looks.changed(np.ones((4, 6), bool), np.full((4, 6, 3), SECRET, np.float32), 1, None)
    return looks


def some_gestures() -> Gestures:
    gestures = Gestures()
    moving = np.zeros((4, 6), bool)
    gestures.see(0.0, np.full((4, 6, 3), SECRET, np.float32), moving, {}, 3.0)
    return gestures


SEALED: dict[str, Callable[[], Sealed]] = {
    "pixels": lambda: Pixels(IMAGE),
    "frame": lambda: Frame(IMAGE, 3, 0.2, datetime(2026, 3, 2, tzinfo=UTC)),
    "crop": lambda: Crop(IMAGE, 1, 2),
    "vector": lambda: Appearance(np.full(8, float(SECRET), np.float32)),
    "moment": lambda: Moment(0.5, np.full(4, SECRET / 100), np.full(4, float(SECRET))),
    "moments": some_moments,
    "vote": lambda: Vote(gender="female", age="40-59", expression=None),
    "cells": some_cells,
    "change": some_change,
    "reference": some_reference,
    "salt": lambda: Salt(date(2026, 3, 2), 8),
    "looks": some_looks,
    "uniforms": some_uniforms,
    "shelf surface": some_surface,
    "former looks of a shelf": some_former_looks,
    "gestures": some_gestures,
    "former": lambda: Former(np.full((5, 3), SECRET, np.float32)),
}


class Holder(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    held: Any


@dataclasses.dataclass
class Note:
    held: object


def through_a_pipe(held: Sealed) -> None:
    here, there = multiprocessing.Pipe()
    try:
        here.send(held)
    finally:
        here.close()
        there.close()


def into_a_database(held: Sealed) -> None:
    base = sqlite3.connect(":memory:")
    try:
        base.execute("create table t (x)")
        base.execute("insert into t values (?)", (held,))
    finally:
        base.close()


def into_a_shelf(held: Sealed, folder: Path) -> None:
    with shelve.open(str(folder / "shelf")) as found:
        found["x"] = held


WAYS_OUT: dict[str, Callable[[Sealed, Path], object]] = {
    **{
        f"pickle, protocol {n}": lambda held, _, n=n: pickle.dumps(held, n)  # type: ignore[misc]
        for n in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "pickle in a list": lambda held, _: pickle.dumps([held]),
    "pickle in a dataclass": lambda held, _: pickle.dumps(Note(held)),
    "copy": lambda held, _: copy.copy(held),
    "deepcopy": lambda held, _: copy.deepcopy({"held": held}),
    "dataclass to dict": lambda held, _: dataclasses.asdict(Note(held)),
    "another process": lambda held, _: ForkingPickler.dumps(held),
    "a pipe": lambda held, _: through_a_pipe(held),
    "shelve": into_a_shelf,
    "sqlite": lambda held, _: into_a_database(held),
    "json": lambda held, _: json.dumps(held),
    "json of its variables": lambda held, _: json.dumps(held, default=vars),
    "json of its state": lambda held, _: json.dumps(held, default=lambda x: x.__getstate__()),
    "pydantic json": lambda held, _: Holder(held=held).model_dump_json(),
    "pydantic dict for json": lambda held, _: Holder(held=held).model_dump(mode="json"),
    "pydantic copy": lambda held, _: Holder(held=held).model_copy(deep=True),
    "pydantic type": lambda held, _: TypeAdapter(type(held)),
    "pydantic field": lambda held, _: create_model(
        "Open", __config__=ConfigDict(arbitrary_types_allowed=True), held=(type(held), ...)
    ),
    "pydantic root": lambda held, _: RootModel[Any](held).model_dump_json(),
    "an event": lambda held, _: EVENTS.validate_python(held),
    "an event's field": lambda held, _: TypeAdapter(str).validate_python(held),
    "numbers": lambda held, _: TypeAdapter(list[float]).validate_python(held),
    "arrow": lambda held, _: pa.array([held]),
    "arrow table": lambda held, _: pa.table({"x": [held]}),
    "arrow rows": lambda held, _: pa.Table.from_pylist([{"x": held}]),
    "parquet": lambda held, at: pq.write_table(pa.table({"x": [held]}), at / "x.parquet"),
    "numpy": lambda held, _: np.asarray(held),
    "numpy of objects": lambda held, _: np.array(held, dtype=np.float64),
    "numpy file": lambda held, _: np.save(io.BytesIO(), held),
    "numpy archive": lambda held, _: np.savez(io.BytesIO(), held),
    "numpy text": lambda held, _: np.savetxt(io.BytesIO(), held),
    "numpy in a list": lambda held, _: np.save(io.BytesIO(), [held]),
    "a picture": lambda held, at: cv2.imwrite(str(at / "x.png"), held),  # type: ignore[call-overload]
    "an encoded picture": lambda held, _: cv2.imencode(".png", held),  # type: ignore[call-overload]
    "bytes": lambda held, _: bytes(held),  # type: ignore[call-overload]
    "memoryview": lambda held, _: memoryview(held),  # type: ignore[arg-type]
    "a file": lambda held, at: (at / "x").write_bytes(held),  # type: ignore[arg-type]
    "its variables": lambda held, _: vars(held),
    "as a list": lambda held, _: list(held),  # type: ignore[call-overload]
    "as a dict": lambda held, _: dict(held),  # type: ignore[call-overload]
}
REFUSALS = (TypeError, ValueError, sqlite3.Error, cv2.error, pa.ArrowException)


@pytest.mark.parametrize("what", SEALED)
@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_out(way: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(REFUSALS):
        WAYS_OUT[way](SEALED[what](), tmp_path)
    # Nothing of it lies on disk either, for what a serialiser began and did not end.
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert bytes([SECRET] * 8) not in written
    assert b"female" not in written


@pytest.mark.parametrize("what", SEALED)
def test_printing_and_logging_show_no_value(
    what: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    held = SEALED[what]()
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("got %s and %r", held, [held])
        logging.getLogger("test").info("got", extra={"held": held})
    print(held, f"{held} {held!r} {held:>40}", "{}".format(held), "%s" % held)  # noqa: UP031, UP032
    pprint.pprint({"held": held})
    print(Note(held), Holder(held=held), json.dumps(held, default=str), ascii(held))
    try:
        _ = held.__reduce__()
    except TypeError as error:
        stack = traceback.TracebackException.from_exception(error, capture_locals=True)
        print("".join(stack.format()))
    told = caplog.text + capsys.readouterr().out
    assert type(held).__name__ in told
    # Two grey levels side by side: one alone may stand in an address. The vector's parts are 0.354.
    grey = (f"{SECRET} {SECRET}", f"{SECRET}, {SECRET}", "4d4d")
    for value in (*grey, "female", "40-59", "0.35"):
        assert value not in told


def test_a_subclass_cannot_open_what_is_sealed() -> None:
    with pytest.raises(TypeError, match="__slots__"):
        type("Leaky", (Frame,), {})


def test_only_images_are_held() -> None:
    for wrong in (np.zeros((4, 6), np.uint8), np.zeros((4, 6, 3)), np.zeros((4, 6, 4), np.uint8)):
        with pytest.raises(ValueError, match="expected"):
            Pixels(wrong)  # type: ignore[arg-type]


def test_a_crop_is_cut_to_the_picture_and_keeps_no_frame() -> None:
    whole = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    crop = Crop.of(Pixels(whole), np.array([-3.0, 1.2, 2.5, 9.0]))
    assert crop is not None
    assert (crop.left, crop.top, crop.width, crop.height) == (0, 1, 3, 3)
    assert (crop.bgr == whole[1:4, 0:3]).all()
    assert not np.shares_memory(crop.bgr, whole)
    assert Crop.of(Pixels(whole), np.array([6.0, 0.0, 9.0, 4.0])) is None


def test_vectors_only_compare() -> None:
    one, other = np.array([3.0, 4.0], np.float32), np.array([4.0, -3.0], np.float32)
    assert Appearance(one).similarity(Appearance(2 * one)) == pytest.approx(1.0)
    assert Appearance(one).similarity(Appearance(other)) == pytest.approx(0.0)
    for wrong in (np.zeros(3, np.float32), np.ones((2, 2), np.float32), np.array([np.nan], "f4")):
        with pytest.raises(ValueError, match="vector"):
            Appearance(wrong)
