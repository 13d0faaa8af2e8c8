"""Where the footage, truth and models lie that measurements use."""

from __future__ import annotations

import os
from pathlib import Path

from bench.result import CannotRunError

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("MISEBAN_SHARED", ROOT.parent / "shared"))
VIDEO = SHARED / "data" / "video"
PETS = VIDEO / "pets09_s2l1_vtest.mp4"
PETS_TRUTH = SHARED / "data" / "truth" / "pets09_s2l1_first400_mot.txt"
YOLOX_NANO = SHARED / "models" / "yolox_nano.onnx"


def need(path: Path) -> Path:
    """``path`` if it is there, else ``CannotRunError``."""
    if not path.exists():
        raise CannotRunError(
            f"{path.name} is not here; MISEBAN_SHARED names the folder that holds it"
        )
    return path
