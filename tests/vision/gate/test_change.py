"""What counts as a change, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.vision.gate import Change, ChangeSettings
from tests.vision.gate.stage import FPS, Room

NOBODY = np.empty((0, 4))


def learnt(room: Room, frames: int = 25) -> Change:
    """A measure that has seen the empty room."""
    change = Change(room.width, room.height)
    for _ in range(frames):
        frame = room.frame()
        change.look(frame.bgr, frame.time_s)
    change.keep()
    return change


def strength(change: Change, room: Room, *bodies: tuple[float, ...], **how: float) -> float:
    frame = room.frame(bodies, **how)  # type: ignore[arg-type]
    return change.look(frame.bgr, frame.time_s)


@pytest.mark.parametrize("noise", [0.0, 2.0, 8.0, 20.0])
def test_noise_is_no_change_and_somebody_is(noise: float) -> None:
    room = Room(width=640, height=360, noise=noise)
    change = learnt(room)
    assert max(strength(change, room) for _ in range(20)) < 1
    assert strength(change, room, (300, 100, 40, 110), darker=60.0) >= 1


def test_nothing_to_compare_with_is_a_change() -> None:
    room = Room()
    change = Change(room.width, room.height)
    assert strength(change, room) == float("inf")


@pytest.mark.parametrize(("width", "height"), [(640, 360), (768, 432), (240, 240)])
def test_a_small_far_figure_is_a_change(width: int, height: int) -> None:
    room = Room(width=width, height=height)
    change = learnt(room, 10)
    tall = height * 0.08  # 29 pixels of 360
    assert strength(change, room, (width * 0.7, height * 0.1, tall * 0.35, tall)) >= 1


def test_who_walks_slowly_and_far_away_adds_up_to_a_change() -> None:
    room = Room(width=640, height=360)
    change = learnt(room)
    body = (400.0, 40.0, 10.0, 28.0)
    frame = room.frame([body])
    change.look(frame.bgr, frame.time_s)
    change.keep()
    for step in range(1, 60):  # 0.3 pixels a frame: nothing from one to the next
        if strength(change, room, (body[0] + 0.3 * step, *body[1:])) >= 1:
            break
    assert 0.3 * step < body[2], "noticed only after it had left its own place"


def test_the_cameras_exposure_is_no_change_but_a_light_put_out_is() -> None:
    room = Room(width=640, height=360)
    change = learnt(room)
    for exposure in (0.9, 1.1, 1.2):
        assert strength(change, room, exposure=exposure) < 1
    assert strength(change, room, (300, 100, 40, 110), exposure=1.1) >= 1
    assert strength(change, room, exposure=0.3) >= 1


def test_a_screen_dulls_its_own_pixels_only_and_not_beyond_the_limit() -> None:
    room = Room()
    change = learnt(room)
    screen = (20.0, 15.0, 20.0, 15.0)
    strengths = []
    for step in range(round(80 * FPS)):
        strengths.append(strength(change, room, screen, darker=12.0 if step % 2 else 0.0))
        change.dull(NOBODY, 1 / FPS)
    assert strengths[1] >= 1
    assert max(strengths[-10:]) < 1, "a flicker is learnt"
    assert strength(change, room, (100, 25, 8, 24)) >= 1
    limit = ChangeSettings().most_dull * change.threshold
    assert strength(change, room, (22, 15, 10, 15), darker=limit + 10) >= 1


def test_where_people_are_nothing_is_dulled() -> None:
    room = Room()
    change = learnt(room)
    for step in range(round(60 * FPS)):
        x = 75.0 + 2 * (step % 2)
        assert strength(change, room, (x, 25, 10, 28)) >= 1
        change.dull(np.array([[x, 25, x + 10, 53]]), 1 / FPS)
