"""``fps=5,cores=1,ram_mb=300``: what a camera may cost, and the best model within it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from miseban.vision.models.measured import Measured
from miseban.vocabulary.errors import BadInput

DEFAULT_FPS = 5.0
"""Frames analysed a second where nothing is said, as in the shop file."""
SAME_AP50 = 0.01
"""Accuracies nearer to each other than this are one: the cheaper model is taken. It is about what
the choice of the frames makes out."""


class Budget(BaseModel):
    """What one camera may use: ``fps`` frames a second in time, on average no more than ``cores``
    of the processor, never more than ``ram_mb`` (10^6 bytes); None is no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fps: float = DEFAULT_FPS
    cores: float | None = None
    ram_mb: float | None = None

    def __str__(self) -> str:
        given = [(key, value) for key, value in self.model_dump().items() if value is not None]
        return ",".join(f"{key}={value:g}" for key, value in given)

    def needs(self, measured: Measured) -> dict[str, float]:
        """What a camera with that model takes, in the units of the budget's keys: frames a second
        at most, cores at ``fps``, memory."""
        return {
            "fps": 1000.0 / max(measured.ms_per_frame, 1e-6),
            "cores": self.fps * measured.camera_processor_ms / 1000.0,
            "ram_mb": measured.peak_mb,
        }

    def strain(self, measured: Measured) -> float:
        """How far the scarcest thing is used: 1 is just enough, more is too much."""
        needs = self.needs(measured)
        strains = [self.fps / needs["fps"]]
        strains += [needs["cores"] / self.cores] if self.cores is not None else []
        strains += [needs["ram_mb"] / self.ram_mb] if self.ram_mb is not None else []
        return max(strains)


def parse_budget(text: str, fps: float = DEFAULT_FPS) -> Budget:
    """Reads ``KEY=NUMBER,...``; ``fps`` stands where the text does not say it. Raises ``BadInput``
    naming the key."""
    keys = tuple(Budget.model_fields)
    given: dict[str, float] = {}
    for part in text.split(","):
        key, equals, value = (word.strip() for word in part.partition("="))
        if key not in keys or not equals:
            what = f"expected KEY=NUMBER with one of {', '.join(keys)}, found {part.strip()!r}"
            raise BadInput("bad-budget", "--budget", what)
        if key in given:
            raise BadInput("bad-budget", "--budget", f"{key}: given twice")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number > 0):
            what = f"{key}: expected a number above 0, found {value!r}"
            raise BadInput("bad-budget", "--budget", what)
        given[key] = number
    return Budget(**{"fps": fps, **given})


def choose(
    found: Sequence[Measured], budget: Budget, ranks: Mapping[str, int]
) -> tuple[Measured, bool]:
    """The most accurate of ``found`` within ``budget`` and True, or, where nothing fits, the one
    nearest to it and False. ``found`` must not be empty.

    Accuracy is that on pictures of real people where all candidates were measured on such, else
    the registry's ``ranks`` by name: rendered pictures do not decide, since a model may have been
    trained on their like. Among equals the one that costs least processor time is taken.
    """
    fitting = [one for one in found if budget.strain(one) <= 1.0]
    if not fitting:
        return min(found, key=budget.strain), False
    real = [one.real_ap50 for one in fitting]
    if all(value is not None for value in real):
        best = max(value for value in real if value is not None)
        good = [one for one in fitting if (one.real_ap50 or 0.0) >= best - SAME_AP50]
    else:
        highest = max(ranks.get(one.name, 0) for one in fitting)
        good = [one for one in fitting if ranks.get(one.name, 0) == highest]
    return min(good, key=lambda one: (one.camera_processor_ms, one.peak_mb, one.title)), True


def shortfall(nearest: Measured, budget: Budget) -> BadInput:
    """The error for a budget that nothing meets: what was asked, and what comes nearest."""
    needs = budget.needs(nearest)
    takes = f"{needs['cores']:.2g} cores and {needs['ram_mb']:.0f} MB at {budget.fps:g} fps"
    what = f"nothing installed fits {budget}; nearest is {nearest.title}, which takes {takes}"
    if needs["fps"] < budget.fps:
        what += f" and reaches {needs['fps']:.2g} fps"
    return BadInput("budget", "--budget", what)
