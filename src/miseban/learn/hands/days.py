"""Which days of drawn shops are played, to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Days:
    """Those of the shop of ``file`` with ``seeds``, ``until_s`` seconds of each."""

    file: Path
    seeds: tuple[int, ...]
    until_s: float


Known = Mapping[str, tuple[Sequence[int], float]]
"""Seeds of the shops of a folder, and how many seconds of each were played."""

SHORT_S, LONG_S = 240.0, 900.0
GOODS: Known = {
    "one": ((*range(1, 10), *range(41, 45), *range(101, 109)), SHORT_S),
    "three": ((*range(1, 10), *range(41, 44), *range(101, 105)), SHORT_S),
}
"""What the network that tells goods was learnt from ..."""
HANDS: Known = {
    "one": ((*range(1, 10), *range(41, 45), *range(101, 115)), SHORT_S),
    "three": ((*range(1, 10), *range(41, 44), *range(101, 108)), SHORT_S),
    "alone": (range(200, 203), LONG_S),
    "reaching": (range(300, 309), LONG_S),
}
"""... and the one that tells hands."""


def of_folder(folder: Path, known: Known) -> list[Days]:
    """Those ``known`` of the shops in ``folder``, which ``python -m bench.hands_shop`` writes."""
    return [
        Days(folder / f"{name}.toml", tuple(seeds), until_s)
        for name, (seeds, until_s) in known.items()
    ]


def named(text: str, seeds: Sequence[int], until_s: float) -> Days:
    """``text`` is SHOP or SHOP=SEED,…; where it names no seeds, ``seeds`` are played."""
    path, _, own = text.partition("=")
    return Days(Path(path), tuple(int(seed) for seed in own.split(",")) if own else tuple(seeds),
                until_s)  # fmt: skip
