"""What docs/shop-file.md and examples/ say about shop files is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Line, ZoneKind, load_shop, parse_shop
from miseban.vocabulary.shop.reference import tables, with_reference
from miseban.vocabulary.shop.table import Table
from miseban.vocabulary.shop.tables import Tables
from miseban.vocabulary.shop.translate import key_of

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "shop-file.md").read_text("utf-8")
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
BLOCKS = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)


def test_there_are_examples() -> None:
    assert {path.stem for path in EXAMPLES} >= {
        "one_by_one",
        "topdown_entrance",
        "store_aisle",
        "pets",
    }
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_a_right_shop_file(path: Path) -> None:
    assert load_shop(path).cameras


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_block_of_the_document_is_a_right_shop_file(block: str) -> None:
    assert parse_shop(block, "docs/shop-file.md").cameras


def test_the_error_in_the_document_is_the_one_that_comes() -> None:
    block = BLOCKS[0] + (
        '[[zone]]\nid = "a"\nkind = "area"\ncamera = "door"\npolygon = [[0, 0], [9, 0], [9, 9]]\n'
        '[[zone]]\nid = "aisle-3"\nkind = "area"\ncamera = "door"\n'
        "polygon = [[10, 10], [300, 400], [300, 10], [10, 400]]\n"
    )
    with pytest.raises(BadInput) as caught:
        parse_shop(block, "shop.toml")
    assert f"```text\n{caught.value}\n```" in DOCUMENT


def test_the_reference_is_up_to_date() -> None:
    assert with_reference(DOCUMENT) == DOCUMENT, "run: python scripts/shop_reference.py"


def every_table() -> list[type[BaseModel]]:
    ours = [m for m in Table.__subclasses__() if m.__module__.startswith("miseban.vocabulary.")]
    return [model for model in ours if model is not Tables]  # the file itself


def test_the_reference_knows_every_table() -> None:
    assert set(tables().values()) == set(every_table())


@pytest.mark.parametrize("model", every_table(), ids=lambda model: model.__name__)
def test_every_key_has_a_description_and_stands_in_the_document(model: type[BaseModel]) -> None:
    heading = next(name for name, table in tables().items() if table is model)
    section = DOCUMENT.partition(f"### `{heading}`")[2].partition("###")[0]
    for name, field in model.model_fields.items():
        assert field.description
        assert f"| `{key_of(name, field)}` |" in section
        assert field.description in section


def test_every_kind_of_zone_is_explained() -> None:
    kinds = DOCUMENT.partition("## Kinds of zone")[2].partition("## ")[0]
    for kind in get_args(ZoneKind):
        assert f"| `{kind}` |" in kinds


def goes_in(line: Line, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """The direction rule in one line of arithmetic: walking from a to b, with y down, a point is
    on the right hand when the cross product of (b - a) and (point - a) is positive."""
    (ax, ay), (bx, by) = line.points[0], line.points[-1]

    def on_the_right(x: float, y: float) -> bool:
        return (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0

    assert on_the_right(*start) != on_the_right(*end)
    return on_the_right(*end)


WEST, EAST, NORTH, SOUTH = (100.0, 120.0), (500.0, 120.0), (200.0, 20.0), (200.0, 220.0)


@pytest.mark.parametrize(
    ("points", "start", "end"),
    [
        # As one stands on a map: facing north (up), west is on the left hand and east on the right.
        ("[[384, 432], [384, 0]]", WEST, EAST),
        ("[[384, 0], [384, 432]]", EAST, WEST),
        ("[[0, 120], [240, 120]]", NORTH, SOUTH),
        ("[[240, 120], [0, 120]]", SOUTH, NORTH),
    ],
)
def test_the_document_is_right_about_directions(
    points: str, start: tuple[float, float], end: tuple[float, float]
) -> None:
    words = {
        WEST: "from the picture's right to its left",
        EAST: "from the picture's left to its right",
    }
    words |= {NORTH: "from the bottom up", SOUTH: "from the top down"}
    assert re.search(rf"\| `{re.escape(points)}` \| [^|]* \| {words[end]} \|", DOCUMENT)
    pairs = [(float(x), float(y)) for x, y in re.findall(r"\[(\d+), (\d+)\]", points)]
    assert goes_in(Line(id="a", points=tuple(pairs)), start, end)


def test_left_to_right_goes_into_the_hall() -> None:
    shop = load_shop(ROOT / "examples" / "one_by_one.toml")
    assert goes_in(shop.lines_of("hall")[0], (300, 400), (450, 405))


def test_upwards_goes_in_at_the_entrance_from_above() -> None:
    shop = load_shop(ROOT / "examples" / "topdown_entrance.toml")
    assert goes_in(shop.lines_of("ceiling")[0], (78, 150), (78, 90))


def test_left_to_right_goes_in_at_the_crossing() -> None:
    shop = load_shop(ROOT / "examples" / "pets.toml")
    assert goes_in(shop.lines_of("pole")[0], (200, 150), (260, 150))
