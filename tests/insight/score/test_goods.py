"""Hands, shelves and tills: figures worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from miseban.insight.score import Score, score_folders
from miseban.insight.score.figures import FoundScore
from miseban.vocabulary.errors import BadInput
from tests.insight.score.floor import Floor
from tests.insight.score.folders import DURATION_S, write


def scored(tmp_path: Path, truth: Floor, result: Floor) -> Score:
    return score_folders(
        write(tmp_path / "truth", truth.events), write(tmp_path / "result", result.events)
    )


def found(matched: int, truth: int, result: int) -> FoundScore:
    return FoundScore(
        matched=matched,
        truth=truth,
        result=result,
        precision=matched / result if result else None,
        recall=matched / truth if truth else None,
        f1=2 * matched / (truth + result) if truth + result else None,
    )


def whys(score: Score) -> dict[str, str]:
    return {gap.what: gap.why for gap in score.missing}


def test_touches_by_facing_and_kind(tmp_path: Path) -> None:
    """Of three pieces taken one is found, one 3 s late, one called a reach."""
    truth, result = Floor(), Floor()
    for at_s in (100, 200, 300):
        truth.touch(at_s)
    truth.touch(400, kind="reach")
    truth.touch(500, "oolong")
    result.touch(102)
    result.touch(203)
    result.touch(300, kind="reach")
    result.touch(398.5, kind="reach")
    touches = scored(tmp_path, truth, result).touches
    assert touches is not None
    green = touches.facings["tea/green"]
    assert green.kinds == {"pick_up": found(1, 3, 2), "reach": found(1, 1, 2)}
    assert green.all == found(2, 4, 4)
    assert green.any_kind == found(3, 4, 4)
    assert touches.facings["tea/oolong"].all == found(0, 1, 0)
    assert touches.shop.kinds == {"pick_up": found(1, 4, 2), "reach": found(1, 1, 2)}
    assert touches.shop.all == found(2, 5, 4)
    assert touches.shop.any_kind == found(3, 5, 4)


def test_a_touch_is_matched_once_only(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.touch(100)
    for at_s in (99, 100, 101):
        result.touch(at_s)
    touches = scored(tmp_path, truth, result).touches
    assert touches is not None
    assert touches.shop.all == found(1, 1, 3)


def a_day(late_s: float = 0.0) -> Floor:
    """Full, low from 1000 s and empty from 1600 to 2000 s; empty again for 20 s from 5000 s on;
    low from 8000 s to the end at 10800 s."""
    floor = Floor()
    for at_s, state in (
        (0, "full"), (1000, "low"), (1600, "empty"), (2000, "full"), (5000, "empty"),
        (5020, "full"), (8000, "low"),
    ):  # fmt: skip
        floor.state(at_s + late_s, state)  # type: ignore[arg-type]
    return floor


def test_shelf_states_half_a_minute_late(tmp_path: Path) -> None:
    """Nothing is known of the first 30 s. Of 400 + 20 s empty 370 are told, and as many wrongly
    after: the 20 s are over before they are told. Low: 570 of 600 and 2770 of 2800 s. The fill is
    read at 60, 120, ... 10800 s: at 1020 s it is told as 1 instead of 1/4, at 1620 s as 1/4
    instead of 0, at 5040 s as 0 instead of 1."""
    shelves = scored(tmp_path, a_day(), a_day(30)).shelves
    assert shelves is not None
    assert list(shelves.facings) == ["tea/green"]
    assert shelves.facings["tea/green"] == shelves.shop
    shelf = shelves.shop
    assert (shelf.seconds, shelf.unknown_s) == (DURATION_S, 30)
    assert shelf.unknown_share == pytest.approx(30 / 10800)
    assert shelf.empty == found(370, 420, 420)
    assert shelf.low == found(570 + 2770, 3400, 3370)
    e = shelf.emptyings
    assert (e.truth, e.result, e.found, e.unseen, e.false_alarms) == (2, 2, 1, 0, 1)
    assert (e.recall, e.precision) == (0.5, 0.5)
    assert (e.delay_s_median, e.delay_s_worst) == (30.0, 30.0)
    assert shelf.fill_samples == 180
    assert shelf.fill_error_points == pytest.approx(100 * (0.75 + 0.25 + 1) / 180)


def test_delays_of_several_emptyings(tmp_path: Path) -> None:
    """0 s where it was said before, 40 s and 10 s: median 10 s. A call broken in two is one hit
    and no false alarm; one over two emptyings finds both."""
    truth, result = Floor(), Floor()
    truth.state(0, "full")
    result.state(0, "full")
    for at_s, until_s in ((100, 200), (300, 400), (1000, 2000)):
        truth.state(at_s, "empty")
        truth.state(until_s, "full")
    for at_s, state in (
        (90, "empty"), (150, "unknown"), (160, "empty"), (210, "full"), (310, "empty"),
        (390, "full"), (1040, "empty"), (1500, "blocked"), (1600, "empty"), (2000, "full"),
    ):  # fmt: skip
        result.state(at_s, state)  # type: ignore[arg-type]
    shelves = scored(tmp_path, truth, result).shelves
    assert shelves is not None
    e = shelves.shop.emptyings
    assert (e.truth, e.result, e.found, e.false_alarms) == (3, 5, 3, 0)
    assert (e.delay_s_median, e.delay_s_worst) == (10.0, 40.0)
    assert shelves.shop.unknown_s == 10 + 100


def test_what_the_result_cannot_say_is_no_mistake(tmp_path: Path) -> None:
    """Somebody stands before it the whole time that it is empty, and the camera is away for the
    second emptying; another camera's gap says nothing about this shelf."""
    result = Floor(seed=2)
    for at_s, state in ((0, "full"), (1000, "low"), (1600, "blocked"), (2000, "full")):
        result.state(at_s, state)  # type: ignore[arg-type]
    result.state(8000, "low")
    result.gap(5100, 200)
    result.gap(9000, 500)
    result.events[-1] = result.events[-1].model_copy(update={"camera": "elsewhere"})
    shelf = scored(tmp_path, a_day(), result).shelves
    assert shelf is not None
    assert shelf.shop.unknown_s == 400 + 200
    assert shelf.shop.empty == found(0, 0, 0)
    assert shelf.shop.low == found(3400, 3400, 3400)
    e = shelf.shop.emptyings
    assert (e.truth, e.unseen, e.found, e.recall, e.precision) == (2, 2, 0, None, None)
    assert e.delay_s_median is None


def test_a_state_told_before_the_truth_begins_still_holds(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.state(0, "empty")
    truth.state(600, "full")
    result.state(-100, "empty")
    result.state(600, "full")
    folders = (
        write(tmp_path / "truth", truth.events),
        write(tmp_path / "result", result.events, late_s=-200.0, duration_s=DURATION_S + 200),
    )
    shelves = score_folders(*folders).shelves
    assert shelves is not None
    assert shelves.shop.empty == found(600, 600, 600)
    assert shelves.shop.emptyings.delay_s_worst == 0.0
    assert shelves.shop.unknown_s == 0


def test_nothing_is_known_after_the_result_ends(tmp_path: Path) -> None:
    truth, result = a_day(), a_day()
    folders = (
        write(tmp_path / "truth", truth.events),
        write(tmp_path / "result", result.events[:4], duration_s=3000.0),
    )
    shelves = score_folders(*folders).shelves
    assert shelves is not None
    assert shelves.shop.unknown_s == 10800 - 3000
    assert shelves.shop.emptyings.unseen == 1


STOCK = "time_s,shelf,facing,pieces,fill\n30.000,tea,green,9,0.9000\n90.000,tea,green,6,0.6\n"


def test_the_true_fill_is_that_of_the_stock(tmp_path: Path) -> None:
    """At 30 s the fill last told is 1 of 0.9, at 90 s 1 of 0.6: 25 points on average."""
    truth = write(tmp_path / "truth", a_day().events)
    result = write(tmp_path / "result", a_day().events)
    (truth / "stock.csv").write_text(STOCK, "utf-8")
    shelves = score_folders(truth, result).shelves
    assert shelves is not None
    assert shelves.shop.fill_samples == 2
    assert shelves.shop.fill_error_points == pytest.approx(25.0)
    shelves = score_folders(truth, truth).shelves
    assert shelves is not None
    assert (shelves.shop.fill_samples, shelves.shop.fill_error_points) == (2, 0.0)
    (truth / "stock.csv").write_text("time_s,shelf\n1,tea\n", "utf-8")
    with pytest.raises(BadInput, match="expected columns time_s, shelf, facing, fill"):
        score_folders(truth, result)


def test_facings_of_one_side_are_named(tmp_path: Path) -> None:
    truth, result = a_day(), a_day()
    for n in range(7):
        truth.state(0, "full", f"f{n}")
    result.state(0, "full", "oolong")
    score = scored(tmp_path, truth, result)
    assert score.shelves is not None
    assert list(score.shelves.facings) == ["tea/green"]
    told = whys(score)
    names = "tea/f0, tea/f1, tea/f2, tea/f3, tea/f4 and 2 more"
    assert told[f"shelf states of {names}"] == "the result does not have it"
    assert told["shelf states of tea/oolong"] == "the truth does not have it"


def test_receipts_exact_to_the_line(tmp_path: Path) -> None:
    """Right; 61 s late; a line changed; lines in another order; one too many at another till."""
    truth, result = Floor(), Floor()
    for floor, late_s, pieces in ((truth, 0, 2), (result, 61, 3)):
        floor.receipt(100, ("a", 1, 158), till="till-2")
        floor.receipt(1000 + late_s, ("a", 1, 158))
        floor.receipt(2000, ("a", pieces, 158), ("b", 1, 90))
    truth.receipt(3000, ("a", 1, 158), ("b", 2, 90))
    result.receipt(3060, ("b", 2, 90), ("a", 1, 158))
    result.receipt(3000, ("b", 2, 90), ("a", 1, 158), till="till-2")
    receipts = scored(tmp_path, truth, result).receipts
    assert receipts is not None
    assert (receipts.receipts.truth, receipts.receipts.result) == (4, 5)
    assert receipts.exact == found(2, 4, 5)
    assert receipts.total.error == 158 + (158 + 2 * 90)
    assert receipts.currency == "JPY"
    assert receipts.quantity["a"].error == 1 + 1
    assert receipts.quantity["b"].error == 2
    assert receipts.quantity_abs_error == 4
    assert (receipts.pieces.truth, receipts.pieces.error) == (8, 4)


def test_receipts_of_different_currencies(tmp_path: Path) -> None:
    truth, result = Floor(), Floor()
    truth.receipt(1, ("a", 1, 158))
    result.receipt(1, ("a", 1, 158), currency="KRW")
    score = scored(tmp_path, truth, result)
    assert score.receipts is None
    assert whys(score)["receipts"] == "prices are in different currencies: JPY, KRW"


MAKES: dict[str, tuple[Callable[[Floor], None], str, str]] = {
    "touches": (lambda floor: floor.touch(1), "touches", "shelf.touched"),
    "shelves": (lambda floor: floor.state(1, "full"), "shelf states", "shelf.state"),
    "help": (lambda floor: floor.help(1), "help", "help.needed"),
    "receipts": (lambda floor: floor.receipt(1, ("a", 1, 1)), "receipts", "till.receipt"),
}


@pytest.mark.parametrize("name", MAKES)
def test_what_one_side_does_not_tell_of_is_said(name: str, tmp_path: Path) -> None:
    make, what, event = MAKES[name]
    some, none = Floor(), Floor()
    make(some)
    some.walk(1, "a")
    none.walk(1, "a")
    for truth, result, why in (
        (some, none, f"the result has no events {event}"),
        (none, some, f"the truth has no events {event}"),
        (none, none, f"there are no events {event} in these folders"),
    ):
        score = scored(tmp_path, truth, result)
        assert getattr(score, name) is None
        assert whys(score)[what] == why


@pytest.mark.parametrize(
    ("name", "table"),
    [("touches", "stock.csv"), ("help", "incidents.csv"), ("receipts", "receipts.csv")],
)
def test_a_quiet_day_is_told_by_its_table(name: str, table: str, tmp_path: Path) -> None:
    """The truth knows that nothing happened: what the result tells of is wrong."""
    quiet, busy = Floor(), Floor()
    quiet.walk(1, "a")
    MAKES[name][0](busy)
    truth, result = write(tmp_path / "truth", quiet.events), write(tmp_path / "r", busy.events)
    (truth / table).write_text("time_s,shelf,facing,fill\n", "utf-8")
    part = getattr(score_folders(truth, result), name)
    whole = {
        "touches": lambda p: p.shop.all,
        "help": lambda p: p.all,
        "receipts": lambda p: p.exact,
    }
    one = whole[name](part)
    assert (one.truth, one.result, one.matched) == (0, 1, 0)
    assert (one.precision, one.recall) == (0.0, None)
