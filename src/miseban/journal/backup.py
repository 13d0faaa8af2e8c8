"""Back-up and restore: a whole journal, copied while it is written, and checked byte by byte."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from miseban.journal.disk import Disk, RealDisk, write_durably
from miseban.journal.holdings import hold, problems_of, steadily
from miseban.journal.log import decode, log_numbers
from miseban.journal.manifest import (
    FILE,
    RECEIPTS,
    REJECTED,
    ROLLUPS,
    log_path,
    read_manifest,
)
from miseban.vocabulary.errors import BadInput, Failed

LIST = "backup.json"
_LIVE = (ROLLUPS, REJECTED, RECEIPTS)


def _inside(name: str) -> str:
    for path in (PurePosixPath(name), PureWindowsPath(name)):
        if not path.parts or path.anchor or ".." in path.parts:
            raise ValueError("expected the name of a file in the back-up's folder")
    return name


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CopiedFile(_Table):
    """``size`` in bytes."""

    size: int
    sha256: str


class Backup(_Table):
    """``backup.json``: what was copied, and the hash of each file. Written last."""

    version: Literal[1] = 1
    shop: str
    made: AwareDatetime
    events: int
    files: dict[Annotated[str, AfterValidator(_inside)], CopiedFile]


class Checked(_Table):
    """``events`` in all, and what is wrong with them, a line each."""

    shop: str
    events: int
    problems: tuple[str, ...]


def back_up(folder: Path, to: Path, made: datetime, disk: Disk | None = None) -> Backup:
    """Copies the journal of ``folder`` to the new folder ``to``, as it is at one moment; a hub may
    be writing it. Raises ``BadInput`` (``journal``, ``output``), ``Failed`` (``backup``): then
    ``to`` is not there."""
    disk = disk or RealDisk()
    _need_new(to)
    read_manifest(folder)
    part = to.with_name(f".{to.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        disk.make_folder(part)
        done: dict[str, CopiedFile] = {}
        steadily(lambda: _copy(folder, part, done, disk), folder)
        held = hold(part)
        found = Backup(
            shop=held.manifest.shop,
            made=made,
            events=held.events,
            files=dict(sorted(done.items())),
        )
        write_durably(disk, part / LIST, found.model_dump_json(indent=1).encode())
        disk.rename(part, to)
        disk.sync_folder(to.parent)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise Failed("backup", to, f"not backed up: {error.strerror or error}") from None
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return found


def _copy(folder: Path, part: Path, done: dict[str, CopiedFile], disk: Disk) -> None:
    """Raises ``FileNotFoundError`` when a compaction came in between: what it left as it was need
    not be copied again."""
    content = disk.read(folder / FILE)
    manifest = read_manifest(folder, content)
    segments = {str(segment.path) for segment in manifest.segments}
    for name in [name for name in done if name not in segments]:
        disk.unlink(part / name)
        del done[name]
    for name in sorted(segments - done.keys()):
        done[name] = _write(part / name, disk.read(folder / name), disk)
    for number in log_numbers(disk, folder):
        if number >= manifest.first_log:
            path = log_path(folder, number)
            data = disk.read(path)
            name = path.relative_to(folder).as_posix()
            done[name] = _write(part / name, data[: decode(data, path.name).end], disk)
    for inner in _LIVE:
        for path in sorted((folder / inner).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and path.suffix != ".part":
                done[name] = _write(part / name, disk.read(path), disk)
    if disk.read(folder / FILE) != content:
        raise FileNotFoundError
    done[FILE] = _write(part / FILE, content, disk)


def _write(path: Path, data: bytes, disk: Disk) -> CopiedFile:
    disk.make_folder(path.parent)
    write_durably(disk, path, data)
    return CopiedFile(size=len(data), sha256=hashlib.sha256(data).hexdigest())


def restore(backup: Path, folder: Path, disk: Disk | None = None) -> Backup:
    """Makes the new journal ``folder`` of a back-up, every byte checked. Cameras go on from there:
    what they still have comes again, what they have forgotten since is told as lost.

    Raises ``BadInput`` (``backup``, ``output``): nothing was written; ``Failed`` (``restore``): the
    disk refused, and ``folder`` is not there."""
    disk = disk or RealDisk()
    _need_new(folder)
    found = _read_list(backup)
    wrong = list(_wrong_bytes(backup, found))
    if wrong:
        raise BadInput("backup", backup, f"a back-up that is damaged: {wrong[0]}")
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        disk.make_folder(part)
        for name, file in found.files.items():
            if _write(part / name, disk.read(backup / name), disk) != file:
                raise OSError(None, f"{name} has changed")
        disk.rename(part, folder)
        disk.sync_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise Failed("restore", folder, f"not restored: {error.strerror or error}") from None
    return found


def check(folder: Path) -> Checked:
    """Whether all of a journal or of a back-up can be read, is what it says, and nothing is there
    twice. Raises ``BadInput`` when it is neither."""
    wrong: list[str] = []
    if (folder / LIST).is_file():
        found = _read_list(folder)
        wrong += _wrong_bytes(folder, found)
        if FILE in {line.partition(":")[0] for line in wrong}:
            return Checked(shop=found.shop, events=0, problems=tuple(wrong))

    def look() -> Checked:
        held = hold(folder)
        problems = (*wrong, *problems_of(held))
        return Checked(shop=held.manifest.shop, events=held.events, problems=problems)

    return steadily(look, folder)


def _read_list(backup: Path) -> Backup:
    path = backup / LIST
    try:
        return Backup.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput("backup", path, f"no back-up there: {error.strerror}") from None
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, told["loc"])) or "the file"
        raise BadInput("backup", path, f"{where}: {told['msg']}") from None


def _wrong_bytes(backup: Path, found: Backup) -> Iterator[str]:
    for name, file in found.files.items():
        try:
            data = (backup / name).read_bytes()
        except OSError as error:
            yield f"{name}: {error.strerror}"
            continue
        if (len(data), hashlib.sha256(data).hexdigest()) != (file.size, file.sha256):
            yield f"{name}: other bytes than were copied"


def _need_new(path: Path) -> None:
    if path.exists():
        raise BadInput("output", path, "expected a new folder, found one that exists")
    if not path.absolute().parent.is_dir():
        raise BadInput("output", path, f"expected a folder that exists: {path.absolute().parent}")
