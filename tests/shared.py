"""Real footage, truth and models kept beside the project; tests that need them skip without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("MISEBAN_SHARED", Path(__file__).parents[2] / "shared"))
VIDEO = SHARED / "data" / "video"
TRUTH = SHARED / "data" / "truth"
MODELS = SHARED / "models"


def need(path: Path) -> Path:
    """``path`` if it is there; else the test is skipped and says which file it wanted."""
    if not path.exists():
        pytest.skip(f"needs {path.name} of the shared test material, which is not on this machine")
    return path
