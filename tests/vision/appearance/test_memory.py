"""Looks live in memory, for minutes, for one day and one process, and only compare."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.appearance.clothes import LENGTH, clothes
from miseban.vision.appearance.memory import LOOK_S, AffinitySettings, AppearanceMemory
from miseban.vision.appearance.salt import Salt
from miseban.vision.gain import Gain
from miseban.vision.pixels import Frame
from miseban.vocabulary.tracks import TrackRows

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RED, BLUE, GREY, BLACK = (40, 30, 160), (150, 70, 40), (120, 120, 120), (30, 30, 30)
Colour = tuple[int, int, int]
SURE = AffinitySettings(same=((0.95, 0.05),) * 2, other=((0.4, 0.2),) * 2)


def frame_of(
    time_s: float, *people: tuple[Colour, Colour], light: float = 1.0, start: datetime = NOON
) -> tuple[Frame, TrackRows]:
    """People side by side in a grey shop, each in one colour above the waist and one below."""
    rng = np.random.default_rng(int(time_s * 10))
    picture = np.full((240, 120 * max(1, len(people)), 3), 110.0)
    boxes = []
    for i, (upper, lower) in enumerate(people):
        left = 40 + 120 * i
        picture[20:120, left : left + 40] = upper
        picture[120:220, left : left + 40] = lower
        boxes.append((left, 20.0, left + 40, 220.0))
    picture = np.clip(picture * light + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
    number = round(time_s * 10) + 1
    frame = Frame(picture, number, time_s, start + timedelta(seconds=time_s))
    n = len(people)
    xyxy = np.array(boxes, float).reshape(-1, 4)
    rows = TrackRows(np.full(n, time_s), np.arange(1, n + 1), xyxy, np.ones(n), np.full(n, number))
    return frame, rows


def shown(memory: AppearanceMemory, camera: str, time_s: float, *people: tuple[Colour, Colour],
          light: float = 1.0) -> None:  # fmt: skip
    frame, rows = frame_of(time_s, *people, light=light)
    memory.offer(camera, frame, rows, time_s)


def at(time_s: float) -> datetime:
    return NOON + timedelta(seconds=time_s)


def memory_of(keep_s: float = 600.0) -> AppearanceMemory:
    return AppearanceMemory(keep_s, UTC, SURE)


def test_the_same_clothes_are_likelier_one_persons_also_in_other_light() -> None:
    memory = memory_of()
    for k in range(3):
        shown(memory, "a", k * LOOK_S, (RED, BLACK), (BLUE, GREY))
        shown(memory, "b", k * LOOK_S, (BLUE, GREY), (RED, BLACK), light=0.7)
    assert memory.affinity("a", 1, "b", 2) > 0.5
    assert memory.affinity("a", 2, "b", 1) > 0.5
    assert memory.affinity("a", 1, "b", 1) < -1
    assert memory.affinity("a", 2, "b", 2) < -1
    assert memory.affinity("a", 1, "b", 2) == pytest.approx(memory.affinity("b", 2, "a", 1))


def test_nothing_is_said_of_who_was_not_seen() -> None:
    memory = memory_of()
    shown(memory, "a", 0.0, (RED, BLACK))
    assert memory.affinity("a", 1, "b", 1) == 0.0
    assert memory.affinity("a", 9, "a", 1) == 0.0


def test_looks_are_forgotten_after_minutes() -> None:
    memory = memory_of(keep_s=120.0)
    shown(memory, "a", 0.0, (RED, BLACK))
    shown(memory, "b", 100.0, (RED, BLACK))
    assert len(memory) == 2
    memory.forget(120.0, at(120.0))
    assert len(memory) == 2
    memory.forget(121.0, at(121.0))
    assert len(memory) == 1
    assert memory.affinity("a", 1, "b", 1) == 0.0
    shown(memory, "b", 300.0)  # a picture without anybody: time goes on all the same
    assert len(memory) == 0


def test_looks_do_not_outlive_the_day() -> None:
    memory = memory_of()
    shown(memory, "a", 12 * 3600.0 - 1.0, (RED, BLACK))
    assert len(memory) == 1
    frame, rows = frame_of(12 * 3600.0 + 1.0, (RED, BLACK))
    memory.offer("b", frame, rows, frame.time_s)
    assert len(memory) == 1
    assert memory.affinity("a", 1, "b", 1) == 0.0


def test_looks_do_not_outlive_the_day_where_nobody_comes_any_more() -> None:
    memory = memory_of()
    shown(memory, "a", 12 * 3600.0 - 1.0, (RED, BLACK))
    memory.forget(12 * 3600.0 - 0.5, at(12 * 3600.0 - 0.5))
    assert len(memory) == 1
    memory.forget(12 * 3600.0, at(12 * 3600.0))
    assert len(memory) == 0


@pytest.mark.parametrize("keep_s", [0.0, -1.0, 3601.0, math.inf, math.nan])
def test_nobody_can_ask_for_longer_than_an_hour(keep_s: float) -> None:
    with pytest.raises(ValueError, match="keep_s"):
        AppearanceMemory(keep_s, UTC)


def vector(seed: int) -> NDArray[np.float32]:
    return np.abs(np.random.default_rng(seed).standard_normal(LENGTH)).astype(np.float32)


def test_vectors_of_two_salts_do_not_compare() -> None:
    day = date(2026, 3, 2)
    one, other = Salt(day, LENGTH), Salt(day, LENGTH)
    mine, yours = vector(1), vector(2)
    straight = float(mine @ yours / np.linalg.norm(mine) / np.linalg.norm(yours))
    assert one.seal(mine).similarity(one.seal(yours)) == pytest.approx(straight, abs=1e-3)
    assert one.seal(mine).similarity(one.seal(mine)) == pytest.approx(1.0, abs=1e-3)
    across = [Salt(day, LENGTH).seal(mine).similarity(other.seal(mine)) for _ in range(20)]
    assert abs(float(np.mean(across))) < 0.15
    assert max(across) < 0.6


def test_only_what_is_seen_of_a_body_counts() -> None:
    frame, rows = frame_of(0.0, (RED, BLACK))
    gain = Gain().look(frame)
    upper, lower = clothes(frame, rows.xyxy[0], gain)
    assert upper is not None
    assert lower is not None
    assert float(upper @ lower) < 0.6
    cut = rows.xyxy[0].copy()
    cut[3] = 75.0  # behind a counter from the waist on
    top, hidden = clothes(frame, cut, gain)
    assert hidden is None
    assert top is not None
    assert float(top @ upper) > 0.8
    assert clothes(frame, np.array([10.0, 10.0, 13.0, 20.0]), gain) == (None, None)


def test_whoever_is_covered_is_not_looked_at() -> None:
    memory = memory_of()
    frame, rows = frame_of(0.0, (RED, BLACK))
    nearer = rows.xyxy + np.array([10.0, 15.0, 10.0, 15.0])
    both = TrackRows(
        np.zeros(2), np.array([1, 2]), np.concatenate([rows.xyxy, nearer]), np.ones(2),
        np.full(2, frame.number),
    )  # fmt: skip
    memory.offer("a", frame, both, 0.0)
    shown(memory, "b", 0.0, (RED, BLACK))
    assert memory.affinity("a", 1, "b", 1) == 0.0
    assert memory.affinity("a", 2, "b", 1) != 0.0
