"""Where model files lie on this machine, and whether they are what the registry says.

``MISEBAN_MODELS`` names one or more folders, separated as in ``PATH``; without it models live in
``miseban/models`` of the user's data folder (XDG base directory specification). Last of all
``weights`` beside this module is looked at: what the package carries itself. A file counts only
if its hash is the registered one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from miseban.vision.models.registry import (
    Algorithm,
    Model,
    ModelFile,
    Registry,
    Runtime,
    Task,
    load_registry,
)
from miseban.vocabulary.errors import BadInput

PACKAGED = Path(__file__).with_name("weights")
"""What comes with the package, so that a first run needs no download."""
FOR_WORK = "yolox-nano"
"""What to get instead: small, permissively licensed, and much more accurate."""

_hashes: dict[tuple[Path, int, int, Algorithm], str] = {}


@dataclass(frozen=True, slots=True)
class Located:
    """A model at hand. ``path`` is its first file; None for one that is built in."""

    model: Model
    path: Path | None


def folders() -> tuple[Path, ...]:
    """The folders that are searched, in order; ``pull`` writes to the first."""
    named = os.environ.get("MISEBAN_MODELS", "")
    found = tuple(Path(part).expanduser() for part in named.split(os.pathsep) if part)
    if found:
        return found
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    return (base / "miseban" / "models",)


def file_hash(path: Path, algorithm: Algorithm = "sha256") -> str:
    """Hexadecimal hash of a file, remembered while its size and time of change stay the same.

    Raises ``OSError`` where the file cannot be read.
    """
    stat = path.stat()
    key = (path.absolute(), stat.st_size, stat.st_mtime_ns, algorithm)
    if key not in _hashes:
        with path.open("rb") as stream:
            _hashes[key] = hashlib.file_digest(stream, algorithm).hexdigest()
    return _hashes[key]


def is_file_of(path: Path, file: ModelFile) -> bool:
    """Whether ``path`` holds exactly the registered bytes. False where it cannot be read."""
    try:
        same_size = path.is_file() and path.stat().st_size == file.size
        return same_size and file_hash(path, file.algorithm) == file.digest
    except OSError:
        return False


def installed(model: Model) -> Path | None:
    """The model's first file if all its files are here with the right hashes, else None.

    Each folder is searched itself and one level of folders below it, then what the package
    carries. None also for a model that has no files.
    """
    for folder in _places():
        paths = [folder / file.name for file in model.files]
        if paths and all(map(is_file_of, paths, model.files)):
            return paths[0]
    return None


def packaged(model: Model) -> bool:
    """Whether the package itself carries the model's files, or it needs none."""
    return all((PACKAGED / file.name).is_file() for file in model.files)


def note_on(model: Model) -> str:
    """What to know of a model before its counts are believed; empty where there is nothing."""
    if not model.files or not packaged(model):
        return ""
    return f"built in, for a first look; for work get a better one: miseban models pull {FOR_WORK}"


def runs_here(runtime: Runtime) -> bool:
    """Whether that runtime is installed (some are extras)."""
    return runtime == "built-in" or importlib.util.find_spec(runtime) is not None


def best_installed(task: Task, registry: Registry | None = None) -> Model | None:
    """The most accurate model of a task that is at hand and can be run here, or None."""
    for model in (registry or load_registry()).of_task(task):
        if model.usable and model.rank > 0 and runs_here(model.runtime) and installed(model):
            return model
    return None


def runtime_of(name_or_file: str | Path, registry: Registry) -> tuple[str | Path, Runtime | None]:
    """``NAME@RUNTIME`` taken apart; the runtime is None where none is said.

    Raises ``BadInput`` (``unknown-runtime``) where that model does not run on it.
    """
    name, at, runtime = str(name_or_file).rpartition("@")
    if isinstance(name_or_file, Path) or not at or name not in registry.names():
        return name_or_file, None
    for known in registry.find(name).runtimes:
        if runtime == known:
            return name, known
    able = " or ".join(registry.find(name).runtimes)
    what = f"expected {able} behind the @, found {runtime!r}"
    raise BadInput("unknown-runtime", name_or_file, what)


def locate(name_or_file: str | Path, registry: Registry | None = None) -> Located:
    """A registered name, or the file of a registered model under any file name.

    Raises ``BadInput``: ``model-missing`` when it is registered and not installed,
    ``model-hash`` when a file of its name holds other bytes, ``model-unregistered`` for a file
    whose hash nobody registered, ``unknown-model`` when it is neither a name nor a file.
    """
    registry = registry or load_registry()
    name, path = str(name_or_file), Path(name_or_file).expanduser()
    if not isinstance(name_or_file, Path) and name in registry.names():
        return _by_name(registry.find(name))
    if path.is_file():
        return _by_file(path, registry)
    if path.suffix or path.parent != Path():
        raise BadInput(
            "unknown-model", name, "expected a model file or name; there is no such file"
        )
    raise registry.unknown(name)


def _places() -> list[Path]:
    places: list[Path] = []
    for folder in folders():
        places.append(folder)
        if folder.is_dir():
            places += sorted(p for p in folder.iterdir() if p.is_dir())
    return [*places, PACKAGED]


def _by_name(model: Model) -> Located:
    if not model.files:
        return Located(model, None)
    path = installed(model)
    if path is not None:
        return Located(model, path)
    for folder in _places():
        for file in model.files:
            if (folder / file.name).is_file() and not is_file_of(folder / file.name, file):
                raise _other_bytes(folder / file.name, model, file)
    where = ", ".join(str(folder) for folder in folders())
    what = f"not installed in {where}; get it with: miseban models pull {model.name}"
    raise BadInput("model-missing", model.name, what)


def _by_file(path: Path, registry: Registry) -> Located:
    try:
        digests = {kind: file_hash(path, kind) for kind in ("sha256", "sha384")}
    except OSError as error:
        raise BadInput("model-unreadable", path, f"cannot be read: {error.strerror}") from error
    for model in registry:
        for file in model.files:
            if digests[file.algorithm] == file.digest:
                return Located(model, _first_file(path, model))
    for model in registry:
        for file in model.files:
            if file.name == path.name:
                raise _other_bytes(path, model, file)
    what = f"not a registered model: its sha256 is {digests['sha256']}; see docs/models.md"
    raise BadInput("model-unregistered", path, what)


def _first_file(path: Path, model: Model) -> Path:
    """The model's first file, where ``path`` is any of them: the others lie beside it, under
    their registered name or its own with another ending."""
    found = []
    for file in model.files:
        beside = path.with_suffix(Path(file.name).suffix)
        matches = [p for p in (path, beside, path.with_name(file.name)) if is_file_of(p, file)]
        if not matches:
            raise BadInput(
                "model-incomplete", path, f"expected {file.name} of {model.name} beside it"
            )
        found.append(matches[0])
    return found[0]


def _other_bytes(path: Path, model: Model, file: ModelFile) -> BadInput:
    what = (
        f"not the registered {model.name}: expected {file.algorithm} {file.digest}, "
        f"found {file_hash(path, file.algorithm)}"
    )
    return BadInput("model-hash", path, what)
