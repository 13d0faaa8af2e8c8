"""What an audit shows lets nobody be recognised: means of blocks, and nothing else."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.camera.drawing import Overlay
from miseban.camera.mosaic import show_people_as_mosaic
from miseban.camera.opening import open_source
from miseban.insight.audit.clips import COLOURS, block_px, pixelated, write_clips
from miseban.insight.audit.minutes import Minute
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.tracks import TrackRows
from tests.cli.footage import FPS, film


def rows(*boxes: tuple[float, float, float, float]) -> TrackRows:
    n = len(boxes)
    return TrackRows(
        np.zeros(n), np.arange(n), np.array(boxes, float).reshape(-1, 4), np.ones(n), np.arange(n)
    )


@settings(max_examples=25)
@given(st.integers(8, 30), st.integers(0, 50))
def test_every_block_is_of_one_colour(block: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (60, 96, 3), np.uint8)
    shown = pixelated(image, block)
    columns, lines = 96 // block, 60 // block

    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= columns * lines
    assert len(np.unique(shown)) <= COLOURS
    assert shown.shape == image.shape


def test_two_who_differ_only_within_blocks_look_the_same() -> None:
    """A checkerboard of two greys, and their mean: a face is what is finer than a block."""
    fine = np.full((160, 160, 3), 100, np.uint8)
    fine[::2, ::2] += 40
    fine[1::2, 1::2] += 40
    plain = np.full((160, 160, 3), 120, np.uint8)

    np.testing.assert_array_equal(pixelated(fine, 16), pixelated(plain, 16))


def test_blocks_are_as_large_as_the_widest_person_asks() -> None:
    assert block_px(rows((0, 0, 60, 180), (0, 0, 90, 200)), (640, 360)) == 15
    assert block_px(rows((0, 0, 120, 300)), (640, 360)) == 20
    assert block_px(rows((0, 0, 20, 60)), (160, 120)) == 8
    # Who was missed may be larger than who was followed.
    assert block_px(rows((0, 0, 20, 60)), (640, 360)) == 15
    assert block_px(rows(), (640, 360)) == 15


def test_somebody_small_opens_no_finer_window_on_who_stands_behind() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (360, 640, 3), np.uint8)
    ground = np.zeros_like(noise)
    small = np.array([[100.0, 100.0, 130.0, 190.0]])
    shown = show_people_as_mosaic(ground, noise, small, 15)[91:199, 97:133]
    edges = [
        np.flatnonzero((np.diff(shown.astype(int), axis=a) != 0).any(axis=(1 - a, 2)))
        for a in (0, 1)
    ]

    assert (shown > 0).any()
    assert all(np.diff(found).min() >= 15 for found in edges if len(found) > 1)


def test_a_clip_is_of_its_minute_and_hides_private_places(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("clips")
    video = film(folder / "film.avi")
    with open_source(str(video)) as source:
        start = source.info.start
    minutes = [Minute(4.0, 6.0, start, "busy", 1.0, "well")]
    overlay = Overlay(private=[[(0, 0), (320, 0), (320, 240), (0, 240)]])
    (whole,) = write_clips(
        lambda: open_source(str(video)), minutes, rows(), Overlay(), folder, ZoneInfo("UTC"), FPS
    )
    shown = _pictures(whole[1])

    assert len(shown) == 20
    assert shown[0].shape == (240, 320, 3)
    # The block of the film crosses: it is seen to move, coarsely.
    purple = [np.flatnonzero((p[100:130, :, 1] < 80).any(axis=0)) for p in (shown[0], shown[-1])]
    assert purple[0].max() < purple[1].max()

    (hidden,) = write_clips(
        lambda: open_source(str(video)), minutes, rows(), overlay, folder, ZoneInfo("UTC"), FPS
    )
    assert max(int(p[:200].max()) for p in _pictures(hidden[1])) < 40


def test_a_recording_that_is_too_short_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("short")
    video = film(folder / "film.avi", seconds=4)
    with open_source(str(video)) as source:
        start = source.info.start
    minutes = [Minute(600.0, 660.0, start, "busy", 1.0, "well")]
    with pytest.raises(BadInput, match="found its end"):
        list(
            write_clips(
                lambda: open_source(str(video)),
                *(minutes, rows(), Overlay(), folder, ZoneInfo("UTC"), FPS),
            )
        )
    assert [p.name for p in folder.iterdir()] == ["film.avi"]


def _pictures(path: object) -> list[np.ndarray]:
    opened = cv2.VideoCapture(str(path))
    pictures: list[np.ndarray] = []
    while True:
        ok, picture = opened.read()
        if not ok:
            return pictures
        pictures.append(picture)
