"""Drawn training folders: the same for the same seed, complete, and true."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.learn.pictures.drawing import SCENES, draw_folder
from miseban.learn.pictures.folder import read_folder
from miseban.learn.pictures.layouts import layout
from miseban.learn.pictures.people import APART_M, cast, people
from miseban.vocabulary.errors import BadInput
from tests.learn.material import drawn_shops

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")


def test_a_stopped_run_goes_on_and_gives_the_same_bytes(tmp_path: Path, drawn_folder: Path) -> None:
    done: list[int] = []
    draw_folder(tmp_path, [1], 3)  # killed after one shop, in another order
    assert draw_folder(tmp_path, drawn_shops, 3, progress=done.append) == 2 * SCENES
    assert done == list(drawn_shops)
    names = sorted(p.name for p in tmp_path.iterdir() if p.is_file())
    assert names == sorted(p.name for p in drawn_folder.iterdir() if p.is_file())
    for name in names:
        assert (tmp_path / name).read_bytes() == (drawn_folder / name).read_bytes()


def test_shops_of_another_seed_are_not_taken_for_these(tmp_path: Path) -> None:
    draw_folder(tmp_path, [], 3)
    draw_folder(tmp_path, [], 3)
    with pytest.raises(BadInput, match="shops of seed 3, not 4"):
        draw_folder(tmp_path, [], 4)
    (tmp_path / "seed.txt").unlink()
    (tmp_path / "parts" / "000000.csv").write_text("a.jpg,,,,,\n", "utf-8")
    with pytest.raises(BadInput, match="seed unknown"):
        draw_folder(tmp_path, [], 3)


def test_boxes_lie_in_their_pictures_and_somebody_is_seen(drawn_folder: Path) -> None:
    pictures = read_folder(drawn_folder)
    assert len(pictures) == 2 * SCENES
    for labelled in pictures:
        picture = cv2.imread(str(labelled.path))
        assert picture is not None
        height, width = picture.shape[:2]
        assert (labelled.xyxy >= 0).all()
        assert (labelled.xyxy <= (width, height, width, height)).all()
    assert sum(len(p.xyxy) for p in pictures) >= SCENES


@pytest.mark.parametrize("seed", range(12))
def test_people_stand_apart_and_not_in_furniture(seed: int) -> None:
    rng = np.random.default_rng(seed)
    place = layout(rng)
    scene = people(rng, place, cast(rng, 16))
    for n, one in enumerate(scene.figures):
        assert place.free(one.x, one.y)
        for other in scene.figures[:n]:
            assert np.hypot(one.x - other.x, one.y - other.y) >= APART_M
