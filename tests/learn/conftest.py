"""A small drawn training folder, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from miseban.learn.pictures.drawing import draw_folder
from tests.learn.material import drawn_shops


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    folder = tmp_path_factory.mktemp("drawn")
    draw_folder(folder, drawn_shops, 3)
    return folder
