"""Where models are looked for, and that only the right bytes count."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miseban.vision.models import store
from miseban.vision.models.registry import Registry, load_registry
from miseban.vocabulary.errors import BadInput
from tests.shared import MODELS, need
from tests.vision.models.conftest import BODY, ir, one_file

KNOWN = Registry((one_file(),))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "models"
    place.mkdir()
    monkeypatch.setenv("MISEBAN_MODELS", str(place))
    return place


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({"MISEBAN_MODELS": "/a:/b"}, ["/a", "/b"], id="two folders"),
        pytest.param({"MISEBAN_MODELS": "/a:"}, ["/a"], id="an empty part"),
        pytest.param({"XDG_DATA_HOME": "/data"}, ["/data/miseban/models"], id="XDG"),
        pytest.param({"XDG_DATA_HOME": "data"}, ["/h/.local/share/miseban/models"], id="relative"),
        pytest.param({}, ["/h/.local/share/miseban/models"], id="home"),
    ],
)
def test_folders(
    environment: dict[str, str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MISEBAN_MODELS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/h")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert [str(place) for place in store.folders()] == expected


@pytest.mark.parametrize("below", ["", "deeper"])
def test_installed_by_name(folder: Path, below: str) -> None:
    assert store.installed(one_file()) is None
    assert store.best_installed("person-detection", KNOWN) is None
    path = folder / below / "model.onnx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(BODY)
    assert store.installed(one_file()) == path
    assert store.locate("small", KNOWN) == store.Located(KNOWN.models[0], path)
    best = store.best_installed("person-detection", KNOWN)
    assert best is not None
    assert best.name == "small"


def test_other_bytes_under_a_registered_name(folder: Path) -> None:
    path = folder / "model.onnx"
    path.write_bytes(BODY[:-1] + b"x")  # the same size
    assert store.installed(one_file()) is None
    for asked in ("small", path):
        with pytest.raises(BadInput, match=r"model\.onnx: .*expected sha256 \w{64}, found \w{64}$"):
            store.locate(asked, KNOWN)


def test_a_changed_file_is_hashed_again(folder: Path) -> None:
    path = folder / "model.onnx"
    path.write_bytes(BODY)
    assert store.installed(one_file()) == path
    path.write_bytes(BODY[:-1] + b"x")
    assert store.installed(one_file()) is None


def test_a_file_of_any_name_is_known_by_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "renamed.bin"
    path.write_bytes(BODY)
    assert store.locate(path, KNOWN).model.name == "small"
    assert store.locate(str(path), KNOWN).path == path


@pytest.mark.parametrize("asked", ["other.xml", "other.bin"])
def test_a_model_of_two_files(tmp_path: Path, asked: str) -> None:
    known = Registry((ir(tmp_path),))
    assert store.locate(tmp_path / asked, known).path == tmp_path / "other.xml"
    (tmp_path / "other.bin").unlink()
    if asked == "other.xml":
        with pytest.raises(BadInput, match=r"other\.xml: expected net\.bin of pair beside it"):
            store.locate(tmp_path / asked, known)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param("small", "small: not installed in .*miseban models pull small", id="missing"),
        pytest.param("smal", "smal: not a registered model; expected one of: small", id="typo"),
        pytest.param("none.onnx", r"none\.onnx: expected a model file or name", id="no file"),
        pytest.param("a/b", "a/b: expected a model file or name", id="no folder"),
    ],
)
def test_not_there(folder: Path, asked: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        store.locate(asked, KNOWN)


def test_the_package_carries_a_detector_of_its_own(folder: Path) -> None:
    """Nothing is downloaded, and it is what a fresh machine uses."""
    small = load_registry().find("person-small")
    assert store.packaged(small)
    path = store.installed(small)
    assert path == store.PACKAGED / "person-small.onnx"
    assert path.stat().st_size < 3_000_000
    best = store.best_installed("person-detection")
    assert best is not None
    assert best.name == "person-small"
    assert "a first look; for work" in store.note_on(best)
    assert "pull yolox-nano" in store.note_on(best)
    assert store.note_on(load_registry().find("yolox-nano")) == ""
    assert store.note_on(load_registry().find("motion")) == ""


def test_a_damaged_package_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PACKAGED", tmp_path / "weights")
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "person-small.onnx").write_bytes(BODY)
    assert store.best_installed("person-detection") is None
    with pytest.raises(BadInput, match=r"not the registered person-small: expected sha256"):
        store.locate("person-small")


def test_a_model_without_its_runtime_is_not_the_best(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "model.onnx").write_bytes(BODY)
    assert store.best_installed("person-detection", KNOWN) is not None
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # as if it were not installed
    assert store.best_installed("person-detection", KNOWN) is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("small", ("small", None), id="no runtime"),
        pytest.param("small@openvino", ("small", "openvino"), id="another"),
        pytest.param("small@onnxruntime", ("small", "onnxruntime"), id="its own"),
        pytest.param("tall@openvino", ("tall@openvino", None), id="not a name: a file perhaps"),
    ],
)
def test_a_runtime_behind_the_name(asked: str, found: tuple[str, str | None]) -> None:
    assert store.runtime_of(asked, KNOWN) == found
    assert store.runtime_of(Path(asked), KNOWN) == (Path(asked), None)


def test_unregistered_file_is_told_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"mine")
    with pytest.raises(BadInput, match=f"its sha256 is {store.file_hash(path)}"):
        store.locate(path, KNOWN)


def test_the_shared_models_are_all_registered() -> None:
    for path in need(MODELS).rglob("*.*"):
        if path.suffix in (".onnx", ".xml", ".bin", ".tflite"):
            assert store.locate(path).path is not None


def test_best_of_the_shared_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(need(MODELS)))
    best = store.best_installed("person-detection")
    assert best is not None
    assert best.name == "yolox-nano"
