"""The runtime of detectors reports to nobody and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import miseban

_MODEL = Path(miseban.__file__).parent / "vision" / "models" / "weights" / "person-small.onnx"
_CODE = (
    "import sys; from pathlib import Path; from miseban.vision.detectors.onnx import open_session; "
    "open_session(Path(sys.argv[1]), 1)"
)


def test_no_number_of_the_machine_and_no_store_of_reports(tmp_path: Path) -> None:
    # Without what tells it of tests and builds, in which it keeps still by itself.
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "-c", _CODE, str(_MODEL)], check=True, timeout=120, env={**kept, **home}
    )
    assert list(tmp_path.rglob("*")) == []
