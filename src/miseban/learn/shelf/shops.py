"""Small shops to learn from and to be measured on: a wall of goods drawn by chance, a camera."""

from __future__ import annotations

import random
from dataclasses import dataclass

from miseban.sim.calibration import facing_polygons
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.stage import Stage
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.shop.shelf import gtin_check_digit

WIDTH_M, DEPTH_M = 8.0, 6.5
CAMERA, SHELF = "shelf", "wall"


@dataclass(frozen=True, slots=True)
class Place:
    """One facing: board, start and width in metres, pieces."""

    id: str
    level: int
    start_m: float
    width_m: float
    capacity: int


def drawn_shop(seed: int, *, per_hour: float = 80.0) -> tuple[Shop, Scenario]:
    """A shop that ``seed`` draws: shelf, facings, angle of the camera, door and so daylight, and
    how quickly goods go. The polygons of its facings are where they are in the picture."""
    rng = random.Random(f"{seed}/shelves")
    length, height = rng.uniform(4.0, 5.6), rng.uniform(1.5, 2.1)
    left = rng.uniform(1.0, WIDTH_M - 1.0 - length)
    levels = max(1, round((height - 0.12) / 0.38))
    places = list(_places(rng, length, levels))
    middle = left + length / 2
    eye = middle + rng.uniform(-1.8, 1.8), rng.uniform(4.0, 5.2), rng.uniform(2.2, 2.7)
    look = middle + rng.uniform(-0.2, 0.2), 0.9, height * rng.uniform(0.40, 0.55)
    fov = rng.uniform(72.0, 84.0)
    door = rng.choice((0, 1))  # left or right: near to it daylight falls on the goods
    anywhere = [[(n, 0.0), (n + 1.0, 0.0), (n + 1.0, 9.0), (n, 9.0)] for n in range(len(places))]
    shop_text = _shop(places, [[(float(x), y) for x, y in one] for one in anywhere])
    start = "2026-04-06T08:00:00"
    text = _scenario(rng, places, start, left, length, height, eye, look, fov, door, per_hour)
    shop = parse_shop(shop_text, "drawn.toml")
    stage = Stage(shop, parse_scenario(text, shop, "drawn.scenario.toml"))
    found = {f: corners for _, f, corners in facing_polygons(stage, shop.camera(CAMERA))}
    seen = [place for place in places if found.get(place.id)]
    shop = parse_shop(_shop(seen, [found[place.id] for place in seen]), "drawn.toml")
    text = _scenario(
        random.Random(f"{seed}/goods"), seen, start, left, length, height, eye, look, fov, door,
        per_hour,
    )  # fmt: skip
    return shop, parse_scenario(text, shop, "drawn.scenario.toml")


def _places(rng: random.Random, length: float, levels: int) -> list[Place]:
    found: list[Place] = []
    for level in range(levels):
        start = 0.05
        while length - 0.05 - start > 0.45:
            width = min(rng.uniform(0.5, 1.15), length - 0.05 - start)
            name = f"p{level}-{len(found)}"
            found.append(Place(name, level, start, round(width - 0.02, 3), rng.randint(6, 12)))
            start += width
    return found


def _shop(places: list[Place], polygons: list[list[tuple[float, float]]]) -> str:
    text = f"""
[shop]
id = "drawn"
timezone = "Europe/Berlin"
policy = "strict"
floor = {{ width_m = {WIDTH_M}, depth_m = {DEPTH_M} }}

[[camera]]
id = "{CAMERA}"
source = "sim:{CAMERA}"
resolution = [480, 270]
fps = 5

[[zone]]
id = "queue"
kind = "queue"
polygon = [[3.0, 5.0], [5.0, 5.0], [5.0, 5.5], [3.0, 5.5]]

[[zone]]
id = "counter"
kind = "counter"
polygon = [[3.0, 5.5], [5.0, 5.5], [5.0, 6.0], [3.0, 6.0]]

[[zone]]
id = "front"
kind = "area"
polygon = [[0.5, 1.2], [7.5, 1.2], [7.5, 3.0], [0.5, 3.0]]

[[till]]
id = "till"
queue = "queue"
service = "counter"

[[shelf]]
id = "{SHELF}"
camera = "{CAMERA}"
tells = ["state"]
"""
    for number, (place, polygon) in enumerate(zip(places, polygons, strict=True)):
        body = f"20010{number:05d}00"
        corners = ", ".join(f"[{x}, {y}]" for x, y in polygon)
        text += f'\n[[shelf.facing]]\nid = "{place.id}"\n'
        text += f'gtin = "{body}{gtin_check_digit(body)}"\n'
        text += f"polygon = [{corners}]\ncapacity = {place.capacity}\n"
    return text


def _scenario(
    rng: random.Random,
    places: list[Place],
    start: str,
    left: float,
    length: float,
    height: float,
    eye: tuple[float, float, float],
    look: tuple[float, float, float],
    fov: float,
    door: int,
    per_hour: float,
) -> str:
    x = 0.0 if door == 0 else WIDTH_M
    text = f"""
[scenario]
start = {start}

[arrivals]
per_hour = {[per_hour] * 24}

[[kind]]
id = "single"
share = 5
speed_mps = [0.9, 1.4]
height_m = [1.5, 1.85]
stops = [1, 3]
stop_s = [5.0, 25.0]
buys = 1.0
reaches = 0.95
pieces = [2, 5]
carries = "basket"

[[kind]]
id = "cart"
share = 1
speed_mps = [0.7, 1.1]
height_m = [1.5, 1.85]
stops = [1, 3]
stop_s = [8.0, 40.0]
buys = 1.0
reaches = 0.95
pieces = [3, 7]
carries = "cart"

[[door]]
id = "way-in"
points = [[{x}, 3.4], [{x}, 4.6]]

[[fixture]]
id = "{SHELF}"
polygon = [[{left}, 0.0], [{left + length}, 0.0], [{left + length}, 1.0], [{left}, 1.0]]
height_m = {height}

[[attraction]]
zone = "front"

[[service]]
till = "till"
service_s = [5.0, 15.0]

[[staff]]
id = "stocker"
zones = ["front"]
back_room = [0.75, 6.25]
stop_s = [700.0, 1500.0]

[goods]
currency = "EUR"
told_after_s = 900.0

[room]
height_m = 2.9
seed = {rng.randrange(1_000_000)}

[[camera]]
id = "{CAMERA}"
position_m = [{eye[0]}, {eye[1]}, {eye[2]}]
look_at_m = [{look[0]}, {look[1]}, {look[2]}]
fov_deg = {fov}
"""
    for place in places:
        text += f"""
[[facing]]
shelf = "{SHELF}"
facing = "{place.id}"
fixture = "{SHELF}"
side = 0
level = {place.level}
start_m = {place.start_m}
width_m = {place.width_m}
price = 100
weight = {rng.choice((0.3, 1.0, 1.0, 2.0, 3.0))}
back_room = 100000
put_back = 0.15
touch_only = 0.2
"""
    return text
