"""The registry: what it promises about every model, and what it says of a bad file."""

from __future__ import annotations

from pathlib import Path

import pytest

from miseban.vision.models.registry import Model, load_registry
from miseban.vocabulary.errors import BadInput

PERMISSIVE = {"Apache-2.0", "MIT", "BSD-3-Clause"}
RUN = {"person-detection", "face-detection", "age-gender", "head-pose", "person-attributes"}
SHA256 = "0" * 64

GOOD = """
[[model]]
name = "mine"
task = "person-detection"
licence = "Apache-2.0"
source = "trained here"
runtime = "onnxruntime"
decoding = "yolox-one-class"
input = { size = [320, 192], resize = "letterbox" }
[[model.file]]
name = "mine.onnx"
size = 10
sha256 = "SHA"
""".replace("SHA", SHA256)


def models() -> list[Model]:
    return list(load_registry())


@pytest.mark.parametrize("model", models(), ids=lambda m: m.name)
def test_every_registered_model(model: Model) -> None:
    assert model.licence in PERMISSIVE
    assert bool(model.files) == (model.runtime != "built-in")
    if model.usable:
        assert model.task in RUN
    if model.runtime == "openvino":
        assert [Path(file.name).suffix for file in model.files] == [".xml", ".bin"]


def test_no_two_files_share_a_name_or_a_hash() -> None:
    files = [file for model in models() for file in model.files]
    assert len({file.name for file in files}) == len(files)
    assert len({file.digest for file in files}) == len(files)


def test_best_of_a_task_comes_first() -> None:
    people = load_registry().of_task("person-detection")
    assert [m.name for m in people][:4] == ["yolox-s", "yolox-s-int8", "yolox-tiny", "yolox-nano"]
    assert "motion" in [m.name for m in people if m.rank == 0]
    assert {m.task for m in people} == {"person-detection"}


def test_the_packages_own_detector_is_better_than_nothing_and_worse_than_what_is_pulled() -> None:
    known = load_registry()
    small = known.find("person-small")
    assert 0 < known.find("light-person-detector").rank < small.rank < known.find("yolox-nano").rank


def test_what_an_onnx_file_runs_on() -> None:
    known = load_registry()
    assert known.find("yolox-nano").runtimes == ("onnxruntime", "openvino")
    assert known.find("person-detection-retail-0013").runtimes == ("openvino",)
    assert known.find("motion").runtimes == ("built-in",)


def test_find_names_what_is_known() -> None:
    assert load_registry().find("yolox-nano").files[0].name == "yolox_nano.onnx"
    with pytest.raises(BadInput, match=r"yolox-nanu: not a registered model.*yolox-nano"):
        load_registry().find("yolox-nanu")


def test_own_registry_by_argument_and_by_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert load_registry([file]).find("mine").size == 10
    assert "mine" not in load_registry().names()
    monkeypatch.setenv("MISEBAN_REGISTRY", str(file))
    assert "mine" in load_registry().names()
    with pytest.raises(BadInput, match="mine: this name is registered twice"):
        load_registry([file])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("size = 10", "size = 0", r"own\.toml: model\.0\.file\.0\.size", id="size"),
        pytest.param(SHA256, "00", r"model\.0\.file\.0\.sha256", id="short hash"),
        pytest.param(f'sha256 = "{SHA256}"', "", "exactly one of sha256", id="no hash"),
        pytest.param(
            f'"{SHA256}"', f'"{SHA256}"\nsha384 = "{"0" * 96}"', "exactly one", id="two hashes"
        ),
        pytest.param('"mine.onnx"', '"../mine.onnx"', r"file\.0\.name", id="path as file name"),
        pytest.param("[320, 192]", "[320]", r"input\.size", id="one side"),
        pytest.param('"yolox-one-class"', '"yolo"', r"model\.0\.decoding", id="decoding"),
        pytest.param('task = "person-detection"', 'task = "x"', r"model\.0\.task", id="task"),
        pytest.param("licence", "license", r"model\.0\.licence", id="missing key"),
        pytest.param("runtime =", "strides = []\nruntime =", r"model\.0\.strides", id="no stride"),
        pytest.param("runtime =", "strides = [8, 0]\nruntime =", r"strides\.1", id="stride 0"),
        pytest.param("size = 10", "size = 10\nurl = 1", r"file\.0\.url: Extra", id="unknown key"),
        pytest.param(
            "size = 10", 'size = 10\naddress = "file:///etc/passwd"', "address", id="file address"
        ),
        pytest.param('input = { size = [320, 192], resize = "letterbox" }', "", "needs an input",
                     id="no input"),
        pytest.param("[[model]]", "[[model]", r"own\.toml: not TOML", id="not TOML"),
        pytest.param('"mine"', '"my model"', "expected letters", id="name with a space"),
    ],
)  # fmt: skip
def test_bad_registry_file(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    file = tmp_path / "own.toml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=says) as caught:
        load_registry([file])
    assert "\n" not in str(caught.value)


def test_unreadable_registry_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml: cannot be read: No such file"):
        load_registry([tmp_path / "none.toml"])
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match=r"bytes\.toml: cannot be read: not UTF-8"):
        load_registry([tmp_path / "bytes.toml"])
