"""Brings a model's files to this machine: downloads that resume, or a copy from a folder.

A file appears under its name only when it is whole and its hash is right.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from miseban.vision.models.download import CHUNK, Progress, download, write
from miseban.vision.models.registry import Model, ModelFile
from miseban.vision.models.store import file_hash, is_file_of, packaged
from miseban.vocabulary.errors import BadInput, Failed


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
    ``disk`` (no room; nothing is left behind), ``busy`` (another pull writes the same file).
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
        _check_room(folder, part, file)
        with _alone(part) as out, _not_left_full(part):
            if is_file_of(target, file):  # another pull has just finished
                part.unlink(missing_ok=True)
                return target
            if found is not None:
                out.truncate(0)
                with found.open("rb") as stream:
                    _copy(stream, out, file, 0, progress)
            elif out.tell() != file.size:
                download(file, out, progress)
            out.flush()
            os.fsync(out.fileno())
            # Still alone: nobody may write to the file once its hash was found right.
            return _put(part, target, file, found)
    except PermissionError as error:
        raise BadInput("models-folder", folder, f"cannot be written: {error.strerror}") from error
    except OSError as error:
        raise Failed("disk", part, f"cannot be written: {error.strerror}") from error


def _check_room(folder: Path, part: Path, file: ModelFile) -> None:
    """Before minutes of a download; what is there already needs no more room."""
    needed = file.size - _length(part)
    free = shutil.disk_usage(folder).free
    if needed > free:
        what = f"{file.name} needs {needed / 1e6:.1f} MB more, {free / 1e6:.1f} MB are free"
        raise Failed("disk", folder, what)


def _length(part: Path) -> int:
    """Bytes at hand: another pull may give the file its name at any moment."""
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _put(part: Path, target: Path, file: ModelFile, found: Path | None) -> Path:
    """Gives the file its name, if its bytes are the registered ones."""
    if not is_file_of(part, file):
        what = f"expected {file.algorithm} {file.digest} ({file.size} bytes), found "
        what += f"{file_hash(part, file.algorithm)} ({part.stat().st_size} bytes); removed"
        part.unlink()
        raise Failed("model-hash", found or file.address, what)
    part.replace(target)
    return target


@contextlib.contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The unfinished file, open for appending to what an earlier attempt has brought, while no
    other pull writes to it."""
    while True:
        with part.open("ab") as out:
            try:
                fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Failed("busy", part, "another pull is writing this file") from error
            if not _is_still(part, out):
                continue  # another pull has ended in between: its file is no longer this one
            yield out
            return


@contextlib.contextmanager
def _not_left_full(part: Path) -> Iterator[None]:
    """What filled a disk is removed, while it is still ours: a moment later it may be the file of
    another pull."""
    try:
        yield
    except OSError as error:
        if not isinstance(error, PermissionError):
            with contextlib.suppress(OSError):
                part.unlink()
        raise


def _is_still(part: Path, out: IO[bytes]) -> bool:
    try:
        return os.path.samestat(part.stat(), os.fstat(out.fileno()))
    except FileNotFoundError:
        return False


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


def _copy(stream: IO[bytes], out: IO[bytes], file: ModelFile, have: int, show: Progress) -> None:
    write(iter(lambda: stream.read(CHUNK), b""), out, file, have, show)
