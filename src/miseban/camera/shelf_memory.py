"""What staff taught of shelves, over a restart: weights of the facings' own classifiers, in a small
file beside the outbox. No picture, and no numbers of how a facing looked at any moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from miseban.space.shelf import COMMON, Learnt
from miseban.space.shelf.weights import NAMES
from miseban.vocabulary.shop import Camera, Facing
from miseban.vocabulary.whole_files import write_whole

ENDS: Final = ".lessons.json"
LARGEST: Final = 4_000_000
"""Bytes: some 500 facings take a quarter of it."""
_OURS: Final = 0o600
_SIZE: Final = len(NAMES)
_Loss = Annotated[float, Field(ge=0, le=100)]
_Weight = Annotated[float, Field(ge=-1000, le=1000)]
_Weights = Annotated[tuple[_Weight, ...], Field(min_length=_SIZE, max_length=_SIZE)]

log = structlog.get_logger(__name__)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Kept(_Model):
    """Of one facing; ``drawn`` says of which product, drawn how in which pictures. Weights for
    empty and for low."""

    drawn: str
    own: tuple[_Weights, _Weights]
    losses: Annotated[tuple[tuple[_Loss, _Loss], ...], Field(max_length=100)]
    moments: Annotated[int, Field(ge=1)]


class _File(_Model):
    """``made``: the numbers and the weights that all facings begin with."""

    version: Literal[1] = 1
    made: str
    facings: dict[str, _Kept]


class ShelfMemory:
    """Of ``facings``, each with its shelf, that ``camera`` sees, in ``folder``. A facing that is
    drawn otherwise now, or for another product, begins anew, and so do all after a version whose
    weights are others. ``learnt`` is by number what is still true."""

    def __init__(self, folder: Path, camera: Camera, facings: Sequence[tuple[str, Facing]]) -> None:
        self._path = memory_file(folder, camera.id)
        self._names = [f"{shelf}/{facing.id}" for shelf, facing in facings]
        self._drawn = [_drawn(camera, facing) for _, facing in facings]
        self._failing = False
        found = self._read()
        self.learnt: dict[int, Learnt] = {}
        for number, (name, drawn) in enumerate(zip(self._names, self._drawn, strict=True)):
            kept = found.get(name)
            if kept is not None and kept.drawn == drawn:
                self.learnt[number] = Learnt(kept.own, kept.losses, kept.moments)
        if len(self.learnt) < len(found):
            self.write(self.learnt)

    def write(self, learnt: Mapping[int, Learnt]) -> None:
        """Keeps ``learnt``, by number, instead of what was. A disk that cannot be written is
        logged once: the lessons go on in memory."""
        facings = {
            self._names[n]: _Kept(
                drawn=self._drawn[n], own=one.own, moments=one.moments,
                losses=tuple((round(old, 4), round(own, 4)) for old, own in one.losses),
            )
            for n, one in learnt.items()
        }  # fmt: skip
        try:
            write_whole(
                self._path, _File(made=_made(), facings=facings).model_dump_json(), mode=_OURS
            )
            self._failing = False
        except OSError as error:
            if not self._failing:
                log.warning("lessons.not_kept", file=self._path.name, why=str(error))
            self._failing = True

    def _read(self) -> dict[str, _Kept]:
        """What the file says; nothing where there is none. One that cannot be read is left behind,
        with one line in the log."""
        try:
            with self._path.open("rb") as file:
                data = file.read(LARGEST + 1)
            if len(data) > LARGEST:
                raise ValueError(f"over {LARGEST} bytes")
            found = _File.model_validate_json(data)
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError, ValueError) as error:
            why = str(error).splitlines()[0]
            log.warning("lessons.unreadable", file=self._path.name, why=f"{why}; begun anew")
            return {}
        return found.facings if found.made == _made() else {}


def memory_file(folder: Path, camera: str) -> Path:
    return folder / f"{camera}{ENDS}"


def forget(folder: Path, camera: str) -> None:
    """``camera`` tells of no shelf any more."""
    memory_file(folder, camera).unlink(missing_ok=True)


def _drawn(camera: Camera, facing: Facing) -> str:
    said = [camera.id, list(camera.resolution), facing.gtin, [list(p) for p in facing.polygon]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _made() -> str:
    """Of what the weights are, and near which they were learned."""
    said = [list(NAMES), COMMON.empty.tolist(), COMMON.low.tolist()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
