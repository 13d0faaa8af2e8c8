"""A table is set in the text of a shop file, and nothing else is another afterwards."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.hub.shop_file.edits import Edit, edited
from miseban.hub.shop_file.spans import spans
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import parse_shop

SHOPS = Path(__file__).parents[3] / "shops"
KONBINI = (SHOPS / "konbini.toml").read_text("utf-8")
ODD = """# what everybody should know: "[[zone]]" in a comment is none
[shop]
id = "s"   # an id
name = '''[[zone]]'''
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 12.0, depth_m = 8.0 }

[[zone]]   # the first
id = "a"
kind = "area"   # not a queue
polygon = [   # corners
  [1, 1], [2.0, 1],  # two
  [2, 2],
]
# said of the line below
[[line]]
points = [[1,1],[3,1]]
id = "l"
[[zone]]
name = "b \\"[[zone]]\\" #"
id = "b"
kind = "queue"
polygon = [[4, 1], [5, 1], [5, 2]]

# the end
"""
SQUARE = [[4.0, 4.0], [6.0, 4.0], [6.0, 6.0]]


def table(text: str, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in tomllib.loads(text)[kind] if one["id"] == name)
    return {key: value for key, value in found.items() if key != "facing"}


def lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """What went and what came, a line each."""
    told = list(difflib.ndiff(before.splitlines(True), after.splitlines(True)))
    gone, come = ([one[2:] for one in told if one[0] == sign] for sign in "-+")
    return gone, come


def test_a_new_zone_comes_after_the_last_one_and_all_else_stays() -> None:
    wanted = {"id": "n", "name": '新しい "売場"', "kind": "area", "polygon": SQUARE}
    after = edited(ODD, [Edit("zone", "n", wanted)])
    gone, come = lines(ODD, after)
    assert not gone
    assert next(one for one in come if one.strip()) == "[[zone]]\n"
    assert table(after, "zone", "n") == wanted
    assert after.index('id = "b"') < after.index('id = "n"') < after.index("# the end")
    assert parse_shop(after, "x").zone("n").name == '新しい "売場"'


def test_a_changed_key_is_one_changed_line_and_its_comment_stays() -> None:
    wanted = table(ODD, "zone", "a") | {"kind": "queue"}
    gone, come = lines(ODD, edited(ODD, [Edit("zone", "a", wanted)]))
    assert gone == ['kind = "area"   # not a queue\n']
    assert come == ['kind = "queue"   # not a queue\n']


def test_moving_a_point_keeps_every_other_line() -> None:
    wanted = table(ODD, "zone", "a") | {"polygon": SQUARE}
    after = edited(ODD, [Edit("zone", "a", wanted)])
    before_lines = [one for one in ODD.splitlines() if "# said of" in one or "[[" in one]
    assert all(one in after.splitlines() for one in before_lines)
    assert table(after, "zone", "a")["polygon"] == SQUARE


def test_what_goes_takes_its_own_lines_only() -> None:
    gone, come = lines(ODD, edited(ODD, [Edit("line", "l", None)]))
    assert gone == ["[[line]]\n", "points = [[1,1],[3,1]]\n", 'id = "l"\n']
    assert not come


def test_a_facing_is_moved_on_its_own_shelf() -> None:
    shelf = tomllib.loads(KONBINI)["shelf"][0]
    facing = shelf["facing"][0]
    moved = facing | {"polygon": [[x + 1, y] for x, y in facing["polygon"]]}
    after = edited(KONBINI, [Edit("facing", facing["id"], moved, shelf["id"])])
    gone, come = lines(KONBINI, after)
    assert len(gone) == len(come) == 1
    assert gone[0].startswith("polygon")
    assert tomllib.loads(after)["shelf"][0]["facing"][0] == moved


def test_a_shelf_goes_with_its_facings_and_a_facing_alone() -> None:
    shelf = tomllib.loads(KONBINI)["shelf"][0]
    without = edited(KONBINI, [Edit("shelf", shelf["id"], None)])
    assert tomllib.loads(without)["shelf"] == tomllib.loads(KONBINI)["shelf"][1:]
    first = shelf["facing"][0]["id"]
    fewer = edited(KONBINI, [Edit("facing", first, None, shelf["id"])])
    assert tomllib.loads(fewer)["shelf"][0]["facing"] == shelf["facing"][1:]


def test_a_windows_file_keeps_its_line_ends() -> None:
    text = "\ufeff" + ODD.replace("\n", "\r\n")
    wanted = {"id": "n", "kind": "area", "polygon": SQUARE}
    for name in ("n", "a"):
        after = edited(text, [Edit("zone", name, wanted | {"id": name})])
        assert after.count("\n") == after.count("\r\n")
        assert after.startswith("\ufeff#")
        assert parse_shop(after, "x").zone(name).polygon == tuple(map(tuple, SQUARE))


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        (ODD, Edit("zone", "nowhere", None)),
        (ODD, Edit("facing", "f", {"id": "f"}, "nowhere")),
        ('zone = [{id = "a"}]\n', Edit("zone", "a", {"id": "a", "kind": "area"})),
    ],
    ids=["nothing to remove", "no such shelf", "written on one line"],
)
def test_what_cannot_be_done_for_sure_is_not_done(text: str, edit: Edit) -> None:
    with pytest.raises(BadInput):
        edited(text, [edit])


_NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12
)
_NUMBERS = st.one_of(st.integers(0, 640), st.floats(0, 640, allow_nan=False))
_POINTS = st.lists(st.lists(_NUMBERS, min_size=2, max_size=2), min_size=2, max_size=12)


@settings(max_examples=60)
@given(data=st.data(), text=st.sampled_from([ODD, KONBINI, ODD.replace("\n", "\r\n")]))
def test_any_edit_reads_as_wanted_and_leaves_every_other_line(data: Any, text: str) -> None:
    before = tomllib.loads(text)
    kind = data.draw(st.sampled_from([k for k in ("line", "zone") if before.get(k)]))
    known = [one["id"] for one in before[kind]]
    name = data.draw(st.sampled_from([*known, "quite-new"]))
    what = data.draw(st.sampled_from(["set", "remove"])) if name in known else "set"
    key = "points" if kind == "line" else "polygon"
    wanted = None if what == "remove" else {
        "id": name, "name": data.draw(_NAMES), key: data.draw(_POINTS)
    }  # fmt: skip
    after = edited(text, [Edit(kind, name, wanted)])

    found = tomllib.loads(after)
    others = [one for one in before[kind] if one["id"] != name]
    assert [one for one in found.get(kind, []) if one["id"] != name] == others
    assert [one for one in found.get(kind, []) if one["id"] == name] == ([wanted] if wanted else [])
    rest = ({k: v for k, v in one.items() if k != kind} for one in (before, found))
    assert next(rest) == next(rest)

    # Every line outside of the table itself is there as it was, in its order.
    span = next(
        (s for s in spans(text) if s.path == (kind,) and f'"{name}"' in text[s.start : s.end]), None
    )
    around = text if span is None else text[: span.start] + text[span.end :]
    left = iter(after.split("\n"))
    for line in around.split("\n"):
        if line.strip():
            assert line in left, line


@pytest.mark.parametrize(
    "text", [ODD, ODD.replace("floor = { width_m = 12.0, depth_m = 8.0 }\n", "")]
)
def test_the_floor_gets_a_size_on_one_line(text: str) -> None:
    after = edited(text, [Edit("floor", "shop", {"width_m": 9.5, "depth_m": 7})])
    assert tomllib.loads(after)["shop"]["floor"] == {"width_m": 9.5, "depth_m": 7}
    gone, come = lines(text, after)
    assert len(come) == 1
    assert all(line.startswith("floor") for line in gone + come)


def test_a_floor_in_a_table_of_its_own_is_left_to_people() -> None:
    text = ODD.replace(
        "floor = { width_m = 12.0, depth_m = 8.0 }", "[shop.floor]\nwidth_m = 1.0\ndepth_m = 2.0"
    )
    with pytest.raises(BadInput):
        edited(text, [Edit("floor", "shop", {"width_m": 9.5, "depth_m": 7})])


@pytest.mark.parametrize("shop", ["konbini", "supermarket"])
def test_what_is_set_as_it_was_changes_no_byte(shop: str) -> None:
    text = (SHOPS / f"{shop}.toml").read_text("utf-8")
    data = tomllib.loads(text)
    edits = [
        Edit(kind, one["id"], {k: v for k, v in one.items() if k != "facing"})
        for kind in ("camera", "line", "zone", "shelf", "till", "fixture")
        for one in data.get(kind, [])[:12]
    ]
    shelf = data["shelf"][-1]
    edits += [Edit("facing", one["id"], one, shelf["id"]) for one in shelf["facing"]]
    assert edited(text, edits) == text
