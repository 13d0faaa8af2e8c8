"""Samples: boxes stay on their people through scaling, mosaics, mirrors and pasting."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.learn.detector.cutouts import CutOut, cut_outs
from miseban.learn.detector.samples import Material
from miseban.learn.detector.teacher import Taught
from miseban.learn.pictures.folder import Labelled

SIZE = (160, 128)
BLOB = (40, 60, 220)


def blob_folder(folder: Path, count: int = 4) -> list[Labelled]:
    """Red blocks on a grey floor: what is red in a sample is within a box."""
    rng = np.random.default_rng(5)
    found = []
    for n in range(count):
        picture = np.full((120, 200, 3), 90, np.uint8)
        boxes = []
        for x in (20, 110):
            left, top = x + int(rng.integers(0, 30)), int(rng.integers(10, 30))
            right, bottom = left + 24, top + 64
            picture[top:bottom, left:right] = BLOB
            boxes.append((left, top, right, bottom))
        path = folder / f"{n}.png"
        cv2.imwrite(str(path), picture)
        found.append(Labelled(path, np.array(boxes, np.float32), np.ones(2, np.float32)))
    return found


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours stay as they are, so that blobs are found again by colour."""
    monkeypatch.setattr(
        "miseban.learn.detector.samples._photometric", lambda rng, picture, strength=1.0: picture
    )


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("seed", range(60))
def test_boxes_stay_on_their_people(tmp_path: Path, seed: int) -> None:
    sample = Material(blob_folder(tmp_path)).sample(np.random.default_rng(seed), SIZE)
    assert sample.picture.shape == (SIZE[1], SIZE[0], 3)
    red = np.abs(sample.picture.astype(int) - BLOB).sum(axis=2) < 40
    boxed = np.zeros_like(red)
    for x1, y1, x2, y2 in sample.xyxy:
        assert 0 <= x1 < x2 <= SIZE[0]
        assert 0 <= y1 < y2 <= SIZE[1]
        inside = slice(int(y1), int(np.ceil(y2))), slice(int(x1), int(np.ceil(x2)))
        boxed[inside] = True
        if (x2 - x1) * (y2 - y1) > 80:
            assert red[inside].mean() > 0.55
    slivers = red & ~cv2.dilate(boxed.astype(np.uint8), np.ones((5, 5))).astype(bool)
    assert slivers.mean() < 0.02  # a sliver cut off at an edge has no box


def test_the_same_chance_gives_the_same_sample(tmp_path: Path) -> None:
    material = Material(blob_folder(tmp_path))
    one, two = (material.sample(np.random.default_rng(9), SIZE) for _ in range(2))
    assert np.array_equal(one.picture, two.picture)
    assert np.array_equal(one.xyxy, two.xyxy)


@pytest.mark.usefixtures("plain")
def test_pasted_people_have_boxes(tmp_path: Path) -> None:
    green = CutOut(np.full((80, 30, 3), (0, 255, 0), np.uint8), np.full((80, 30), 255, np.uint8))
    material = Material(blob_folder(tmp_path), cut_outs=[green])
    pasted = 0
    for seed in range(40):
        sample = material.sample(np.random.default_rng(seed), SIZE)
        seen = (sample.picture.astype(int) - (0, 255, 0)).__abs__().sum(axis=2) < 60
        boxed = np.zeros_like(seen)
        for x1, y1, x2, y2 in sample.xyxy:
            boxed[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))] = True
        pasted += int(seen.sum() > 50)
        assert (seen & ~boxed).sum() < 20
    assert pasted >= 8


def test_somebody_who_stands_free_is_cut_out_along_the_outline() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(180, 200, (160, 140, 3)).astype(np.uint8)
    body = np.zeros((160, 140), np.uint8)
    cv2.ellipse(body, (70, 80), (18, 52), 0, 0, 360, 1, -1)
    picture[body == 1] = (40, 30, 90)
    boxes = np.array([[52, 28, 89, 133]], np.float32)
    (cut,) = cut_outs([Taught(picture, boxes, np.ones(1, np.float32))])
    inside = cut.alpha > 128
    assert 0.9 < inside.sum() / body.sum() < 1.1
    assert np.abs(cut.picture[inside].mean(axis=0) - (40, 30, 90)).max() < 12


def test_who_overlaps_another_or_is_unsure_is_not_cut_out() -> None:
    picture = np.full((160, 140, 3), 200, np.uint8)
    boxes = np.array([[30, 28, 70, 133], [50, 28, 90, 133]], np.float32)
    assert cut_outs([Taught(picture, boxes, np.ones(2, np.float32))]) == []
    assert cut_outs([Taught(picture, boxes[:1], np.zeros(1, np.float32))]) == []
