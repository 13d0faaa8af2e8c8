"""``miseban models`` as a person and as a program use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from miseban.cli.models import app
from miseban.vision.models.registry import Model, ModelFile, ModelInput
from miseban.vocabulary.errors import MisebanError
from tests.shared import MODELS, need

DOCS = Path(__file__).parents[2] / "docs" / "models.md"
REGISTRY = """
[[model]]
name = "tiny"
task = "face-detection"
licence = "MIT"
source = "made by this test"
runtime = "none"
[[model.file]]
name = "tiny.bin"
size = 5
sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(tmp_path / "models"))
    (tmp_path / "own.toml").write_text(REGISTRY, encoding="utf-8")


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(*words: object) -> MisebanError:
    """The error a command ends with; the outermost command prints it and leaves by its status."""
    error = call(*words).exception
    assert isinstance(error, MisebanError)
    return error


def test_list() -> None:
    lines = call("list").stdout.splitlines()
    nano = next(line for line in lines if "yolox-nano" in line)
    assert nano.split()[1:] == ["person-detection", "no", "3.7", "MB", "Apache-2.0", "onnxruntime"]
    for name in ("motion", "person-small"):
        assert any(line.split()[:4] == [name, "person-detection", "built", "in"] for line in lines)


def test_list_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(need(MODELS)))
    rows = {row["name"]: row for row in json.loads(call("list", "--json").stdout)}
    assert rows["yolox-nano"]["installed"] is True
    assert rows["yolox-nano"]["size"] == 3659407
    assert rows["yolox-s"]["installed"] is False
    assert rows["motion"]["built_in"] is True
    assert rows["person-small"]["built_in"] is rows["person-small"]["installed"] is True
    assert rows["yolox-nano"]["built_in"] is False


def test_pull_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "x").write_bytes(b"hello")
    own = ("--registry", tmp_path / "own.toml")
    done = call("pull", "tiny", "--from", tmp_path / "usb", "--json", *own)
    path = tmp_path / "models" / "tiny.bin"
    assert json.loads(done.stdout) == [{"name": "tiny", "files": [str(path)]}]
    assert path.read_bytes() == b"hello"
    listed = json.loads(call("list", "--json", *own).stdout)
    assert listed[-1]["path"] == str(path)
    other = tmp_path / "other"
    assert call("pull", "tiny", "--from", tmp_path / "usb", "--to", other, *own).exit_code == 0
    assert (other / "tiny.bin").read_bytes() == b"hello"


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        pytest.param(("pull", "tony"), 2, "tony: not a registered model", id="typo"),
        pytest.param(("pull", "motion"), 2, "motion: is built in", id="built in"),
        pytest.param(("pull", "person-small"), 2, "person-small: is built in", id="packaged"),
        pytest.param(("pull", "fastestdet"), 2, "no download address", id="no address"),
        pytest.param(
            ("pull", "yolox-nano", "--from", "nowhere"), 2, "nowhere: expected a folder", id="from"
        ),
        pytest.param(("list", "--registry", "none.toml"), 2, "none.toml: cannot be read", id="own"),
    ],
)
def test_refused(words: tuple[str, ...], status: int, says: str) -> None:
    error = refused(*words)
    assert says in str(error)
    assert error.exit_status == status
    assert "\n" not in str(error)


def test_all_names_are_checked_before_anything_is_fetched(tmp_path: Path) -> None:
    refused("pull", "yolox-nano", "tony", "--from", tmp_path)
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("command", ["list", "pull", "bench"])
def test_help_has_an_example(command: str) -> None:
    done = call(command, "--help")
    assert done.exit_code == 0
    assert f"Example: miseban models {command}" in done.stdout


def test_wrong_use_leaves_with_2() -> None:
    assert call("pull").exit_code == 2
    assert call("list", "--what").exit_code == 2


def test_the_document_misses_nothing() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for table in (Model, ModelFile, ModelInput):
        for name, field in table.model_fields.items():
            assert f"`{field.alias or name}`" in text, f"{table.__name__}.{name}"
    options = ["--from", "--to", "--json", "--registry", "--budget", "--shop", "--camera"]
    options += ["--image-size", "--seconds", "--video", "--truth", "--full", "--no-accuracy"]
    for word in [*options, "--threads", "MISEBAN_MODELS", "MISEBAN_REGISTRY"]:
        assert f"`{word}" in text, word
