"""What audits and overlapping cameras taught, beside the shop file: ``shop.accuracy.json``.

The shop file is written by people and stays theirs. Each minute that somebody looked at stands here
as it was told, so that the file can be read, checked and corrected by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from miseban.insight.uncertainty.accuracy import Accuracy, Evidence, Specification, shipped
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.identifiers import Name
from miseban.vocabulary.whole_files import alone, write_whole

Pair = tuple[NonNegativeInt, NonNegativeInt]


class Look(BaseModel):
    """One stretch of one line that was ``counted`` and that somebody, or another camera, ``told``
    of: pairs of in and out; ``passed`` were counted either way. It stands for ``weight`` stretches
    of its length. From an overlap, ``told`` are the passages that the other camera saw and
    ``counted`` those of them found here too: what only one of them saw may be right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["audit", "overlap"] = "audit"
    made: AwareDatetime
    camera: Name | None
    line: Name
    start: AwareDatetime
    seconds: float = Field(gt=0)
    condition: str
    weight: float = Field(default=1.0, gt=0)
    counted: Pair
    told: Pair
    passed: NonNegativeInt

    def evidence(self) -> Iterator[Evidence]:
        """What it teaches of each way. Within one minute a miss and an invention are taken to be
        rarer than either alone."""
        ways: tuple[Literal["in", "out"], ...] = ("in", "out")
        alone = self.source == "overlap"  # the other camera is no witness that nobody was there
        for way, counted, told in zip(ways, self.counted, self.told, strict=True):
            yield Evidence(
                source=self.source,
                camera=self.camera,
                line=self.line,
                way=way,
                condition=self.condition,
                minutes=self.seconds / 60,
                passages=told,
                missed=max(0, told - counted),
                false=0 if alone else max(0, counted - told),
                passed=0 if alone else self.passed,
                crowd=max(0, self.passed - 1) * 60 / self.seconds,
            )

    @property
    def place(self) -> tuple[str, str | None, str, float]:
        """Two looks at the same place and time are one: the later one stands."""
        return self.source, self.camera, self.line, self.start.timestamp()


class AccuracyFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    shop: Name
    specification: Specification = Field(default_factory=Specification)
    looks: tuple[Look, ...] = ()

    def accuracy(self) -> Accuracy:
        """What is now believed of the shop's counters."""
        evidence = tuple(one for look in self.looks for one in look.evidence())
        return Accuracy(shipped(), evidence, self.specification)


def accuracy_file(shop_file: Path) -> Path:
    """Where it stands for ``shop_file``."""
    return shop_file.with_name(f"{shop_file.stem}.accuracy.json")


def load_accuracy(shop_file: Path | None, shop: str) -> Accuracy:
    """What is believed of the shop's counters; what simulated cameras taught, where nobody has
    looked. Raises ``BadInput`` for a file that cannot be read or is of another shop."""
    if shop_file is None:
        return Accuracy.before_audits()
    return read(accuracy_file(shop_file), shop).accuracy()


def read(path: Path, shop: str) -> AccuracyFile:
    """The file, or an empty one where there is none. Raises ``BadInput``."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return AccuracyFile(shop=shop)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadInput("bad-accuracy", path, f"cannot be read: {reason}") from error
    try:
        known = AccuracyFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "as a whole"
        what = f"{place}: {first['msg']}; mend or remove it"
        raise BadInput("bad-accuracy", path, what) from error
    if known.shop != shop:
        raise BadInput("bad-accuracy", path, f"expected shop {shop!r}, found {known.shop!r}")
    return known


def add(
    path: Path, shop: str, looks: Sequence[Look], specification: Specification | None = None
) -> AccuracyFile:
    """Adds what was told, and sets the specification if one is given; returns the whole file.

    The old file or the new one stands there, never a part. Raises ``BadInput`` for a file that
    cannot be read, which is left as it is, and ``Failed`` for one that cannot be written.
    """
    try:
        with alone(path):
            known = read(path, shop)
            changed = known.model_copy(update={"looks": _merged(known.looks, looks)})
            if specification is not None:
                changed = changed.model_copy(update={"specification": specification})
            write_whole(path, changed.model_dump_json(by_alias=True, indent=1) + "\n")
    except OSError as error:
        raise Failed("accuracy", path, f"cannot be written: {error.strerror}") from error
    return changed


def _merged(known: Iterable[Look], more: Iterable[Look]) -> tuple[Look, ...]:
    by_place = {look.place: look for look in (*known, *more)}
    return tuple(sorted(by_place.values(), key=lambda look: (look.start, look.line, look.source)))
