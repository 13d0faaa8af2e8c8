"""A shop with goods, as text to change and as checked objects: two shelves, one till, two doors."""

from __future__ import annotations

import random

from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import parse_scenario
from miseban.sim.world.people import Group, Person
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.shop import Shop, parse_shop

HEAD = """
[shop]
id = "grocery"
timezone = "Europe/Berlin"
policy = "strict"
floor = { width_m = 10.0, depth_m = 8.0 }

[[camera]]
id = "c"
source = "sim:c"
resolution = [640, 360]

[[zone]]
id = "drinks"
kind = "area"
polygon = [[1.0, 1.0], [5.0, 1.0], [5.0, 2.0], [1.0, 2.0]]

[[zone]]
id = "papers"
kind = "area"
polygon = [[0.0, 3.0], [1.0, 3.0], [1.0, 6.0], [0.0, 6.0]]

[[zone]]
id = "queue"
kind = "queue"
polygon = [[6.0, 3.5], [9.0, 3.5], [9.0, 5.5], [6.0, 5.5]]

[[zone]]
id = "counter"
kind = "counter"
polygon = [[6.0, 5.5], [9.0, 5.5], [9.0, 6.5], [6.0, 6.5]]

[[till]]
id = "till"
queue = "queue"
service = "counter"
"""

FACINGS = {
    "cooler": ("tea", "water", "cola", "milk"),  # in the zone
    "gondola": ("soup", "rice"),  # in no zone
}
GTINS = ("40000015", "40000022", "40000039", "40000046", "40000053", "40000060")

SCENARIO = """
[scenario]
start = 2026-04-06T09:00:00

[arrivals]
per_hour = [{rates}]

[[kind]]
id = "single"
share = 5
speed_mps = [0.9, 1.4]
stops = [1, 3]
stop_s = [5.0, 15.0]
buys = 0.9
pieces = [1, 3]

[[kind]]
id = "pair"
share = 2
speed_mps = [0.9, 1.4]
stops = [1, 2]
stop_s = [5.0, 15.0]
carries = "basket"
companions = ["single"]

[[kind]]
id = "wheels"
share = 1
speed_mps = [0.5, 0.9]
stops = [1, 2]
stop_s = [5.0, 15.0]
carries = "wheelchair"

[[door]]
id = "west"
points = [[0.0, 7.0], [0.0, 8.0]]

[[door]]
id = "east"
points = [[10.0, 7.0], [10.0, 8.0]]

[[fixture]]
id = "cooler"
polygon = [[0.0, 0.0], [6.0, 0.0], [6.0, 1.0], [0.0, 1.0]]
height_m = 2.0

[[fixture]]
id = "gondola"
polygon = [[2.0, 4.0], [5.0, 4.0], [5.0, 4.5], [2.0, 4.5]]
height_m = 1.4

[[attraction]]
zone = "drinks"
weight = 3.0

[[attraction]]
zone = "papers"
weight = 0.5

[[service]]
till = "till"
service_s = [10.0, 30.0]

[goods]
currency = "EUR"
deliveries = ["09:30"]
told_after_s = 120.0
theft = 0.05

[[facing]]
shelf = "cooler"
facing = "tea"
fixture = "cooler"
side = 0
level = 0
start_m = 1.5
width_m = 0.5
price = 158
weight = 3.0
put_back = 0.2
touch_only = 0.1
category = "cold"

[[facing]]
shelf = "cooler"
facing = "water"
fixture = "cooler"
side = 0
level = 2
start_m = 2.0
width_m = 0.5
price = 90
put_back = 0.2
touch_only = 0.1
category = "cold"

[[facing]]
shelf = "cooler"
facing = "cola"
fixture = "cooler"
side = 0
level = 4
start_m = 3.5
width_m = 1.0
price = 120
stock = 3
back_room = 4
delivery = 6
refill_at = 1
put_back = 0.1
category = "cold"

[[facing]]
shelf = "cooler"
facing = "milk"
fixture = "cooler"
side = 0
level = 1
start_m = 4.5
width_m = 0.5
price = 199
stock = 2

[[facing]]
shelf = "gondola"
facing = "soup"
fixture = "gondola"
side = 1
level = 1
start_m = 0.5
width_m = 0.5
price = 249
weight = 0.5

[[facing]]
shelf = "gondola"
facing = "rice"
fixture = "gondola"
side = 0
level = 0
start_m = 2.0
width_m = 0.5
price = 399
weight = 0.5
"""


def shop_text() -> str:
    text, gtins = HEAD, iter(GTINS)
    for shelf, facings in FACINGS.items():
        text += f'\n[[shelf]]\nid = "{shelf}"\ncamera = "c"\n'
        for number, facing in enumerate(facings):
            x = 10 + 50 * number
            polygon = f"[[{x}, 10], [{x + 40}, 10], [{x + 40}, 60], [{x}, 60]]"
            text += f'\n[[shelf.facing]]\nid = "{facing}"\ngtin = "{next(gtins)}"\n'
            text += f"polygon = {polygon}\ncapacity = 12\n"
    return text


def shop() -> Shop:
    return parse_shop(shop_text(), "grocery.toml")


def scenario_text(*changes: tuple[str, str], per_hour: float = 60) -> str:
    """The scenario with pieces of text replaced; each piece must be there."""
    text = SCENARIO.format(rates=", ".join([str(per_hour)] * 24))
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def scenario(*changes: tuple[str, str], per_hour: float = 60) -> Scenario:
    text = scenario_text(*changes, per_hour=per_hour)
    return parse_scenario(text, shop(), "grocery.scenario.toml")


def simulated(
    seed: int, minutes: float, *changes: tuple[str, str], per_hour: float = 60
) -> Simulation:
    """The grocery after ``minutes``."""
    world = Simulation(shop(), scenario(*changes, per_hour=per_hour), seed)
    world.run_until(minutes * 60)
    return world


def alone(person: Person) -> Group:
    """The group of somebody who comes alone."""
    rng = random.Random(person.id)
    return Group(person.group, rng, [person], "west", "west", [], (1.0, 2.0), True, 0.5)
