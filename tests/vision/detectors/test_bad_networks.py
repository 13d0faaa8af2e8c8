"""Files that are no networks, networks of another kind, and faults at run time: one line each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miseban.vision.detectors import Detector, open_detector
from miseban.vision.models.registry import Registry
from miseban.vocabulary.errors import BadInput, Failed
from tests.onnx_files import FLOAT, detector, faulty, node, onnx_file
from tests.shared import MODELS, need
from tests.vision.detectors.conftest import frame, grey
from tests.vision.models.conftest import one_file

RUNTIMES = ["onnxruntime", "openvino"]
ROWS = 64 + 16 + 4
"""Cells of a 64x64 input at strides 8, 16 and 32."""


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> str:
    if request.param == "openvino":
        pytest.importorskip("openvino", reason="needs the extra openvino")
    return str(request.param)


def known(path: Path, body: bytes, **changed: object) -> Registry:
    """Writes the file, and registers it as "small", a one-class YOLOX of 64x64."""
    path.write_bytes(body)
    return Registry((one_file(body=body, name=path.name).model_copy(update=changed),))


def opened(
    path: Path, body: bytes, runtime: str, monkeypatch: pytest.MonkeyPatch, **changed: object
) -> Detector:
    monkeypatch.setenv("MISEBAN_MODELS", str(path.parent))
    return open_detector(f"small@{runtime}", registry=known(path, body, **changed))


def test_a_file_made_here_finds_what_it_was_told(
    tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 9 is column 1, line 1 at stride 8; with a fourth stride, the last row is the 64x64 cell
    of that grid."""
    whole = [0.5, 0.5, 0.0, 0.0, 1.0, 0.9]
    body = detector(strides=(8, 16, 32, 64), found=[(9, whole), (ROWS, whole)])
    small = opened(tmp_path / "net.onnx", body, runtime, monkeypatch, strides=(8, 16, 32, 64))
    found = small.detect(frame(grey(128, 128)))
    assert sorted(found.xyxy.tolist()) == [[0, 0, 128, 128], [16, 16, 32, 32]]
    np.testing.assert_allclose(found.score, 0.9, rtol=1e-6)
    assert small.name == ("small" if runtime == "onnxruntime" else "small@openvino")


@pytest.mark.parametrize("body", [b"garbage", b"\x08\x07" * 50, b"\0"], ids=["text", "half", "nul"])
def test_onnx_file_that_is_none(
    tmp_path: Path, runtime: str, body: bytes, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    says = r"bad\.onnx: ((ONNX Runtime|OpenVINO) cannot read it|expected one .*, found none)"
    with pytest.raises(BadInput, match=says) as no:
        opened(tmp_path / "bad.onnx", body, runtime, monkeypatch)
    assert "\n" not in str(no.value)
    assert capfd.readouterr() == ("", "")  # the runtime says nothing of its own


def test_an_onnx_file_cut_short(
    tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match=r"bad\.onnx: (ONNX Runtime|OpenVINO) cannot read it"):
        opened(tmp_path / "bad.onnx", detector()[:-900], runtime, monkeypatch)


@pytest.mark.parametrize(
    ("kind", "domain"), [("Telepathy", ""), ("Warp", "shop.example")], ids=["operator", "domain"]
)
def test_an_operator_nobody_knows(
    tmp_path: Path, runtime: str, kind: str, domain: str, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    body = onnx_file(
        [node(kind, ["pictures"], "rows", domain=domain)], [],
        ((1, 3, 64, 64), FLOAT), ((1, ROWS, 6), FLOAT), domain=domain,
    )  # fmt: skip
    with pytest.raises(BadInput, match=rf"odd\.onnx: .*cannot read it: .*{kind}") as caught:
        opened(tmp_path / "odd.onnx", body, runtime, monkeypatch)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


OPEN = ["n", "rows", "columns"]


INPUT, OUTPUT = r"one float32 input \[1, 3, 64, 64\]", rf"float32 output \[1, {ROWS}, 6\]"
UNTOLD: dict[str, Any] = {"shape": OPEN, "hidden": True}
OTHER_KINDS = [
    ("another size of picture", detector((96, 64)), rf"{INPUT}, found \[1, 3, 64, 96\]"),
    ("half floats", detector(kind="float16"), rf"{INPUT}, found \[1, 3, 64, 64\] of "),
    ("a grid is missing", detector(strides=(8, 16)), rf"{OUTPUT}, found \[1, 80, 6\]"),
    ("many classes", detector(columns=85), rf"{OUTPUT}, found \[1, 84, 85\]"),
    ("too few columns", detector(columns=4), rf"{OUTPUT}, found \[1, 84, 4\]"),
    ("a grid, not told", detector(strides=(8, 16), **UNTOLD), r"found \[1, 80, 6\] when run"),
    ("columns, not told", detector(columns=5, **UNTOLD), r"found \[1, 84, 5\] when run"),
]


@pytest.mark.parametrize(
    ("body", "says"), [case[1:] for case in OTHER_KINDS], ids=[case[0] for case in OTHER_KINDS]
)
def test_a_network_of_another_kind(
    tmp_path: Path, runtime: str, body: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match=rf"net\.onnx: expected .*{says}") as caught:
        opened(tmp_path / "net.onnx", body, runtime, monkeypatch)
    assert "\n" not in str(caught.value)


def test_open_shapes_that_fit_are_welcome(
    tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = detector(given=["n", 3, "h", "w"], shape=OPEN, hidden=True)
    small = opened(tmp_path / "net.onnx", body, runtime, monkeypatch)
    assert len(small.detect(frame(grey(64, 48)))) == 0


def test_a_class_that_is_not_in_the_output(
    tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="more than 9 columns of output, found 8: person_class is"):
        opened(
            tmp_path / "net.onnx", detector(columns=8), runtime, monkeypatch,
            decoding="yolox", person_class=4,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param("yunet_n_640_640.onnx", r"one float32 input \[1, 3, 64, 64\]", id="input"),
        pytest.param("yunet_n_320_320.onnx", r"float32 output \[1, 2100, 6\]", id="output"),
    ],
)
def test_a_real_network_of_another_kind(tmp_path: Path, file: str, says: str) -> None:
    body = need(MODELS / file).read_bytes()
    spec = one_file().input
    assert spec is not None
    size = (64, 64) if "640" in file else (320, 320)
    registry = known(tmp_path / file, body, input=spec.model_copy(update={"size": size}))
    with pytest.raises(BadInput, match=f"{file}: expected {says}"):
        open_detector(tmp_path / file, registry=registry)


def test_numbers_that_are_none_find_nobody(
    tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = [(n, [np.nan, np.inf, 800.0, -800.0, 1.0, 1.0]) for n in range(3)]
    odd += [(n, [0.0, 0.0, 1.0, 1.0, np.nan, np.inf]) for n in range(3, 6)]
    small = opened(tmp_path / "net.onnx", detector(found=odd), runtime, monkeypatch)
    assert len(small.detect(frame(grey(64, 64)))) == 0


def test_a_network_that_fails_on_the_first_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadInput, match=r"net\.onnx: cannot be run: .*out of data bounds") as caught:
        opened(tmp_path / "net.onnx", faulty(bright=100), "onnxruntime", monkeypatch)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_network_that_fails_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    small = opened(tmp_path / "net.onnx", faulty(bright=200), "onnxruntime", monkeypatch)
    assert len(small.detect(frame(grey(64, 64, 100)))) == 0
    with pytest.raises(Failed, match=r"net\.onnx: the network failed at run time: .*data bounds"):
        small.detect(frame(grey(64, 64, 250)))
    assert capfd.readouterr() == ("", "")
    assert len(small.detect(frame(grey(64, 64, 100)))) == 0  # it may go on


def test_a_runtime_the_model_does_not_run_on(tmp_path: Path) -> None:
    registry = known(tmp_path / "net.onnx", detector())
    with pytest.raises(BadInput, match="expected onnxruntime or openvino behind the @, found 'cud"):
        open_detector("small@cuda", registry=registry)
    with pytest.raises(BadInput, match="tall@openvino: not a registered model"):
        open_detector("tall@openvino", registry=registry)


def test_openvino_file_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="needs the extra openvino")
    path = tmp_path / "bad.xml"
    registry = known(path, b"<net/>", runtime="openvino", decoding="ssd")
    with pytest.raises(BadInput, match=r"bad\.xml: OpenVINO cannot read it") as caught:
        open_detector(path, registry=registry)
    assert "\n" not in str(caught.value)


def test_openvino_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)  # makes the import fail
    path = tmp_path / "net.xml"
    registry = known(path, b"<net/>", runtime="openvino", decoding="ssd")
    with pytest.raises(BadInput, match=r"which is not installed: pip install .miseban\[openvino\]"):
        open_detector(path, registry=registry)
