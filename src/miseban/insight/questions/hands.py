"""What people did at the shelves, from passing to buying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Floats, Ints, Table, share
from miseban.insight.questions.asking import FunnelQuestion
from miseban.insight.questions.chosen import narrowed
from miseban.insight.questions.coverage import WHATS as SEEN
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.durations import lasting
from miseban.insight.questions.grid import grid
from miseban.insight.questions.ratios import share_ends
from miseban.insight.questions.rows import Rows, Sums, fetch, histograms_of, left_out
from miseban.space.faced import fronts_of
from miseban.vocabulary.shop import Shelf

STOP_S = 4.0
"""Who stays so long has stopped. An edge of the bins of durations."""
MANY = 4
"""Of so many times k people is told what share did not buy: of fewer, those who are left out
because they were too few would make it wrong."""
_KINDS = ("faced", "visits", "picked", "kept", "reach", "pick_up", "put_back")
_UNITS: dict[str, Unit] = {
    "passed": "people", "stopped": "people", "faced": "people", "touched": "people",
    "picked": "people", "kept_by": "people", "reaches": "count", "pick_ups": "count",
    "put_backs": "count", "kept": "count", "bought": "count", "bought_by": "count",
    "stop_rate": "share", "face_rate": "share", "touch_rate": "share", "pick_rate": "share",
    "put_back_rate": "share", "not_bought_rate": "share",
}  # fmt: skip


@dataclass(frozen=True)
class _Subject:
    """A facing, or all of a shelf, whose facings are ``parts``; ``gtins`` are its products, and
    ``alone`` whether these stand nowhere else."""

    place: str
    parts: tuple[str, ...]
    gtins: tuple[str, ...]
    alone: bool


def funnel(question: FunnelQuestion, asked: Asked) -> Answer:
    """A row for every facing (``shelf/facing``), or for every shelf. Who passed and stopped is
    known where the shop file says which zone is before a shelf."""
    over = grid(question, "whole", asked.reader.timezone, finest="hour")
    some = narrowed(question, over, asked.reader.timezone)
    wanted = question.shelves
    shelves = [shelf for shelf in asked.shop.shelves if wanted is None or shelf.id in wanted]
    zones = {one.id: zone.id for one in shelves if (zone := asked.shop.zone_before(one))}
    near = list(dict.fromkeys(zones.values()))
    # One look at the journal for both: what may be told of a place hangs on no other.
    people = fetch(
        asked, over, ("touch", "stay"), [*near, *places_of(asked.shop.shelves)], some=some
    )
    receipts = fetch(asked, over, ("receipt", "sold", *SEEN), some=some)
    stops = fetch(asked, over, ("stay",), near, histograms=True, split=_stopped, some=some)
    coverage = Coverage(asked, over, receipts if some is None else None, some=some)
    table = Table(over, _UNITS)
    nothing = np.full(over.n, np.nan)
    everywhere = Counter(facing.gtin for one in asked.shop.shelves for facing in one.facings)
    counted_so = any(what == "touch" and kind == "kept" for what, _, kind in people.keys)
    faced_so = any(what == "touch" and kind == "faced" for what, _, kind in people.keys)
    fronts = {"/".join(place) for place in fronts_of(asked.shop)} if faced_so else set()
    for shelf in shelves:
        seen = coverage.line(shelf.id)
        told = shelf.id in zones
        before = zones.get(shelf.id, "")
        one, divided = people.of("stay", before), stops.of("stay", before)
        passed = one.told if told else nothing
        known = told & (divided.measured > 0)
        stopped = np.where(known, lasting(divided.histogram, STOP_S), np.nan)
        parts = places_of([shelf])
        hands = _hands({k: people.each("touch", parts, k) for k in _KINDS}, counted_so=counted_so)
        blind = np.repeat([part not in fronts for part in parts], over.n)
        hands["faced"] = np.where(blind, np.nan, hands["faced"])  # where nobody can tell
        subjects = _subjects(shelf, everywhere, each=question.of == "facing")
        whole = len(parts) > len(subjects)  # who touched two of its facings counts twice
        if question.of == "shelf":
            hands = {name: _together(one.reshape(-1, over.n)) for name, one in hands.items()}
        passed, stopped, stays_n = (
            np.tile(one, len(subjects)) for one in (passed, stopped, divided.measured)
        )
        sold = _sold(subjects, receipts, over.n)
        values: Columns = {**hands, **sold, "passed": passed, "stopped": stopped}
        visits: Floats = np.nan_to_num(hands["touched"])
        ups: Floats = np.nan_to_num(hands["pick_ups"])
        alone = np.repeat(np.array([one.alone for one in subjects], bool), over.n)
        beside = np.full_like(passed, np.nan) if whole else np.nan_to_num(passed)
        rates, ends = _rates(
            {
                "stop_rate": (stopped, stays_n),
                "face_rate": (hands["faced"], beside),
                "touch_rate": (hands["touched"], beside),
                "pick_rate": (hands["picked"], visits),
                "put_back_rate": (hands["put_backs"], ups),
                "not_bought_rate": _not_bought(alone, visits, sold["bought_by"], asked.k),
            }
        )
        if whole:  # these are no single people, whom an interval would take them for
            ends = {"stop_rate": ends["stop_rate"]}
        base: Columns = {name: hands[name] for name in ("faced", "touched", "picked")}
        base |= {"kept_by": hands["kept_by"], "pick_rate": hands["touched"]}
        base |= {"put_back_rate": hands["pick_ups"], "not_bought_rate": hands["touched"]}
        if told:
            base |= {"passed": passed, "face_rate": passed, "touch_rate": passed}
            base |= {"stopped": stopped, "stop_rate": stays_n}
        places = [(one.place, "") for one in subjects]
        table.add_places(places, seen, values | rates, base=base, ends=ends)
    notes = {note for rows in (people, stops) for note in left_out(rows, asked)}
    return table.answer(question, asked, notes=sorted(notes))


def _subjects(shelf: Shelf, everywhere: Counter[str], *, each: bool) -> list[_Subject]:
    places = places_of([shelf])
    if each:
        return [
            _Subject(place, (place,), (one.gtin,), everywhere[one.gtin] == 1)
            for one, place in zip(shelf.facings, places, strict=True)
        ]
    here = Counter(facing.gtin for facing in shelf.facings)
    alone = all(everywhere[gtin] == n for gtin, n in here.items())
    return [_Subject(shelf.id, tuple(places), tuple(here), alone)]


def _hands(n: dict[str, Sums], *, counted_so: bool) -> Columns:
    """What hands did. Days counted before it was known who kept something say nothing of it."""
    kept, ups = n["kept"], n["pick_up"].told
    unknown = (kept.measured < kept.n) | kept.withheld
    if not counted_so:
        unknown |= np.nan_to_num(ups) > 0
    return {
        "faced": n["faced"].told,
        "touched": n["visits"].told,
        "picked": n["picked"].told,
        "kept_by": np.where(unknown, np.nan, kept.n),
        "reaches": n["reach"].told,
        "pick_ups": ups,
        "put_backs": n["put_back"].told,
        "kept": np.where(unknown, np.nan, kept.total),
    }


def _together(parts: Floats | Ints) -> Floats:
    """(N,) the sum of what is told of parts (N,) each; not a number where nothing is."""
    columns = np.asarray(parts, np.float64)
    return np.where(np.isnan(columns).all(axis=0), np.nan, np.nansum(columns, axis=0))


def _sold(subjects: Sequence[_Subject], receipts: Rows, n: int) -> Columns:
    """(S x N,) what the tills sold of the products of S subjects; of a shelf nothing where one of
    them stands elsewhere too. Not a number where no receipts are known."""
    bought, bought_by = np.full((2, len(subjects), n), np.nan)
    some = any(what == "sold" for what, _, _ in receipts.keys)
    for i, one in enumerate(subjects):
        if not some or (len(one.parts) > 1 and not one.alone):
            continue
        sold = receipts.each("sold", one.gtins)
        bought[i] = sold.total.reshape(-1, n).sum(axis=0)
        if len(one.gtins) == 1:
            # Who buys two products of a shelf has one receipt, but nobody can tell from the sums.
            bought_by[i] = sold.n
    return {"bought": bought.ravel(), "bought_by": bought_by.ravel()}


def _not_bought(
    alone: NDArray[np.bool_], visits: Floats, bought_by: Floats | Ints, k: int
) -> tuple[Floats, Floats]:
    """Of how many who touched, how many did not buy, if each receipt is of somebody who did."""
    enough = (visits >= MANY * k) & alone & ~np.isnan(bought_by)
    return np.where(enough, np.maximum(visits - bought_by, 0), np.nan), visits


def _rates(
    parts: dict[str, tuple[Floats | Ints, Floats | Ints]],
) -> tuple[Columns, dict[str, tuple[Floats, Floats]]]:
    """Shares and their intervals: each of (some, of how many)."""
    rates: Columns = {}
    ends = {}
    for name, (some, of) in parts.items():
        rates[name] = np.minimum(share(some, of), 1)
        ends[name] = share_ends(some, of)
    return rates, ends


def _stopped(rows: pa.Table) -> NDArray[np.int64]:
    """(M,) how many of the stays in M rows were stops."""
    return lasting(histograms_of(rows), STOP_S)


def places_of(shelves: Sequence[Shelf]) -> list[str]:
    return [f"{shelf.id}/{facing.id}" for shelf in shelves for facing in shelf.facings]
