"""A room in which people walk about, and cameras on its walls that see all of it, with what can go
wrong with them. Projection and faults are computed here, apart from ``miseban``."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust import CameraTrouble, CameraTrust
from miseban.vocabulary.shop import Shop, parse_shop

Floats = NDArray[np.float64]

WIDE_M, DEEP_M = 12.0, 8.0
FPS = 5.0
FOCAL_PX, SIZE = 300.0, (640, 360)


@dataclass
class Eye:
    """A camera at ``place`` that looks at ``at``, both in metres; ``ahead_s`` is its clock's error,
    ``yaw`` and ``pitch`` radians by which it is turned to the left and up; ``ghosts`` people who
    are not there are seen, and of those who are a part is not; each from a time on."""

    name: str
    place: tuple[float, float, float]
    at: tuple[float, float, float]
    ahead_s: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    from_s: float = 0.0
    away: list[tuple[float, float]] = field(default_factory=list)
    ghosts: int = 0
    blind_part: float = 0.0

    def pixels(self, floor: Floats, *, turned: bool, up_m: float = 0.0) -> Floats:
        """(N, 2) pixels of places (N, 2), ``up_m`` above the floor."""
        eye = np.array(self.place)
        forward = np.array(self.at) - eye
        forward /= np.linalg.norm(forward)
        # On the plan y goes down: who looks down on it has the left of the plan to the right.
        right = np.array([-forward[1], forward[0], 0.0])
        right /= np.linalg.norm(right)
        up = np.array([0, 0, 1.0]) - forward[2] * forward
        up /= np.linalg.norm(up)
        ray = np.column_stack([floor, np.full(len(floor), up_m)]) - eye
        x, y, z = ray @ right, ray @ -up, ray @ forward
        if turned:
            c, s = np.cos(self.yaw), np.sin(self.yaw)
            x, z = c * x + s * z, -s * x + c * z
            c, s = np.cos(self.pitch), np.sin(self.pitch)
            y, z = c * y + s * z, -s * y + c * z
        middle = np.array(SIZE) / 2
        pixels: Floats = middle + FOCAL_PX * np.column_stack([x, y]) / z[:, None]
        return pixels


def three() -> list[Eye]:
    middle = (WIDE_M / 2, DEEP_M / 2, 0.0)
    return [
        Eye("north", (6.0, -1.5, 3.2), middle),
        Eye("west", (-1.5, 5.0, 3.0), middle),
        Eye("south", (7.0, 9.5, 3.4), middle),
    ]


def shop(eyes: list[Eye]) -> Shop:
    spots = [(2, 2), (10, 2), (10, 6), (2, 6), (6, 4), (4, 3)]
    text = f"""
[shop]
id = "room"
name = "Room"
timezone = "Asia/Tokyo"
policy = "jp"
floor = {{ width_m = {WIDE_M}, depth_m = {DEEP_M} }}
"""
    for eye in eyes:
        seen = eye.pixels(np.array(spots, float), turned=False)
        pairs = "\n".join(
            f"  {{ pixel = [{u:.3f}, {v:.3f}], floor_m = [{x:.1f}, {y:.1f}] }},"
            for (u, v), (x, y) in zip(seen.tolist(), spots, strict=True)
        )
        text += f"""
[[camera]]
id = "{eye.name}"
source = "sim:{eye.name}"
resolution = [{SIZE[0]}, {SIZE[1]}]
fps = {FPS:g}
floor_points = [
{pairs}
]
"""
    return parse_shop(text, "room.toml")


def walkers(seed: int, people: int, seconds: float) -> Floats:
    """(P, T, 2) places of people who walk from place to place and stop there, at ``FPS``."""
    rng = np.random.default_rng(seed)
    steps = round(seconds * FPS)
    out = np.zeros((people, steps, 2))
    for p in range(people):
        here = rng.uniform((1, 1), (WIDE_M - 1, DEEP_M - 1))
        t = 0
        while t < steps:
            to = rng.uniform((1, 1), (WIDE_M - 1, DEEP_M - 1))
            n = max(1, round(float(np.hypot(*(to - here))) / rng.uniform(0.7, 1.4) * FPS))
            stand = round(rng.uniform(0, 12) * FPS)
            way = np.concatenate(
                [here + (to - here) * np.arange(1, n + 1)[:, None] / n, np.tile(to, (stand, 1))]
            )[: steps - t]
            out[p, t : t + len(way)] = way
            here, t = to, t + len(way)
    return out


def play(
    eyes: list[Eye], seed: int = 1, people: int = 6, seconds: float = 400.0, *, frames: bool = False
) -> tuple[CameraTrust, list[CameraTrouble]]:
    """What is found of the cameras while people walk about before them."""
    ways = walkers(seed, people, seconds)
    rng = np.random.default_rng(seed + 1)
    trust = CameraTrust(shop(eyes))
    found: list[CameraTrouble] = []
    step = round(FPS)
    true_s = np.arange(ways.shape[1]) / FPS
    ghosts = walkers(seed + 2, 20, seconds)
    for at in range(0, ways.shape[1], step):
        for eye in eyes:
            there = np.ones(step, bool)
            moments = true_s[at : at + step]
            for from_s, to_s in eye.away:
                there &= (moments < from_s) | (moments >= to_s)
            told_s = moments[there] + np.where(moments[there] >= eye.from_s, eye.ahead_s, 0.0)
            if frames:
                trust.frames(eye.name, told_s)
            bodies = [(p, ways[p]) for p in range(people)]
            if moments[0] >= eye.from_s:
                bodies += [(1000 + g, ghosts[g]) for g in range(eye.ghosts)]
            for number, way in bodies:
                place = way[at : at + step][there]
                if not len(place):
                    continue
                after = moments[there] >= eye.from_s
                feet = np.where(
                    after[:, None], eye.pixels(place, turned=True), eye.pixels(place, turned=False)
                )
                head = eye.pixels(place, turned=False, up_m=1.65)
                tall = np.abs(feet[:, 1] - head[:, 1])
                feet = feet + rng.normal(0, 0.02, feet.shape) * tall[:, None]
                box = np.column_stack(
                    [feet[:, 0] - tall / 5, feet[:, 1] - tall, feet[:, 0] + tall / 5, feet[:, 1]]
                )
                seen = np.asarray(((feet >= 0) & (feet <= SIZE)).all(axis=1))
                seen &= rng.random(len(seen)) < 0.96
                if eye.blind_part and moments[0] >= eye.from_s:
                    seen &= number % 10 >= 10 * eye.blind_part
                track = np.full(int(seen.sum()), number)
                trust.raw(eye.name, told_s[seen], track, feet[seen], box[seen])
        trust.advance(float(true_s[min(at + step, len(true_s) - 1)]))
        found += trust.troubles()
    return trust, found
