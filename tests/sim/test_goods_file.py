"""Goods that cannot be there are refused, with file, table and key."""

from __future__ import annotations

import pytest

from miseban.sim.scenario.file import parse_scenario
from miseban.vocabulary.errors import BadInput
from tests.sim.grocery import scenario_text, shop

COLA = "level = 4\nstart_m = 3.5\nwidth_m = 1.0"
MILK = 'facing = "milk"\nfixture = "cooler"\nside = 0\nlevel = 1\nstart_m = 4.5\nwidth_m = 0.5'
COOLER = "polygon = [[0.0, 0.0], [6.0, 0.0], [6.0, 1.0], [0.0, 1.0]]\nheight_m = 2.0"
GONDOLA = "polygon = [[2.0, 4.0], [5.0, 4.0], [5.0, 4.5], [2.0, 4.5]]\nheight_m = 1.4"

WRONG: dict[str, tuple[tuple[str, str], str, str]] = {
    "unknown shelf": (
        ('shelf = "cooler"\nfacing = "cola"', 'shelf = "coler"\nfacing = "cola"'),
        "[[facing]] 3 shelf:",
        'the id of a [[shelf]] of the shop (cooler, gondola), found "coler" (did you mean "cooler"',
    ),
    "unknown facing": (
        ('facing = "cola"', 'facing = "beer"'),
        "[[facing]] 3 facing:",
        'the id of a [[shelf.facing]] of "cooler" (tea, water, cola, milk), found "beer"',
    ),
    "facing of another shelf": (
        ('facing = "cola"', 'facing = "soup"'),
        "[[facing]] 3 facing:",
        'found "soup"',
    ),
    "facing twice": (
        ('facing = "cola"', 'facing = "tea"'),
        "[[facing]] 3 facing:",
        'expected each facing once, found "tea"',
    ),
    "unknown fixture": (
        ('facing = "cola"\nfixture = "cooler"', 'facing = "cola"\nfixture = "wall"'),
        "[[facing]] 3 fixture:",
        'expected the id of a [[fixture]] (cooler, gondola), found "wall"',
    ),
    "no rectangle": (
        (COOLER, COOLER.replace("[6.0, 1.0]", "[4.0, 1.0]")),
        "[[facing]] 1 fixture:",
        'expected a shelf: a rectangle at least 1.15 m high, or of style "shelf", found "cooler"',
    ),
    "a counter": (
        (GONDOLA, GONDOLA.replace("1.4", "1.0")),
        "[[facing]] 5 fixture:",
        'found "gondola", which is none',
    ),
    "a plain block": (
        (GONDOLA, f'{GONDOLA}\nstyle = "plain"'),
        "[[facing]] 5 fixture:",
        'found "gondola", which is none',
    ),
    "no such board": (
        (COLA, COLA.replace("level = 4", "level = 9")),
        "[[facing]] 3 level:",
        'expected one of the 5 boards of "cooler", from 0, found 9',
    ),
    "beyond the end": (
        (COLA, COLA.replace("3.5", "7.5")),
        "[[facing]] 3 start_m:",
        'expected less than the 6 m of "cooler", found 7.5',
    ),
    "too wide": (
        (COLA, COLA.replace("width_m = 1.0", "width_m = 3.0")),
        "[[facing]] 3 width_m:",
        'expected at most the 2.5 m left of "cooler", found 3',
    ),
    "no width": (
        (COLA, COLA.replace("width_m = 1.0", "width_m = 0.0")),
        "[[facing]] 3 width_m:",
        "expected a number more than 0, found 0.0",
    ),
    "in the same place": (
        (MILK, MILK.replace("level = 1\nstart_m = 4.5", "level = 4\nstart_m = 4.4")),
        "[[facing]] 4 start_m:",
        'expected a place of its own on the board, found one shared with "cooler/cola"',
    ),
    "no such side": (
        (
            'facing = "cola"\nfixture = "cooler"\nside = 0',
            'facing = "cola"\nfixture = "cooler"\nside = 2',
        ),
        "[[facing]] 3 side:",
        "expected a number of at most 1, found 2",
    ),
    "negative stock": (
        ("stock = 3", "stock = -3"),
        "[[facing]] 3 stock:",
        "expected 0 pieces or more, found -3",
    ),
    "more than fits": (
        ("stock = 3", "stock = 13"),
        "[[facing]] 3 stock:",
        "expected at most the facing's capacity of 12, found 13",
    ),
    "half a piece": (("stock = 3", "stock = 1.5"), "[[facing]] 3 stock:", "found 1.5"),
    "negative back room": (
        ("back_room = 4", "back_room = -4"),
        "[[facing]] 3 back_room:",
        "expected a number of at least 0, found -4",
    ),
    "a price in cents of cents": (
        ("price = 120", "price = 1.2"),
        "[[facing]] 3 price:",
        "expected a whole number, found 1.2",
    ),
    "nowhere to stand": (
        (MILK, MILK.replace("side = 0", "side = 1")),
        "[[facing]] 4 fixture:",
        "expected free floor to stand on in front of the goods, found none",
    ),
    "no such time": (
        ('deliveries = ["09:30"]', 'deliveries = ["09:60"]'),
        "[goods] deliveries 1:",
        'expected a local time as "09:30", found "09:60"',
    ),
    "no currency": (
        ('currency = "EUR"', 'currency = "euro"'),
        "[goods] currency:",
        'expected the three letters of a currency, as "JPY", found "euro"',
    ),
    "theft above one": (("theft = 0.05", "theft = 1.5"), "[goods] theft:", "at most 1, found 1.5"),
    "pieces turned round": (
        ("pieces = [1, 3]", "pieces = [3, 1]"),
        '[[kind]] 1 "single" pieces:',
        "expected [least, most], the least first, found [3, 1]",
    ),
    "mistyped key": (
        ("back_room = 4", "backroom = 4"),
        "[[facing]] 3 backroom:",
        'found "backroom" (did you mean "back_room"?)',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_impossible_goods_are_refused_with_table_and_key(name: str) -> None:
    change, place, what = WRONG[name]
    with pytest.raises(BadInput) as caught:
        parse_scenario(scenario_text(change), shop(), "g.scenario.toml")
    line = str(caught.value)
    assert line.startswith(f"g.scenario.toml: {place}")
    assert what in line
    assert "\n" not in line
    assert caught.value.exit_status == 2


def test_facings_are_tables_in_double_brackets() -> None:
    text = scenario_text().split("[[facing]]")[0] + '[facing]\nshelf = "cooler"\n'
    with pytest.raises(BadInput, match=r"\[\[facing\]\]: expected \[\[facing\]\], in double"):
        parse_scenario(text, shop(), "g.scenario.toml")


def test_facings_draw_people_where_no_zone_does() -> None:
    """Without an attraction, whoever stops does so for goods."""
    text = scenario_text()
    begin, end = text.index("[[attraction]]"), text.index("[[service]]")
    scenario = parse_scenario(text[:begin] + text[end:], shop(), "g.scenario.toml")
    assert not scenario.attractions
    bare = text[:begin] + text[end:].split("[goods]")[0]
    with pytest.raises(BadInput, match=r"\[0, 0\] where there is no \[\[attraction\]\] and no"):
        parse_scenario(bare, shop(), "g.scenario.toml")


def test_times_may_be_written_as_toml_has_them() -> None:
    change = ('deliveries = ["09:30"]', "deliveries = [09:30:00, 15:00:00]")
    scenario = parse_scenario(scenario_text(change), shop(), "g.scenario.toml")
    assert [t.hour for t in scenario.goods.deliveries] == [9, 15]
