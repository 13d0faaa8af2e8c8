"""What a figure wears and how it is built: from its appearance seed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from miseban.sim.render.mesh import Colour
from miseban.sim.state import Figure

TOPS: tuple[Colour, ...] = (
    (0.85, 0.84, 0.80), (0.16, 0.20, 0.34), (0.55, 0.13, 0.14), (0.24, 0.42, 0.58),
    (0.33, 0.45, 0.27), (0.80, 0.66, 0.30), (0.12, 0.12, 0.13), (0.50, 0.50, 0.52),
    (0.66, 0.47, 0.60), (0.76, 0.44, 0.24), (0.42, 0.30, 0.22), (0.60, 0.74, 0.80),
    (0.88, 0.78, 0.76), (0.20, 0.44, 0.42),
)  # fmt: skip
BOTTOMS: tuple[Colour, ...] = (
    (0.13, 0.16, 0.26), (0.10, 0.10, 0.11), (0.30, 0.36, 0.48), (0.36, 0.32, 0.26),
    (0.60, 0.55, 0.45), (0.26, 0.27, 0.29), (0.40, 0.24, 0.22), (0.70, 0.70, 0.68),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (0.04, 0.03, 0.03), (0.05, 0.04, 0.04), (0.06, 0.05, 0.05), (0.04, 0.04, 0.05),
    (0.05, 0.04, 0.03), (0.09, 0.06, 0.05), (0.14, 0.09, 0.06), (0.20, 0.13, 0.08),
    (0.28, 0.27, 0.26),
)  # fmt: skip
SKINS: tuple[Colour, ...] = (
    (0.86, 0.66, 0.54), (0.80, 0.60, 0.46), (0.90, 0.72, 0.61), (0.62, 0.43, 0.31),
    (0.42, 0.28, 0.20),
)  # fmt: skip
SHOES: tuple[Colour, ...] = ((0.08, 0.08, 0.08), (0.78, 0.78, 0.76), (0.30, 0.20, 0.14))
UNIFORM: Colour = (0.10, 0.36, 0.24)
"""Of the apron that staff wear in a shop whose file names no uniform."""

Hair = Literal["short", "bob", "long", "bun", "cap"]
Garment = Literal["trousers", "shorts", "skirt", "coat"]


@dataclass(frozen=True, slots=True)
class Look:
    """``build`` widens the body (1 is average); ``short_sleeves`` bares the forearms; ``apron`` is
    its colour, None for none."""

    build: float
    top: Colour
    bottom: Colour
    hair: Colour
    skin: Colour
    shoes: Colour
    cut: Hair
    garment: Garment
    short_sleeves: bool
    apron: Colour | None
    backpack: bool


def look_of(figure: Figure, uniform: Sequence[Colour] = ()) -> Look:
    """The same for the same seed. Staff wear one of the colours ``uniform`` on the upper body and
    as an apron; without any, an apron in ``UNIFORM`` over clothes of their own."""
    rng = np.random.default_rng([figure.appearance, 0x5D0])
    staff = figure.kind == "staff"

    def one_of(choices: tuple[Colour, ...]) -> Colour:
        colour = np.array(choices[int(rng.integers(len(choices)))])
        red, green, blue = np.clip(colour * rng.uniform(0.85, 1.15), 0, 1).tolist()
        return red, green, blue

    top, bottom, hair, skin, shoes = (one_of(c) for c in (TOPS, BOTTOMS, HAIRS, SKINS, SHOES))
    cuts: tuple[Hair, ...] = ("short", "short", "short", "bob", "long", "bun", "cap")
    garments: tuple[Garment, ...] = ("trousers", "trousers", "trousers", "shorts", "skirt", "coat")
    cut = cuts[int(rng.integers(len(cuts)))]
    garment = garments[int(rng.integers(len(garments)))]
    seated = figure.carries == "wheelchair" or figure.posture == "sit"
    if seated or staff:
        garment = "trousers"
    apron = UNIFORM if staff else None
    if staff and uniform:
        top = apron = uniform[figure.appearance % len(uniform)]
    return Look(
        build=float(rng.uniform(0.90, 1.22)),
        top=top,
        bottom=bottom,
        hair=hair,
        skin=skin,
        shoes=shoes,
        cut=cut,
        garment=garment,
        short_sleeves=bool(rng.random() < 0.45),
        apron=apron,
        backpack=bool(rng.random() < 0.12) and not staff and not seated,
    )
