"""Pulling in a bad world: servers that hang, lie and talk nonsense, kills, full disks, crowds.

Each ends in one line, and never with a file under the model's name that is not the model.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from miseban.cli.app import run
from miseban.vision.models import download, store
from miseban.vision.models.pull import pull
from miseban.vocabulary.errors import Failed, MisebanError
from tests.vision.models.conftest import BODY, Server, one_file
from tests.vision.models.raw_server import Answer, raw_server, says

OK = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n"

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def error_of(answer: Answer, folder: Path) -> MisebanError:
    """What a pull from such a server ends with; whatever it was, no model is in place."""
    with raw_server(answer) as address, pytest.raises(MisebanError) as caught:
        pull(one_file(address), folder)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert not (folder / "model.onnx").exists()
    return caught.value


def redirect(to: str) -> str:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        pytest.param("", "no usable answer: Remote end closed", id="closes at once"),
        pytest.param("SSH-2.0-OpenSSH_9.9\r\n", "no usable answer: SSH-2.0", id="not HTTP"),
        pytest.param(b"\x16\x03\x01\x00\xff\r\n" * 9, "no usable answer: ", id="noise"),
        pytest.param("HTTP/1.1 " + "9" * 70_000, "no usable answer: ", id="a line without end"),
        pytest.param("HTTP/1.1 200 OK\r\n" + "a: b\r\n" * 200, "no usable answer: ", id="headers"),
        pytest.param(redirect("http://[nowhere/x"), "no usable answer: ", id="to no address"),
        pytest.param(redirect("http://127.0.0.1:99999/"), "no usable answer: ", id="to no port"),
        pytest.param(redirect("file:///etc/passwd"), "answered 302 ", id="to a file here"),
        pytest.param(redirect("ftp://127.0.0.1/x"), "unknown url type: ftp", id="to FTP"),
        pytest.param(redirect("/model.onnx"), "answered 302 .*infinite loop", id="in a circle"),
        pytest.param("HTTP/1.1 500 Oh\r\n\r\n", "the server answered 500 Oh", id="broken"),
        pytest.param("HTTP/1.1 204 No Content\r\n\r\n", "cut after 0 of 512000", id="nothing"),
        pytest.param("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html></html>",
                     "cut after 9 of 512000 bytes; run the same", id="a short page"),
        pytest.param(OK.encode() + BODY[:70_000], "cut after 70000 of 512000", id="cut"),
        pytest.param(CHUNKED + b"zz\r\n" + BODY, "cut after 0 of 512000", id="no length"),
        pytest.param(CHUNKED + b"5\r\nhello\r\nfffff\r\nx",
                     "cut after [56] of 512000 bytes", id="a chunk cut"),
    ],
)  # fmt: skip
def test_nonsense(tmp_path: Path, answer: str | bytes, what: str) -> None:
    error = error_of(says(answer), tmp_path)
    assert isinstance(error, Failed)
    assert re.search(what, str(error)), error


def test_a_redirect_is_followed(server: Server, tmp_path: Path) -> None:
    with raw_server(says(redirect(server.address))) as address:
        (path,) = pull(one_file(address), tmp_path)
    assert path.read_bytes() == BODY


def test_data_without_end(tmp_path: Path) -> None:
    """It is left when there is more than the file has; nothing of it stays."""
    sent = 0

    def endless(connection: socket.socket, _: str) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 1 << 30:
            sent += connection.send(BODY)

    error = error_of(endless, tmp_path)
    assert re.search(
        r"expected sha256 .* \(512000 bytes\), found .* \(5\d{5} bytes\); rem", str(error)
    )
    assert names(tmp_path) == []
    assert sent < 1 << 28  # the connection was closed, not listened to


@pytest.mark.parametrize(
    ("first", "what"),
    [
        pytest.param(b"", "no usable answer: .*timed out", id="before it answers"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", "no usable answer: .*timed out", id="in its headers"),
        pytest.param(
            OK.encode() + BODY[:99_000], r"cut after 99000 .*silent for 0\.3 s\)", id="then"
        ),
    ],
)
def test_a_server_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes, what: str
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.3)
    released = threading.Event()

    def hang(connection: socket.socket, _: str) -> None:
        connection.sendall(first)
        released.wait(30)

    began = time.monotonic()
    with raw_server(hang) as address:
        with pytest.raises(Failed, match=what) as caught:
            pull(one_file(address), tmp_path)
        took_s = time.monotonic() - began
        released.set()
    assert took_s < 20  # it did not wait for the server
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["model.onnx.part"]


def test_a_server_that_drips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never silent for long, and yet it would take for ever."""
    monkeypatch.setattr(download, "TIMEOUT_S", 0.4)
    left = threading.Event()

    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(OK.encode())
        with contextlib.suppress(OSError):
            for _n in range(200):
                connection.sendall(b"x")
                if left.wait(0.02):
                    return

    with raw_server(drip) as address:
        with pytest.raises(Failed, match=r"\(fewer than 1000 bytes a second came\); run the same"):
            pull(one_file(address), tmp_path)
        left.set()


def test_a_name_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, as the resolver tells it."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    says_so = r"no usable answer: .*name resolution; check the network, or bring the file .*--from"
    with pytest.raises(Failed, match=says_so):
        pull(one_file("http://models.invalid/model.onnx"), tmp_path)


def test_another_part_than_was_asked_for(server: Server, tmp_path: Path) -> None:
    """It would not fit behind what is here, which stays as it is."""
    part = tmp_path / "model.onnx.part"
    part.write_bytes(BODY[:200_000])
    answer = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100000-511999/512000\r\n"
    answer += "Content-Length: 412000\r\n\r\n"
    error = error_of(says(answer.encode() + BODY[100_000:]), tmp_path)
    assert "expected bytes from 200000, the server sent 100000-511999/512000" in str(error)
    assert part.read_bytes() == BODY[:200_000]
    pull(one_file(server.address), tmp_path)
    assert server.asked == ["bytes=200000-"]


def test_a_bad_file_in_place_is_replaced_when_the_good_one_is_whole(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(tmp_path))
    model = one_file(server.address)
    (tmp_path / "model.onnx").write_bytes(b"damaged")
    server.cut_after = 100_000
    with pytest.raises(Failed, match="cut after"):
        pull(model, tmp_path)
    assert (tmp_path / "model.onnx").read_bytes() == b"damaged"
    assert store.installed(model) is None
    server.cut_after = None
    pull(model, tmp_path)
    assert store.installed(model) == tmp_path / "model.onnx"


PULL = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run in the background
from miseban.vision.models.pull import pull
from miseban.vocabulary.errors import MisebanError
from tests.vision.models.conftest import one_file
try:
    pull(one_file(sys.argv[1]), Path(sys.argv[2]))
except MisebanError as error:
    print(error.code, error)
"""


def slowly(steps: list[int]) -> Answer:
    """The rest of the file from where it was asked for, in small pieces; notes where that was."""

    def answer(connection: socket.socket, head: str) -> None:
        asked = re.search(r"Range: bytes=(\d+)-", head)
        start = int(asked[1]) if asked else 0
        steps.append(start)
        status = "206 Partial Content" if start else "200 OK"
        connection.sendall(
            f"HTTP/1.1 {status}\r\nContent-Range: bytes {start}-511999/512000\r\n"
            f"Content-Length: {len(BODY) - start}\r\n\r\n".encode()
        )
        for at in range(start, len(BODY), 20_000):
            connection.sendall(BODY[at : at + 20_000])
            time.sleep(0.02)

    return answer


def wait_for(part: Path, size: int) -> None:
    until = time.monotonic() + 30
    while not (part.is_file() and part.stat().st_size >= size):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_killed_in_the_middle_and_gone_on_with(tmp_path: Path) -> None:
    steps: list[int] = []
    part = tmp_path / "model.onnx.part"
    with raw_server(slowly(steps)) as address:
        for kill in (signal.SIGKILL, signal.SIGKILL, signal.SIGINT):
            before = part.stat().st_size if part.exists() else 0
            command = [sys.executable, "-c", PULL, address, str(tmp_path)]
            pulling = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            wait_for(part, before + 65_536)
            pulling.send_signal(kill)
            assert pulling.wait(timeout=30) == -kill
            assert names(tmp_path) == ["model.onnx.part"]
            assert part.read_bytes() == BODY[: part.stat().st_size]
        (path,) = pull(one_file(address), tmp_path)
    assert path.read_bytes() == BODY
    assert names(tmp_path) == ["model.onnx"]
    assert steps[0] == 0
    assert steps == sorted(set(steps))  # each went on where the one before had stopped
    assert steps[-1] >= 3 * 65_536


def test_two_at_once(tmp_path: Path) -> None:
    """The second says so and leaves; the first is not disturbed, nor is who comes after."""
    steps: list[int] = []
    with raw_server(slowly(steps)) as address:
        command = [sys.executable, "-c", PULL, address, str(tmp_path)]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        wait_for(tmp_path / "model.onnx.part", 1)
        with pytest.raises(Failed, match="another pull is writing this file"):
            pull(one_file(address), tmp_path)
        printed, _ = first.communicate(timeout=60)
        assert printed == ""
        assert (tmp_path / "model.onnx").read_bytes() == BODY
        pull(one_file(address), tmp_path)
    assert steps == [0]
    assert names(tmp_path) == ["model.onnx"]


def test_many_at_once(server: Server, tmp_path: Path) -> None:
    """Whoever comes when: each has the model, or says that another is at it."""
    ended: list[str] = []

    def one() -> None:
        try:
            (path,) = pull(one_file(server.address), tmp_path)
            ended.append("good" if path.read_bytes() == BODY else "bad")
        except Failed as error:
            ended.append(error.code)

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(ended) == 12
    assert "good" in ended
    assert set(ended) <= {"good", "busy"}
    assert names(tmp_path) == ["model.onnx"]


def test_the_other_ended_between_two_looks_at_its_unfinished_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gave the file its name after ours had seen it there, and before ours asked how long."""
    part = tmp_path / "model.onnx.part"
    part.write_bytes(BODY)
    real, looks = Path.stat, 0

    def late(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        nonlocal looks
        found = real(path, follow_symlinks=follow_symlinks)
        if path == part and not looks:
            looks += 1
            part.replace(tmp_path / "model.onnx")
        return found

    monkeypatch.setattr(Path, "stat", late)
    (path,) = pull(one_file(server.address), tmp_path)
    assert path.read_bytes() == BODY
    assert looks == 1
    assert server.asked == []
    assert names(tmp_path) == ["model.onnx"]


def test_a_full_disk_takes_no_other_pull_its_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What filled it is removed before another pull may begin, which otherwise would lose its
    own."""
    part = tmp_path / "model.onnx.part"
    seen: list[str] = []
    real = Path.unlink

    def watched(path: Path, missing_ok: bool = False) -> None:
        with part.open("ab") as other:
            try:
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                seen.append("free")
            except BlockingIOError:
                seen.append("ours")
        real(path, missing_ok)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "unlink", watched)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failed, match="cannot be written: No space left on device"):
        pull(one_file(server.address), tmp_path)
    assert seen == ["ours"]
    assert names(tmp_path) == []


def test_a_part_that_went_away_while_it_was_opened(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another pull ended badly between our opening its unfinished file and our turn."""
    real, calls = fcntl.flock, 0

    def late(stream: Any, how: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            (tmp_path / "model.onnx.part").unlink()
        real(stream, how)

    monkeypatch.setattr(fcntl, "flock", late)
    (path,) = pull(one_file(server.address), tmp_path)
    assert path.read_bytes() == BODY
    assert calls == 2
    assert names(tmp_path) == ["model.onnx"]


FULL = """
import sys
from pathlib import Path
from miseban.vision.models.pull import pull
from miseban.vocabulary.errors import MisebanError
from tests.vision.models.conftest import one_file
folder, when = Path(sys.argv[2]), sys.argv[3]
def fill(*_):
    if when == "while" and not (folder / "else").exists():
        with (folder / "else").open("wb") as out:
            try:
                while True:
                    out.write(bytes(4096)); out.flush()
            except OSError:
                pass
try:
    pull(one_file(sys.argv[1]), folder, progress=fill)
except MisebanError as error:
    print(error.code, error)
print(sorted(p.name for p in folder.iterdir()))
"""


@pytest.mark.parametrize(
    ("size", "when", "what", "left"),
    [
        pytest.param("256k", "before", r"model\.onnx needs 0\.5 MB more, 0\.\d MB are free", [],
                     id="seen before"),
        pytest.param("1m", "while", r"cannot be written: No space left on device", ["else"],
                     id="filled up meanwhile"),
    ],
)  # fmt: skip
def test_a_full_disk(
    server: Server, tmp_path: Path, size: str, when: str, what: str, left: list[str]
) -> None:
    """A real one: a small file system in a mount namespace of its own."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare of util-linux, to mount a small file system")
    private = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*private, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small file system in a namespace of its own")
    mount = f'mount -t tmpfs -o size={size} tmpfs {tmp_path} && exec "$@"'
    command = [*private, "sh", "-c", mount, "sh"]
    command += [sys.executable, "-c", FULL, server.address, str(tmp_path), when]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    line, remains = done.stdout.splitlines()
    assert re.match(rf"disk .*{what}", line), done.stdout + done.stderr
    assert remains == str(left)


def test_a_folder_where_the_unfinished_file_should_be(server: Server, tmp_path: Path) -> None:
    (tmp_path / "model.onnx.part").mkdir()
    with pytest.raises(Failed, match=r"model\.onnx\.part: cannot be written: Is a directory"):
        pull(one_file(server.address), tmp_path)
    assert names(tmp_path) == ["model.onnx.part"]


def test_a_read_only_folder(server: Server, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(MisebanError, match="cannot be written: Permission denied"):
        pull(one_file(server.address), tmp_path)


def test_as_a_person_meets_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = one_file().files[0]
    own = tmp_path / "own.toml"
    own.write_text(
        f'[[model]]\nname = "mine"\ntask = "person-detection"\nlicence = "MIT"\nsource = "a test"\n'
        f'runtime = "none"\n[[model.file]]\nname = "{file.name}"\nsize = {file.size}\n'
        f'sha256 = "{file.sha256}"\naddress = "{server.address}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("MISEBAN_REGISTRY", str(own))
    server.cut_after = 300_000
    words = ["models", "pull", "mine", "--to", str(tmp_path / "models")]
    assert run(words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"miseban: {server.address}: cut after 300000 of 512000 bytes")
    server.cut_after = None
    assert run(words) == 0
    assert names(tmp_path / "models") == ["model.onnx"]
