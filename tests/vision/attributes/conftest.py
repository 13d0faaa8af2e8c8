"""The readers with the real models."""

from __future__ import annotations

import pytest

from miseban.vision.attributes.looking import PersonReader, open_reader
from miseban.vision.detectors import Detector, open_detector
from tests.shared import MODELS, need

pytest.importorskip("openvino", reason="needs the extra openvino")


@pytest.fixture(scope="session")
def reader() -> PersonReader:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MISEBAN_MODELS", str(need(MODELS)))
        return open_reader()


@pytest.fixture(scope="session")
def detector() -> Detector:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MISEBAN_MODELS", str(need(MODELS)))
        return open_detector("yolox-nano")
