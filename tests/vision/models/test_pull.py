"""Pulling from a real server on loopback that cuts, refuses, lies and fills the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from miseban.vision.models.pull import pull
from miseban.vocabulary.errors import BadInput, Failed
from tests.vision.models.conftest import BODY, Server, ir, one_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_whole_download_and_its_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    model = one_file(server.address)
    paths = pull(model, tmp_path / "new", progress=lambda *step: seen.append(step))
    assert paths == (tmp_path / "new" / "model.onnx",)
    assert paths[0].read_bytes() == BODY
    assert names(tmp_path / "new") == ["model.onnx"]
    assert seen[0] == ("model.onnx", 0, len(BODY))
    assert seen[-1] == ("model.onnx", len(BODY), len(BODY))
    assert [have for _, have, _ in seen] == sorted(have for _, have, _ in seen)
    pull(model, tmp_path / "new")  # it is there: nobody is asked again
    assert server.asked == [""]


@pytest.mark.parametrize(
    ("ranges", "asked"),
    [
        pytest.param(True, ["", "bytes=200000-"], id="goes on where it was cut"),
        pytest.param(False, ["", "bytes=200000-"], id="server without ranges: from the start"),
    ],
)
def test_cut_in_the_middle(server: Server, tmp_path: Path, ranges: bool, asked: list[str]) -> None:
    model = one_file(server.address)
    server.cut_after, server.ranges = 200_000, ranges
    with pytest.raises(Failed, match="cut after 200000 of 512000 bytes; run the same"):
        pull(model, tmp_path)
    assert names(tmp_path) == ["model.onnx.part"]
    server.cut_after = None
    steps: list[int] = []
    pull(model, tmp_path, progress=lambda _name, have, _size: steps.append(have))
    assert (tmp_path / "model.onnx").read_bytes() == BODY
    assert steps[0] == (200_000 if ranges else 0)
    assert names(tmp_path) == ["model.onnx"]
    assert server.asked == asked


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY[:-1] + b"x", id="one byte differs"),
        pytest.param(BODY + b"more", id="longer"),
    ],
)
def test_wrong_content_is_removed(server: Server, tmp_path: Path, body: bytes) -> None:
    server.body = body
    model = one_file(server.address)
    with pytest.raises(Failed, match=r"expected sha256 \w{64} .*found \w{64} .*removed"):
        pull(model, tmp_path)
    assert names(tmp_path) == []
    server.body = BODY
    pull(model, tmp_path)
    assert server.asked == ["", ""]  # the bad bytes were not gone on from


def test_a_part_of_other_bytes_does_not_stay_for_ever(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.onnx.part").write_bytes(b"x" * 1000)
    with pytest.raises(Failed, match="removed"):
        pull(one_file(server.address), tmp_path)
    pull(one_file(server.address), tmp_path)
    assert server.asked == ["bytes=1000-", ""]


@pytest.mark.parametrize(
    ("size", "asked"),
    [
        pytest.param(len(BODY) + 5, "", id="too long: from the start"),
        pytest.param(0, "", id="empty"),
    ],
)
def test_odd_parts(server: Server, tmp_path: Path, size: int, asked: str) -> None:
    (tmp_path / "model.onnx.part").write_bytes(b"x" * size)
    pull(one_file(server.address), tmp_path)
    assert server.asked == [asked]


def test_a_whole_part_is_only_checked(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.onnx.part").write_bytes(BODY)
    pull(one_file(server.address), tmp_path)
    assert server.asked == []
    assert names(tmp_path) == ["model.onnx"]


def test_refused_range_starts_over_next_time(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.onnx.part").write_bytes(BODY[:300_000])
    server.body = BODY[:100]
    with pytest.raises(Failed, match="answered 416"):
        pull(one_file(server.address), tmp_path)
    server.body = BODY
    pull(one_file(server.address), tmp_path)
    assert server.asked == ["bytes=300000-", ""]


def test_refused(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(Failed, match="expected the file, the server answered 404 Not Found"):
        pull(one_file(server.address), tmp_path)
    assert not (tmp_path / "model.onnx").exists()


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"no usable answer: .*refused; check the network, or bring"):
        pull(one_file("http://127.0.0.1:9/model.onnx"), tmp_path)


def test_from_a_folder_by_hash(tmp_path: Path) -> None:
    source = tmp_path / "usb"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "any name").write_bytes(BODY)
    (source / "model.onnx").write_bytes(b"not it")
    paths = pull(one_file(), tmp_path / "models", source=source)
    assert paths[0].read_bytes() == BODY
    assert names(tmp_path / "models") == ["model.onnx"]


def test_two_files(tmp_path: Path) -> None:
    paths = pull(ir(tmp_path), tmp_path / "models", source=tmp_path)
    assert [path.name for path in paths] == ["net.xml", "net.bin"]
    assert names(tmp_path / "models") == ["net.bin", "net.xml"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param("", "no download address; bring the file and use --from", id="no address"),
        pytest.param("empty", "no file under it has the sha256 of model.onnx", id="not there"),
        pytest.param("nowhere", "nowhere: expected a folder", id="no folder"),
    ],
)
def test_nothing_to_bring(tmp_path: Path, source: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match=says):
        pull(one_file(), tmp_path / "to", source=tmp_path / source if source else None)
    assert names(tmp_path / "to") == []


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="file/models: cannot be made: Not a directory"):
        pull(one_file(), tmp_path / "file" / "models", source=tmp_path)


FULL = """
import resource, sys
from pathlib import Path
from miseban.vision.models.pull import pull
from miseban.vocabulary.errors import Failed
from tests.vision.models.conftest import one_file
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    pull(one_file(sys.argv[1]), Path(sys.argv[2]))
except Failed as error:
    print(error.code, error)
"""


def test_a_disk_without_room(server: Server, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: writing fails in the middle."""
    command = [sys.executable, "-c", FULL, server.address, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("disk ")
    assert "cannot be written: File too large" in done.stdout
    assert names(tmp_path) == []
