"""Scenarios that cannot be played are refused, with file, table and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from miseban.sim.scenario import (
    Arrivals,
    Attraction,
    CameraPose,
    Door,
    Facing,
    Fixture,
    Goods,
    Incident,
    Info,
    Kind,
    Passing,
    Room,
    Service,
    Staff,
)
from miseban.sim.scenario.file import load_scenario, parse_scenario
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop
from tests.sim.konbini import SCENARIO_FILE, SHOP_FILE, SHOPS, scenario, scenario_text, shop

RATES = "per_hour = [9, 5, 3"
COOLERS = "polygon = [[0.0, 0.0], [11.0, 0.0], [11.0, 0.5], [0.0, 0.5]]"

WRONG: dict[str, tuple[tuple[str, str], str, str]] = {
    "negative rate": (
        (RATES, "per_hour = [-9, 5, 3"),
        "[arrivals] per_hour 1:",
        "expected a number of at least 0, found -9",
    ),
    "23 hours": ((RATES, "per_hour = [9, 5"), "[arrivals] per_hour", "expected at least 24"),
    "negative factor": (
        ("weekday = [1.0, 1.0", "weekday = [1.0, -1.0"),
        "[arrivals] weekday",
        "at least 0",
    ),
    "more people than floor": (
        (RATES, "per_hour = [9000, 5, 3"),
        "[arrivals] per_hour",
        "expected at most 127 people at a time on 127 m² of free floor, found ",
    ),
    "unknown zone": (
        ('zone = "bento"', 'zone = "bent"'),
        "[[attraction]] 2 zone",
        'found "bent" (did you mean "bento"?)',
    ),
    "unknown zone of staff": (
        ('zones = ["drinks", "bento"]', 'zones = ["drinks", "attic"]'),
        '[[staff]] 2 "stocker" zones',
        'found "attic"',
    ),
    "unknown till": (
        ('till = "till-1"', 'till = "till-9"'),
        "[[service]] 1 till",
        "expected the id of a [[till]] of the shop (till-1, till-2)",
    ),
    "unknown companion": (
        ('companions = ["child"]', 'companions = ["dog"]'),
        '[[kind]] 4 "family" companions',
        "expected the id of a [[kind]]",
    ),
    "fixture over a door": (
        (COOLERS, "polygon = [[0.0, 9.0], [1.0, 9.0], [1.0, 11.0], [0.0, 11.0]]"),
        '[[fixture]] 7 "coolers" polygon',
        'expected no fixture over a door, found one over "pavement-west"',
    ),
    "fixture beyond the floor": (
        (COOLERS, "polygon = [[0.0, 0.0], [15.0, 0.0], [15.0, 0.5], [0.0, 0.5]]"),
        '[[fixture]] 7 "coolers" polygon',
        "expected a fixture within the floor",
    ),
    "fixture that crosses itself": (
        (COOLERS, "polygon = [[0.0, 0.0], [2.0, 0.5], [2.0, 0.0], [0.0, 0.5]]"),
        '[[fixture]] 7 "coolers" polygon',
        "does not cross itself",
    ),
    "no way in": (
        ("[[4.0, 8.5], [5.5, 8.5], [5.5, 9.0]", "[[4.0, 8.5], [14.0, 8.5], [14.0, 9.0]"),
        "[[attraction]] 1 zone",
        "expected a way there from the doors, found none",
    ),
    "zone full of shelves": (
        (COOLERS, "polygon = [[0.0, 0.0], [11.0, 0.0], [11.0, 1.5], [0.0, 1.5]]"),
        "[[attraction]] 1 zone",
        "expected a zone with free floor to stand on, found none",
    ),
    "door in the middle": (
        ("points = [[0.0, 9.5], [0.0, 10.5]]", "points = [[9.0, 5.0], [9.0, 6.0]]"),
        '[[door]] 1 "pavement-west" points',
        "expected an opening within 0.5 m of the floor's edge",
    ),
    "slit for a door": (
        ("points = [[0.0, 9.5], [0.0, 10.5]]", "points = [[0.0, 9.5], [0.0, 9.6]]"),
        '[[door]] 1 "pavement-west" points',
        "expected an opening of at least 0.5 m, found 0.1 m",
    ),
    "least after most": (
        ("stops = [1, 2]", "stops = [2, 1]"),
        '[[kind]] 1 "quick" stops',
        "expected [least, most], the least first, found [2, 1]",
    ),
    "nobody walks that fast": (
        ("speed_mps = [1.0, 1.45]", "speed_mps = [1.0, 9.0]"),
        '[[kind]] 1 "quick" speed_mps',
        "expected a number of at most 3, found 9.0",
    ),
    "chance above one": (
        ("buys = 0.75", "buys = 1.75"),
        '[[kind]] 2 "browser" buys',
        "expected a number of at most 1, found 1.75",
    ),
    "same id twice": (
        ('id = "browser"', 'id = "quick"'),
        '[[kind]] 2 "quick" id',
        'expected an id of its own, found "quick", which number 1 has too',
    ),
    "mistyped key": (
        ("reaches = 0.9", "reachs = 0.9"),
        '[[kind]] 1 "quick" reachs',
        'found "reachs" (did you mean "reaches"?)',
    ),
    "an offset in the start": (
        ("T07:00:00", "T07:00:00Z"),
        "[scenario] start",
        "expected local date and time without an offset",
    ),
    "till served twice": (
        ("[[staff]]", '[[service]]\ntill = "till-1"\nservice_s = [1.0, 2.0]\n\n[[staff]]'),
        "[[service]] 2 till",
        "expected each till once",
    ),
    "buyers without a till": (
        ('[[service]]\ntill = "till-1"\nservice_s = [20.0, 55.0]', ""),
        '[[kind]] 1 "quick" buys',
        "expected 0 where there is no [[service]]",
    ),
    "no TOML": (("[scenario]", "[scenario"), "line 6", "expected TOML"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_impossible_scenario_is_refused_with_table_and_key(name: str) -> None:
    change, place, what = WRONG[name]
    with pytest.raises(BadInput) as caught:
        parse_scenario(scenario_text(change), shop(), "a.scenario.toml")
    line = str(caught.value)
    assert line.startswith("a.scenario.toml: ")
    assert place in line
    assert what in line
    assert caught.value.exit_status == 2


def test_the_kept_scenario_is_accepted() -> None:
    kept = load_scenario(SCENARIO_FILE, shop())
    assert kept == scenario()
    assert sum(kept.arrivals.per_hour) > 0


def test_a_shop_without_floor_cannot_be_simulated() -> None:
    text = SHOP_FILE.read_text("utf-8").replace("floor = {", "# floor = {")
    text = text.partition("[[fixture]]")[0]  # what is drawn on the floor needs one
    with pytest.raises(BadInput, match=r"\[scenario\]: expected a shop file with \[shop\] floor"):
        parse_scenario(scenario_text(), parse_shop(text, "shop.toml"), "a.scenario.toml")


@pytest.mark.parametrize("name", ["missing", "folder", "latin"])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    if name == "folder":
        path.mkdir()
    elif name == "latin":
        path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(BadInput, match=r"a\.toml: expected a scenario file"):
        load_scenario(path, shop())


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("[scenario]", Info),
        ("[arrivals]", Arrivals),
        ("[passing]", Passing),
        ("[[kind]]", Kind),
        ("[[door]]", Door),
        ("[[fixture]]", Fixture),
        ("[room]", Room),
        ("[[camera]]", CameraPose),
        ("[[attraction]]", Attraction),
        ("[[service]]", Service),
        ("[goods]", Goods),
        ("[[facing]]", Facing),
        ("[[staff]]", Staff),
        ("[[incident]]", Incident),
    ],
)
def test_every_key_stands_in_the_document(heading: str, model: type[BaseModel]) -> None:
    document = (SHOPS.parent / "docs" / "simulation.md").read_text("utf-8")
    part = document.split(f"### `{heading}`\n")[1].split("\n### ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", part, re.MULTILINE))
    assert rows == {name: field.description for name, field in model.model_fields.items()}
