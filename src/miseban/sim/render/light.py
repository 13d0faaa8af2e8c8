"""The shop's light: lamps that are on all day, and daylight that comes in by the door."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from miseban.sim.render.mesh import Floats

FROM_ABOVE = np.array([0.25, 0.35, 0.90], np.float32) / math.sqrt(0.25**2 + 0.35**2 + 0.90**2)
EXPOSURE = 0.82
STEPS_AN_HOUR = 4  # how often the light changes


@dataclass(frozen=True, slots=True)
class Light:
    """The light at one hour of the day, 0 to 24. ``door`` is the middle of the opening on the
    stage (x, y), or None for a shop without daylight."""

    hour: float
    door: tuple[float, float] | None

    @property
    def daylight(self) -> float:
        """0 from six in the evening to six in the morning, 1 at noon."""
        return float(math.sin(math.pi * min(max((self.hour - 6) / 12, 0.0), 1.0)) ** 0.6)

    @property
    def tint(self) -> Floats:
        """Of daylight, as red, green, blue: warm when the sun is low."""
        warm = 1 - self.daylight
        return np.array([1.0, 1.0 - 0.12 * warm, 1.04 - 0.40 * warm], np.float32)

    def at(self, points: Floats) -> Floats:
        """How much light falls on stage points (N, 3): (N, 3), around 1."""
        x, y = points[:, 0], points[:, 1]
        lamps = 0.93 + 0.05 * np.cos(x * (2 * np.pi / 2.4)) * np.cos(y * (2 * np.pi / 3.2))
        total = np.repeat(lamps[:, None], 3, axis=1)
        if self.door is not None:
            far = (x - self.door[0]) ** 2 + (y - self.door[1]) ** 2
            glow = 0.55 * self.daylight / (1 + far / 2.5**2)
            total = total + glow[:, None] * self.tint
        # The camera's exposure follows, and spares what is white.
        result: Floats = EXPOSURE * total / (1 + 0.10 * self.daylight)
        return result

    def shade(self, points: Floats, normals: Floats, colour: Floats) -> Floats:
        """Colours as seen, (N, 3) from 0 to 1: a bright ceiling, a floor that gives back some."""
        return lit(self.at(points), normals, colour)


def lit(light: Floats, normals: Floats, colour: Floats) -> Floats:
    """Colours as seen, (N, 3) from 0 to 1, where so much ``light`` (N, 3) falls."""
    sky = 0.72 + 0.16 * normals[:, 2] + 0.38 * np.maximum(normals @ FROM_ABOVE, 0.0)
    result: Floats = np.clip(colour * light * sky[:, None], 0.0, 1.0)
    return result
