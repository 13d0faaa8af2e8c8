"""Random people on a free floor: alone, in pairs, in queues, in a crowd."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from miseban.learn.pictures.layouts import Layout, Rng
from miseban.sim.render import Lens
from miseban.sim.render.look import Look, look_of
from miseban.sim.render.mesh import Colour
from miseban.sim.state import Figure, Posture, Scene

APART_M = 0.42
LIGHT_STEP_S = 899.0
"""The rendered light changes every quarter of an hour, and the room with it."""
LOADS = ("", "basket", "bag", "cart", "walker", "wheelchair")
LOAD_SHARES = (0.52, 0.17, 0.20, 0.06, 0.02, 0.03)
POSTURES: tuple[Posture, ...] = ("walk", "stand", "reach", "crouch", "fallen")
POSTURE_SHARES = (0.42, 0.35, 0.16, 0.055, 0.015)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is in several pictures: bodies are costly to make."""

    height_m: float
    carries: str
    kind: str
    appearance: int


def cast(rng: Rng, count: int) -> list[Person]:
    """Some people; one in ten is a child, one in twelve works here."""
    return [_person(rng) for _ in range(count)]


def people(rng: Rng, place: Layout, persons: Sequence[Person], lens: Lens | None = None) -> Scene:
    """Some of ``persons``; half of the scenes have few, some have a queue or a crowd. With a
    ``lens``, most stand where its camera looks."""
    few = rng.random() < 0.45
    count = int(rng.integers(1, 5)) if few else int(rng.integers(3, len(persons) + 1))
    figures: list[Figure] = []
    free = list(rng.permutation(len(persons)))

    def add(x: float, y: float, **given: object) -> None:
        near = any(math.hypot(f.x - x, f.y - y) < APART_M for f in figures)
        if free and not near and place.free(x, y):
            person = persons[int(free.pop())]
            figures.append(_placed(rng, person, len(figures) + 1, x, y, given))

    if rng.random() < 0.3:
        _queue(rng, add, _spot(rng, place, lens))
    for _ in range(60 * count):
        if len(figures) >= count:
            break
        if figures and rng.random() < 0.35:  # beside somebody
            beside = figures[int(rng.integers(len(figures)))]
            turn, far = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(0.42, 0.9))
            add(beside.x + far * math.cos(turn), beside.y + far * math.sin(turn))
        else:
            add(*_spot(rng, place, lens))
    return Scene(float(rng.uniform(0, LIGHT_STEP_S)), tuple(figures))


def varied_look(figure: Figure) -> Look:
    """As the simulation dresses people, but in any colour: goods have the same ones."""
    look = look_of(figure)
    rng = np.random.default_rng([figure.appearance, 0x1EA2])
    if look.apron is not None and rng.random() < 0.5:
        return look

    def any_colour() -> Colour:
        bright = float(rng.uniform(0.05, 0.95))
        return colorsys.hsv_to_rgb(float(rng.random()), float(rng.random()) ** 2, bright)

    changed = {
        "top": any_colour() if rng.random() < 0.6 else look.top,
        "bottom": any_colour() if rng.random() < 0.4 else look.bottom,
        "hair": any_colour() if look.cut == "cap" and rng.random() < 0.7 else look.hair,
        "shoes": any_colour() if rng.random() < 0.3 else look.shoes,
    }
    fields = {name: getattr(look, name) for name in Look.__slots__}
    return Look(**(fields | changed))


def _spot(rng: Rng, place: Layout, lens: Lens | None) -> tuple[float, float]:
    """Metres on the floor; with a lens mostly in view, and rather near than far."""
    if lens is not None and rng.random() < 0.75:
        pixels = rng.uniform((0, 0), (lens.width, lens.height * 1.4), (8, 2))
        floor = lens.floor(pixels)
        inside = (floor > 0).all(axis=1) & (floor < (place.room.width_m, place.room.depth_m)).all(1)
        if inside.any():
            x, y = floor[np.flatnonzero(inside)[0]].tolist()
            return x, y
    x, y = rng.uniform((0, 0), (place.room.width_m, place.room.depth_m)).tolist()
    return x, y


def _queue(rng: Rng, add: Callable[..., None], start: tuple[float, float]) -> None:
    x, y = start
    turn, step = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(0.45, 0.9))
    for n in range(int(rng.integers(3, 9))):
        side = float(rng.normal(0, 0.08))
        at = (x + n * step * math.cos(turn) - side * math.sin(turn),
              y + n * step * math.sin(turn) + side * math.cos(turn))  # fmt: skip
        add(*at, heading=turn + math.pi + float(rng.normal(0, 0.4)), posture="stand")


def _person(rng: Rng) -> Person:
    child = rng.random() < 0.1
    height = rng.uniform(0.95, 1.45) if child else np.clip(rng.normal(1.66, 0.1), 1.42, 1.98)
    carries = "" if child else LOADS[int(rng.choice(len(LOADS), p=LOAD_SHARES))]
    kind = "staff" if rng.random() < 0.08 else "browser"
    return Person(float(height), carries, kind, int(rng.integers(1 << 30)))


def _placed(
    rng: Rng, person: Person, number: int, x: float, y: float, given: dict[str, object]
) -> Figure:
    posture: Posture = POSTURES[int(rng.choice(len(POSTURES), p=POSTURE_SHARES))]
    heading = float(rng.uniform(-math.pi, math.pi))
    fields: dict[str, object] = {
        "id": number, "kind": person.kind, "x": x, "y": y, "heading": heading,
        "height_m": person.height_m, "speed_mps": 0.0, "gait_phase": float(rng.random()),
        "posture": posture, "reach_to": None, "carries": person.carries,
        "appearance": person.appearance, "holds": bool(rng.random() < 0.1),
    }  # fmt: skip
    fields |= given
    if person.carries == "wheelchair":
        fields["posture"] = "sit"
    if fields["posture"] == "walk":
        fields["speed_mps"] = float(rng.uniform(0.4, 1.6))
    if fields["posture"] == "reach":
        near, up = float(rng.uniform(0.35, 0.7)), float(rng.uniform(0.3, 1.8))
        fields["reach_to"] = (x + near * math.cos(heading), y + near * math.sin(heading), up)
    return Figure(**fields)  # type: ignore[arg-type]
