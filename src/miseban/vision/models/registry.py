"""The model registry: which models are known, where they come from, and how they are read.

``registry.toml`` beside this module is the list itself. More models are registered by files of
the same form, named in the environment variable ``MISEBAN_REGISTRY`` (several are separated as
in ``PATH``) or handed to ``load_registry``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import is_name

Task = Literal[
    "person-detection",
    "face-detection",
    "age-gender",
    "head-pose",
    "landmarks",
    "person-attributes",
    "reidentification",
    "pose",
    "hand-detection",
]
Decoding = Literal[
    "yolox",
    "yolox-one-class",
    "ssd",
    "motion",
    "yunet",
    "ultralight",
    "age-gender",
    "head-pose",
    "person-attributes",
    "none",
]
Runtime = Literal["onnxruntime", "openvino", "built-in", "none"]
Algorithm = Literal["sha256", "sha384"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ModelFile(_Table):
    """One file of a model, known by its hash; exactly one of ``sha256`` and ``sha384`` is given
    (Open Model Zoo publishes SHA-384)."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    size: Annotated[int, Field(gt=0, description="bytes")]
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    sha384: Annotated[str, Field(pattern=r"^([0-9a-f]{96})?$")] = ""
    address: Annotated[
        str, Field(pattern=r"^(https?://\S+)?$", description="empty: not to be downloaded")
    ] = ""

    @model_validator(mode="after")
    def _one_hash(self) -> Self:
        if bool(self.sha256) == bool(self.sha384):
            raise ValueError("expected exactly one of sha256 and sha384")
        return self

    @property
    def algorithm(self) -> Algorithm:
        return "sha256" if self.sha256 else "sha384"

    @property
    def digest(self) -> str:
        """The expected hash in hexadecimal, by ``algorithm``."""
        return self.sha256 or self.sha384


class ModelInput(_Table):
    """How a picture becomes the model's input: resized, then ``(value - mean) * scale`` per
    channel, in the given order of colours and axes."""

    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]]
    """Width and height in pixels."""
    layout: Literal["nchw", "nhwc"] = "nchw"
    colour: Literal["bgr", "rgb"] = "bgr"
    resize: Literal["letterbox", "stretch"]
    scale: Annotated[float, Field(gt=0)] = 1.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Model(_Table):
    """One registered model. Its first file is the one a runtime opens."""

    name: str
    task: Task
    rank: Annotated[
        int, Field(ge=0, description="higher is more accurate; 0 is never chosen unasked")
    ] = 0
    licence: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1, description="who made it, what is known of it")]
    runtime: Runtime
    decoding: Decoding = "none"
    strides: Annotated[
        tuple[Annotated[int, Field(gt=0)], ...],
        Field(min_length=1, description="of the grids of cells, in the order of the rows"),
    ] = (8, 16, 32)
    input: ModelInput | None = None
    person_class: Annotated[int, Field(ge=0, description="number of the class that is kept")] = 0
    lowest_score: Annotated[float, Field(ge=0, le=1, description="below it a box says nothing")] = (
        0.1
    )
    files: Annotated[tuple[ModelFile, ...], Field(alias="file")] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not is_name(self.name.replace(".", "-")):
            raise ValueError(f"name {self.name!r}: expected letters, digits, '.', '-' and '_'")
        if (self.runtime == "built-in") == bool(self.files):
            raise ValueError("expected files, or runtime = 'built-in' and no files")
        if self.decoding not in ("none", "motion") and self.input is None:
            raise ValueError(f"decoding {self.decoding!r} needs an input table")
        return self

    @property
    def usable(self) -> bool:
        """Whether this release can run it; the others are registered for what comes later."""
        return self.decoding != "none"

    @property
    def runtimes(self) -> tuple[Runtime, ...]:
        """What can run it, its own first: OpenVINO runs a YOLOX in an ONNX file too."""
        also = self.runtime == "onnxruntime" and self.decoding in ("yolox", "yolox-one-class")
        return (self.runtime, "openvino") if also else (self.runtime,)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Registry:
    """All registered models, in the order of their files."""

    models: tuple[Model, ...]

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models)

    def names(self) -> tuple[str, ...]:
        return tuple(model.name for model in self.models)

    def find(self, name: str) -> Model:
        """The model of that name. Raises ``BadInput`` (``unknown-model``)."""
        for model in self.models:
            if model.name == name:
                return model
        raise self.unknown(name)

    def unknown(self, name: str) -> BadInput:
        """The error for a name that is not registered."""
        known = ", ".join(self.names())
        return BadInput("unknown-model", name, f"not a registered model; expected one of: {known}")

    def of_task(self, task: Task) -> tuple[Model, ...]:
        """Models of a task, the most accurate first."""
        found = (model for model in self.models if model.task == task)
        return tuple(sorted(found, key=lambda model: -model.rank))


def load_registry(extra: Iterable[Path] = ()) -> Registry:
    """The registry of this release, then the files of ``MISEBAN_REGISTRY``, then ``extra``.

    Raises ``BadInput``: ``registry-unreadable`` for a file that is missing or not TOML,
    ``bad-registry`` for a wrong key or value (named) or a name registered twice.
    """
    own = files("miseban.vision.models").joinpath("registry.toml")
    models = _parse("registry.toml", own.read_text(encoding="utf-8"))
    named = [Path(p) for p in os.environ.get("MISEBAN_REGISTRY", "").split(os.pathsep) if p]
    for path in [*named, *extra]:
        models += _parse(path, _text(path))
    seen: set[str] = set()
    for model in models:
        if model.name in seen:
            raise BadInput("bad-registry", model.name, "this name is registered twice")
        seen.add(model.name)
    return Registry(tuple(models))


class _File(_Table):
    model: tuple[Model, ...]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadInput("registry-unreadable", path, f"cannot be read: {reason}") from error


def _parse(where: Path | str, text: str) -> list[Model]:
    try:
        return list(_File.model_validate(tomllib.loads(text)).model)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("registry-unreadable", where, f"not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput("bad-registry", where, f"{place}: {first['msg']}") from error
