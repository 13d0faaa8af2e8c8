"""A plan beside what stands on the shelves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.planogram import By, Finding, compare, plan_of, read_plan, shares_of
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop

GTINS = ("40000015", "40000022", "40000039", "40000046", "40000053", "40000060", "40000077")
A, B, C, D, E, F, NEW = GTINS
PLACES = {"a": (40, 40), "b": (120, 40), "c": (200, 40),
          "d": (40, 100), "e": (120, 100), "f": (200, 100)}  # fmt: skip
AS_IT_IS = dict(zip(PLACES, GTINS, strict=False))
HEAD = "shelf,facing,gtin,name,brand,category,width_cm"


def shop(stands: dict[str, str] = AS_IT_IS, far: float = 1.0) -> Shop:
    """Two boards of three; the lower one drawn ``far`` times as wide as the upper one."""
    text = """
[shop]
id = "wall"
timezone = "UTC"
policy = "strict"
[[camera]]
id = "c"
source = "usb:0"
resolution = [1600, 360]
[[shelf]]
id = "wall"
camera = "c"
"""
    for name, (x, y) in PLACES.items():
        wide = 60 * (far if y > 50 else 1.0)
        x = x if y < 50 else round(40 + (x - 40) * far)
        corners = f"[[{x}, {y}], [{x + wide}, {y}], [{x + wide}, {y + 40}], [{x}, {y + 40}]]"
        text += f'[[shelf.facing]]\nid = "{name}"\ngtin = "{stands[name]}"\n'
        text += f"polygon = {corners}\ncapacity = 7\n"
    return parse_shop(text, "wall.toml")


def told(plan: dict[str, str], looks: dict[str, str] | None = None) -> set[tuple[str, ...]]:
    text = "shelf,facing,gtin\n" + "".join(f"wall,{k},{v}\n" for k, v in plan.items())
    seen = {f"wall/{k}": v for k, v in (looks or {}).items()}
    found = compare(read_plan(text.encode(), shop()), shop(), seen)  # type: ignore[arg-type]
    return {_short(one) for one in found}


def _short(one: Finding) -> tuple[str, ...]:
    more = (one.side,) if one.side else ()
    return (one.kind, one.place.removeprefix("wall/"), one.gtin, one.found, *more)


@pytest.mark.parametrize(
    ("plan", "looks", "found"),
    [
        (AS_IT_IS, {}, set()),
        (AS_IT_IS, {"b": "empty", "c": "wrong", "d": "low"}, {
            ("empty", "b", B, ""), ("wrong", "c", C, ""),
        }),
        # Two have changed places: what stands between them has wrong neighbours on both sides.
        (AS_IT_IS | {"a": C, "c": A}, {}, {
            ("moved", "a", C, "wall/c"), ("moved", "c", A, "wall/a"),
            ("neighbour", "b", B, A, "left"), ("neighbour", "b", B, C, "right"),
        }),
        (AS_IT_IS | {"f": NEW}, {}, {
            ("missing", "f", NEW, F), ("unplanned", "f", F, ""), ("neighbour", "e", E, F, "right"),
        }),
        # Two facings of one product are planned, one stands: it is not called moved.
        (AS_IT_IS | {"d": E}, {}, {
            ("missing", "d", E, D), ("unplanned", "d", D, ""), ("neighbour", "e", E, D, "left"),
        }),
        ({"a": A}, {}, set()),
    ],
)  # fmt: skip
def test_what_is_not_as_planned(
    plan: dict[str, str], looks: dict[str, str], found: set[tuple[str, ...]]
) -> None:
    assert told(plan, looks) == found


@given(st.permutations(sorted(AS_IT_IS.values())))
def test_whatever_the_order_nothing_is_missing_and_shares_are_the_same(order: list[str]) -> None:
    """The same products at other facings: each that moved is named once."""
    plan = dict(zip(PLACES, order, strict=True))
    found = told(plan)
    assert {one[1] for one in found if one[0] == "moved"} == {
        place for place in PLACES if plan[place] != AS_IT_IS[place]
    }
    assert not {one[0] for one in found} & {"missing", "unplanned"}


@given(st.floats(0.2, 3.0), st.lists(st.sampled_from(["X", "Y", ""]), min_size=6, max_size=6))
def test_shares_come_to_one_however_far_the_camera_is(far: float, brands: list[str]) -> None:
    rows = zip(PLACES, AS_IT_IS.values(), brands, strict=True)
    text = "shelf,facing,gtin,brand\n" + "".join(f"wall,{p},{g},{b}\n" for p, g, b in rows)
    there = shop(far=far)
    parts = shares_of(read_plan(text.encode(), there), there, "brand")
    assert sum(one.share for one in parts) == pytest.approx(1, abs=1e-3)
    assert sum(one.planned for one in parts) == pytest.approx(1, abs=1e-3)
    share = {one.name: one.share for one in parts}
    for brand in set(brands):
        assert share[brand] == pytest.approx(brands.count(brand) / 6, abs=1e-3)


def test_what_was_measured_stands_above_what_is_drawn() -> None:
    rows = zip(PLACES, AS_IT_IS.values(), (30, 10, 10, 30, 10, 10), strict=True)
    text = HEAD + "\n" + "".join(f"wall,{p},{g},,B{g[-1]},,{cm}\n" for p, g, cm in rows)
    plan = read_plan(text.encode(), shop())
    by: list[tuple[By, str, float]] = [
        ("product", A, 0.3),
        ("brand", "B5", 0.3),
        ("category", "", 1),
    ]
    for what, name, share in by:
        parts = {one.name: one.share for one in shares_of(plan, shop(), what)}
        assert parts[name] == pytest.approx(share)


def test_the_shop_file_is_a_plan_too() -> None:
    assert compare(plan_of(shop()), shop(), {}) == []
    assert [one.share for one in shares_of(plan_of(shop()), shop(), "product")] == pytest.approx(
        [1 / 6] * 6, abs=1e-3
    )


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "file", "found nothing"),
        ("shelf,facing,gtin\n", "file", "found nothing"),
        ("shelf,facing\nwall,a\n", "line 1", "a column gtin"),
        ("shelf,facing,gtin,customer\nwall,a,40000015,7\n", "line 1", "customer"),
        ("shelf,facing,gtin,gtin\nwall,a,40000015,7\n", "line 1", "once"),
        ("shelf,facing,gtin\nwal,a,40000015\n", "line 2 (shelf)", 'did you mean "wall"'),
        ("shelf,facing,gtin\nwall,aa,40000015\n", "line 2 (facing)", "a facing of shelf"),
        ("shelf,facing,gtin\n\nwall,a,40000016\n", "line 3 (gtin)", "check digit 5"),
        ("shelf,facing,gtin\nwall,a,egg\n", "line 2 (gtin)", "8, 12, 13 or 14 digits"),
        ("shelf,facing,gtin\nwall,a,40000015\nwall,a,40000022\n", "line 3 (facing)", "line 2"),
        ("shelf,facing,gtin\nwall,a\n", "line 2", "3 columns"),
        ('shelf,facing,gtin\nwall,"a,40000015\n', "line", "CSV"),
        (HEAD + "\nwall,a,40000015,,,,-3\n", "line 2 (width_cm)", "over 0"),
        (HEAD + "\nwall,a,40000015,,,,nan\n", "line 2 (width_cm)", "over 0"),
        (HEAD + f"\nwall,a,40000015,{'x' * 201},,,\n", "line 2 (name)", "200"),
    ],
)
def test_a_plan_with_a_mistake_is_refused_and_named(text: str, where: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_plan(text.encode(), shop())
    assert str(refused.value.where).startswith(where)
    assert what in refused.value.what


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(BadInput, match=r"line 2.*0xFF"):
        read_plan(b"shelf,facing,gtin\nwall,\xff,40000015\n", shop())
