"""Which model was chosen for a camera, beside its shop file: ``shop.models.json``.

The shop file is written by people and stays theirs. What a machine has measured of itself stands
in a file of its own; ``[[camera]] model`` in the shop file overrules it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from miseban.vision.models.budget import Budget
from miseban.vision.models.measured import Measured
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.whole_files import alone, write_whole


class Choice(BaseModel):
    """For one camera: the measured model, when it was chosen, for which budget, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measured: Measured
    budget: Budget
    chosen: AwareDatetime
    machine: str

    @property
    def model(self) -> str:
        """As ``--model`` takes it."""
        return self.measured.title


class Choices(BaseModel):
    """The whole file, by camera id."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    cameras: dict[str, Choice] = {}


def choices_file(shop_file: Path) -> Path:
    """Where the choices for the cameras of ``shop_file`` stand."""
    return shop_file.with_name(f"{shop_file.stem}.models.json")


def recorded(shop_file: Path, camera: str) -> Choice | None:
    """What was chosen for that camera, or None. Raises ``BadInput`` (``bad-choices``) for a file
    that cannot be read."""
    return _read(choices_file(shop_file)).cameras.get(camera)


def record(shop_file: Path, camera: str, choice: Choice) -> Path:
    """Writes the choice, those of other cameras stay; returns the file. Raises ``BadInput`` for a
    file that cannot be read, ``Failed`` (``choices``) for one that cannot be written."""
    path = choices_file(shop_file)
    try:
        with alone(path):
            known = _read(path)
            changed = known.model_copy(update={"cameras": {**known.cameras, camera: choice}})
            write_whole(path, changed.model_dump_json(by_alias=True, indent=2) + "\n")
    except OSError as error:
        raise Failed("choices", path, f"cannot be written: {error.strerror}") from error
    return path


def _read(path: Path) -> Choices:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Choices()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadInput("bad-choices", path, f"cannot be read: {reason}") from error
    try:
        return Choices.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "as a whole"
        what = f"{place}: {first['msg']}; remove it, and choose again with models bench --budget"
        raise BadInput("bad-choices", path, what) from error
