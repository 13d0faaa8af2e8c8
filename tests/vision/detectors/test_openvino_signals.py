"""Ctrl-C after OpenVINO networks were opened and closed ends a run in the usual way."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.shared import MODELS, need

pytest.importorskip("openvino", reason="needs openvino, the extra `openvino`")

SCRIPT = """
import gc, os, signal, sys
from pathlib import Path
from miseban.vision.detectors import openvino
networks = [openvino.compile_network(Path(sys.argv[1]), 1) for _ in range(3)]
while networks:
    networks.pop(0)
    gc.collect()
caught = []
signal.signal(signal.SIGINT, lambda *_: caught.append(1))
os.kill(os.getpid(), signal.SIGINT)
print(len(caught))
"""


def test_ctrl_c_after_networks_were_closed_is_caught() -> None:
    """Without a thread of its own for compiling, the process ends with a segmentation fault."""
    path = need(MODELS / "omz" / "head-pose-estimation-adas-0001_FP16.xml")
    command = [sys.executable, "-c", SCRIPT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr
