"""Ways through several areas: which are told, and that none tells of a few."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.journal.rollups.routes import MOST, Way, usual_ends, usual_ways
from tests.journal.recount import ends, ways

walks = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), max_size=7), st.integers(1, 9)), max_size=9
)
"""Ways through the areas, and how many went each."""


def visits(walked: list[tuple[list[str], int]]) -> list[list[str]]:
    """Without staying where they are."""
    return [
        [b for a, b in zip([None, *names], names, strict=False) if a != b]
        for names, n in walked
        for _ in range(n)
    ]


def went(walked: list[list[str]], way: Way) -> set[int]:
    long = range(len(way))
    return {
        n
        for n, names in enumerate(walked)
        if any(all(names[i + j] == way[j] for j in long) for i in range(len(names) - len(way) + 1))
    }


@settings(max_examples=80)
@given(walks)
def test_as_a_recount_has_them(walked: list[tuple[list[str], int]]) -> None:
    found = usual_ways(visits(walked))
    assert {">".join(way): n for way, n in found.items()} == ways(visits(walked))


@settings(max_examples=80)
@given(walks)
def test_no_way_and_no_two_tell_of_a_few(walked: list[tuple[list[str], int]]) -> None:
    everybody = visits(walked)
    found = usual_ways(everybody)
    pairs = {p for names in everybody for p in pairwise(names)}
    told: dict[tuple[str, ...], set[int]] = {pair: went(everybody, pair) for pair in pairs}
    told = {pair: some for pair, some in told.items() if len(some) >= 5}
    told |= {way: went(everybody, way) for way in found}
    for way, n in found.items():
        assert n == len(told[way]) >= 5
        assert 3 <= len(way) <= 6
    for one, other in combinations(sorted(told, key=len), 2):
        if "".join(one) in "".join(other):
            assert not 0 < len(told[one]) - len(told[other]) < 5, (one, other)
    for way in told:
        for after in ([w for w in found if w[:-1] == way], [w for w in found if w[1:] == way]):
            if after:
                assert not 0 < len(told[way].difference(*(told[w] for w in after))) < 5


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=40))
def test_no_end_tells_of_a_few(areas: list[str]) -> None:
    found = usual_ends(areas)
    assert found == ends(areas)
    assert all(n == areas.count(end) >= 5 for end, n in found.items())
    assert not found or not 0 < len(areas) - sum(found.values()) < 5


def test_what_most_had_in_common() -> None:
    walked = [list("abcde")] * 9 + [list("abc")] * 6 + [list("xabc")] * 2 + [list("ab")] * 7
    found = usual_ways(walked)
    assert found == {
        tuple(way): n
        for way, n in {"abc": 17, "abcd": 9, "bcd": 9, "cde": 9, "bcde": 9, "abcde": 9}.items()
    }
    # Two more who turn off before the end, and the rest would be they alone.
    assert tuple("abcde") not in usual_ways([*walked, list("abcd"), list("abcd")])


def test_a_day_has_no_more_than_so_many() -> None:
    names = [chr(ord("a") + n) for n in range(26)]
    many = [[a, b, a + b] for a in names for b in names if a < b][: MOST + 20]
    walked = [way for n, way in enumerate(many) for _ in range(5 + (n < MOST - 10))]
    found = usual_ways(walked)
    assert len(found) == MOST - 10  # of those that are equally usual none
    assert set(found.values()) == {6}
