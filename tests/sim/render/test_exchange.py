"""Other goods on a shelf: they change its own picture and nothing beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from miseban.sim.render import CLEAN, Pose, RenderedCamera, Room, Row
from miseban.sim.state import Scene
from tests.sim.render.shopping import rectangle

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
NOBODY = Scene(0.0, ())


def test_other_goods_stand_where_the_row_is_and_the_same_goods_come_back() -> None:
    shelf = rectangle("shelf", 4.0, 3.0, 8.0, 3.6, 1.6)
    milk, bread = Row("milk", "shelf", 0, 1, 0.5, 1.0), Row("bread", "shelf", 0, 1, 2.5, 1.0)
    across = Pose((6.0, 7.9, 1.5), (6.0, 4.0, 1.0), 70)
    camera = RenderedCamera(Room(12.0, 8.0), [shelf], across, rows=[milk, bread], conditions=CLEAN)
    before = camera.frame(NOBODY).astype(int)
    camera.exchange([replace(milk, goods="cheese")])
    other = camera.frame(NOBODY).astype(int)
    changed = np.flatnonzero((np.abs(other - before).max(axis=2) > 20).any(axis=0))
    assert len(changed) > 20
    assert np.ptp(changed) < before.shape[1] / 4  # a metre of the aisle, not the bread's
    camera.exchange([replace(milk, slid_m=0.01)])
    slid = camera.frame(NOBODY).astype(int)
    assert 0 < np.abs(slid - before).sum() < np.abs(other - before).sum()
    camera.exchange([milk])
    assert (camera.frame(NOBODY) == before).all()
    camera.exchange([replace(milk, goods="cheese")])
    camera.stock({"milk": 0.0})
    empty = camera.frame(NOBODY)
    camera.exchange([milk])
    assert (camera.frame(NOBODY) == empty).all()
