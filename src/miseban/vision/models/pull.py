"""Brings a model's files to this machine: downloads that resume, or a copy from a folder.

A file appears under its name only when it is whole and its hash is right.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from miseban.vision.models.registry import Model, ModelFile
from miseban.vision.models.store import file_hash, is_file_of, packaged
from miseban.vocabulary.errors import BadInput, Failed

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes at hand and the bytes in all."""

TIMEOUT_S = 30.0
"""How long a server may stay silent."""
CHUNK = 1 << 16


def pull(
    model: Model,
    folder: Path,
    *,
    source: Path | None = None,
    progress: Progress = lambda _name, _have, _size: None,
) -> tuple[Path, ...]:
    """The model's files in ``folder``, fetched where they are not there yet.

    With ``source`` they are looked for under that folder, by hash and not by name, and copied;
    without, they are downloaded, going on where an earlier attempt was cut.

    Raises ``BadInput``: ``built-in``, ``no-address``, ``not-found`` (no such file under
    ``source``), ``models-folder`` (cannot be written). Raises ``Failed``: ``download-refused``,
    ``download-cut`` (run again to go on), ``model-hash`` (other bytes came; they are removed),
    ``disk`` (nothing is left behind).
    """
    if packaged(model):
        raise BadInput("built-in", model.name, "is built in, there is nothing to pull")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput("models-folder", folder, f"cannot be made: {error.strerror}") from error
    return tuple(_bring(model, file, folder, source, progress) for file in model.files)


def _bring(
    model: Model, file: ModelFile, folder: Path, source: Path | None, progress: Progress
) -> Path:
    target = folder / file.name
    if is_file_of(target, file):
        progress(file.name, file.size, file.size)
        return target
    found = _find(source, file) if source else None
    if found is None and not file.address:
        what = f"{file.name} has no download address; bring the file and use --from DIR"
        raise BadInput("no-address", model.name, what)
    part = folder / (file.name + ".part")
    try:
        # Appending leaves what an earlier attempt has brought.
        with part.open("ab") as out:
            _alone(out, part)
            if is_file_of(target, file):  # another pull has just finished
                part.unlink(missing_ok=True)
                return target
            if found is not None:
                out.truncate(0)
                with found.open("rb") as stream:
                    _copy(stream, out, file, 0, progress)
            elif out.tell() != file.size:
                _download(file, out, progress)
            out.flush()
            os.fsync(out.fileno())
            # Still alone: nobody may write to the file once its hash was found right.
            return _put(part, target, file, found)
    except PermissionError as error:
        raise BadInput("models-folder", folder, f"cannot be written: {error.strerror}") from error
    except OSError as error:
        part.unlink(missing_ok=True)  # a full disk is not to be kept full
        raise Failed("disk", part, f"cannot be written: {error.strerror}") from error


def _put(part: Path, target: Path, file: ModelFile, found: Path | None) -> Path:
    """Gives the file its name, if its bytes are the registered ones."""
    if not is_file_of(part, file):
        what = f"expected {file.algorithm} {file.digest} ({file.size} bytes), found "
        what += f"{file_hash(part, file.algorithm)} ({part.stat().st_size} bytes); removed"
        part.unlink()
        raise Failed("model-hash", found or file.address, what)
    part.replace(target)
    return target


def _alone(out: IO[bytes], part: Path) -> None:
    try:
        fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failed("busy", part, "another pull is writing this file") from error


def _find(source: Path, file: ModelFile) -> Path:
    if not source.is_dir():
        raise BadInput("not-found", source, "expected a folder")
    for path in _files(source):
        if is_file_of(path, file):
            return path
    what = f"no file under it has the {file.algorithm} of {file.name}: {file.digest}"
    raise BadInput("not-found", source, what)


def _files(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        yield from (Path(where) / name for name in sorted(names))


def _download(file: ModelFile, out: IO[bytes], progress: Progress) -> None:
    have = out.tell()
    if have > file.size:
        have = out.truncate(0)
    try:
        answer = _ask(file, have)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416:  # what is here is not a beginning of what the server has
                out.truncate(0)
            what = f"expected the file, the server answered {error.code} {error.reason}"
        raise Failed("download-refused", file.address, what) from error
    except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
        reason = getattr(error, "reason", None) or error
        raise Failed("download-refused", file.address, f"no answer: {reason}") from error
    with answer:
        goes_on = answer.status == 206 and _starts_at(answer, have)
        if have and not goes_on:  # a server without ranges sends the whole file again
            have = out.truncate(0)
        _write(_network(answer), out, file, have, progress)
    if out.tell() < file.size:
        what = f"cut after {out.tell()} of {file.size} bytes; run the same command to go on"
        raise Failed("download-cut", file.address, what)


def _ask(file: ModelFile, have: int) -> http.client.HTTPResponse:
    request = urllib.request.Request(file.address)  # noqa: S310 - the registry admits http(s) only
    if have:
        request.add_header("Range", f"bytes={have}-")
    answer: http.client.HTTPResponse = _opener().open(request, timeout=TIMEOUT_S)
    return answer


def _starts_at(answer: http.client.HTTPResponse, have: int) -> bool:
    return (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")


def _network(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """What comes until the end or a cut; errors of the network end it, none of the disk do."""
    while True:
        try:
            chunk = answer.read(CHUNK)
        except (http.client.HTTPException, OSError):
            return
        if not chunk:
            return
        yield chunk


def _copy(stream: IO[bytes], out: IO[bytes], file: ModelFile, have: int, show: Progress) -> None:
    _write(iter(lambda: stream.read(CHUNK), b""), out, file, have, show)


def _write(
    chunks: Iterator[bytes], out: IO[bytes], file: ModelFile, have: int, progress: Progress
) -> None:
    progress(file.name, have, file.size)
    for chunk in chunks:
        have += out.write(chunk)
        progress(file.name, min(have, file.size), file.size)
        if have > file.size:  # more than the file has: it is another one, as the hash will say
            break
    out.flush()


def _opener() -> urllib.request.OpenerDirector:
    """Knows http and https and nothing else: no redirect leads to a local file or to FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "miseban"), ("Accept-Encoding", "identity")]
    return opener
