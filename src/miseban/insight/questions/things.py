"""Shelves, cameras, alerts and tills over time."""

from __future__ import annotations

import numpy as np

from miseban.insight.questions.answers import Answer, Unit
from miseban.insight.questions.asked import Asked, Columns, Table, added, share
from miseban.insight.questions.asking import (
    AlertsQuestion,
    CamerasQuestion,
    ConversionQuestion,
    HelpQuestion,
    ReceiptsQuestion,
    StockQuestion,
)
from miseban.insight.questions.coverage import Coverage
from miseban.insight.questions.durations import quantile_s
from miseban.insight.questions.grid import grid
from miseban.insight.questions.rows import Rows, fetch, left_out
from miseban.insight.questions.visitors import WHATS, Lines

STATES = ("full", "low", "empty", "blocked", "wrong", "unknown")


def stock(question: StockQuestion, asked: Asked) -> Answer:
    """A row for every facing (``shelf/facing``)."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    wanted = question.shelves
    shelves = [shelf for shelf in asked.shop.shelves if wanted is None or shelf.id in wanted]
    places = [f"{shelf.id}/{facing.id}" for shelf in shelves for facing in shelf.facings]
    rows = fetch(asked, over, ("shelf",), places)
    length_s = over.lengths_s(asked.as_of)
    units: dict[str, Unit] = {f"{state}_min": "min" for state in STATES}
    table = Table(over, {**units, "fill": "share", "emptied": "count"})
    fill = rows.each("shelf", places, "fill")
    by_state = {state: rows.each("shelf", places, state) for state in STATES}
    values: Columns = {f"{state}_min": one.total / 60 for state, one in by_state.items()}
    values["fill"] = share(fill.total, fill.covered_s)
    values["emptied"] = by_state["empty"].n
    lasted_s = np.maximum(np.tile(length_s, len(places)), fill.covered_s)
    known = np.nan_to_num(share(fill.covered_s, lasted_s))
    table.add_places([(place, "") for place in places], known, values)
    return table.answer(question, asked)


def cameras(question: CamerasQuestion, asked: Asked) -> Answer:
    """A row for every camera, and one for every trouble that it had (``detail``)."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, ("gap", "occupancy"))
    coverage = Coverage(asked, over, rows)
    units: dict[str, Unit] = {
        "seen_min": "min", "lost_min": "min", "gaps": "count",
        "trouble_min": "min", "troubles": "count",
    }  # fmt: skip
    table = Table(over, units)
    nothing = np.full(over.n, np.nan)
    names = list(dict.fromkeys([*(c.id for c in asked.shop.cameras), *rows.places("gap")]))
    for name in names:
        own = rows.of("gap", name)
        seen = coverage.camera(name)
        values: Columns = {
            "seen_min": own.covered_s / 60, "lost_min": own.total / 60, "gaps": own.n,
            "trouble_min": nothing, "troubles": nothing,
        }  # fmt: skip
        table.add(name, "", np.zeros(over.n) if seen is None else seen, values)
        for trouble in rows.details("gap", name):
            if trouble:
                ill = rows.of("gap", name, trouble)
                values = dict.fromkeys(("seen_min", "lost_min", "gaps"), nothing)
                values |= {"trouble_min": ill.total / 60, "troubles": ill.n}
                table.add(name, trouble, seen, values)
    return table.answer(question, asked)


_ALERT: dict[str, Unit] = {
    "raised": "count",
    "accepted": "count",
    "done": "count",
    "escalated": "count",
    "ended": "count",
    "accepted_mean_s": "s",
    "accepted_median_s": "s",
    "accepted_p90_s": "s",
    "done_median_s": "s",
}


def alerts(question: AlertsQuestion, asked: Asked) -> Answer:
    """A row for every rule, and for all of them (place ""). An answer is counted when it was
    given."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, ("alert",), histograms=True)
    table = Table(over, _ALERT)
    rules = rows.places("alert")
    if rules:
        _answered(table, rows, "", rules, asked.k)
    for rule in rules:
        _answered(table, rows, rule, [rule], asked.k)
    return table.answer(question, asked)


def _answered(table: Table, rows: Rows, place: str, rules: list[str], k: int) -> None:
    steps = {}
    for step in ("raised", "accepted", "done", "escalated", "ended"):
        parts = [rows.of("alert", rule, step) for rule in rules]
        whole = parts[0]
        for part in parts[1:]:
            whole += part
        steps[step] = whole
    accepted, done = steps["accepted"], steps["done"]
    values: Columns = {step: one.n for step, one in steps.items()} | {
        "accepted_mean_s": share(accepted.total, accepted.measured),
        "accepted_median_s": quantile_s(accepted.histogram, 0.5, accepted.top, k),
        "accepted_p90_s": quantile_s(accepted.histogram, 0.9, accepted.top, k),
        "done_median_s": quantile_s(done.histogram, 0.5, done.top, k),
    }
    answered = {name: accepted.measured for name in _ALERT if name.startswith("accepted_")}
    table.add(place, "", None, values, base=answered | {"done_median_s": done.measured})


def help_calls(question: HelpQuestion, asked: Asked) -> Answer:
    """A row for every zone (``place``, empty where in none) and kind of call (``detail``); how soon
    somebody came is told by the zone (``detail`` "")."""
    over = grid(question, question.by, asked.reader.timezone, finest="hour")
    rows = fetch(asked, over, ("help",))
    units: dict[str, Unit] = {"calls": "count", "accepted": "count", "accepted_mean_s": "s"}
    table = Table(over, units)
    nothing = np.full(over.n, np.nan)
    for zone in rows.places("help"):
        kinds = [d for d in rows.details("help", zone) if not d.startswith("step-")]
        by_kind = {kind: rows.of("help", zone, kind) for kind in kinds}
        hidden = np.any([one.withheld for one in by_kind.values()], axis=0) if kinds else False
        calls = added([one.n for one in by_kind.values()], over.n)
        told = np.where(hidden & (calls == 0), np.nan, calls)
        came = rows.of("help", zone, "step-accepted")
        values: Columns = {
            "calls": told, "accepted": came.told,
            "accepted_mean_s": share(came.total, came.measured),
        }  # fmt: skip
        base: Columns = {"calls": told, "accepted_mean_s": came.measured}
        table.add(zone, "", None, values, base=base)
        for kind, one in by_kind.items():
            n = one.told
            values = {"calls": n, "accepted": nothing, "accepted_mean_s": nothing}
            table.add(zone, kind, None, values, base={"calls": n})
    return table.answer(question, asked, notes=left_out(rows, asked))


def receipts(question: ReceiptsQuestion, asked: Asked) -> Answer:
    """A row for every till and currency (``detail``), and for all tills (place "")."""
    over = grid(question, question.by, asked.reader.timezone)
    rows = fetch(asked, over, ("receipt",))
    units: dict[str, Unit] = {"receipts": "count", "amount": "currency", "amount_mean": "currency"}
    table = Table(over, units)
    by_currency: dict[str, list[str]] = {}
    for what, till, currency in rows.keys:
        if what == "receipt":
            by_currency.setdefault(currency, []).append(till)
    for currency, tills in by_currency.items():
        for place, of in [("", tills), *((till, [till]) for till in tills)]:
            n = added([rows.of("receipt", till, currency).n for till in of], over.n)
            sums = [rows.of("receipt", till, currency).total for till in of]
            amount = np.asarray(np.sum(sums, axis=0), np.float64)
            values: Columns = {"receipts": n, "amount": amount, "amount_mean": share(amount, n)}
            base = {"receipts": n, "amount_mean": n}
            table.add(place, currency, None, values, base=base)
    return table.answer(question, asked)


def conversion(question: ConversionQuestion, asked: Asked) -> Answer:
    """One row: receipts through visitors. Who buys for others counts as one, so a share near 1 is
    rare, and above 1 where receipts are many for one visitor."""
    over = grid(question, question.by, asked.reader.timezone, finest=asked.finest(question.since))
    rows = fetch(asked, over, ("receipt", *WHATS))
    lines = Lines(asked, over, rows)
    entrances = [line.id for line in asked.shop.lines if line.entrance]
    units: dict[str, Unit] = {"visitors": "people", "receipts": "count", "conversion": "share"}
    table = Table(over, units)
    if not entrances:
        return table.answer(question, asked, notes=["The shop file names no entrance."])
    visitors = lines.shoppers(entrances, "in")
    pairs = [(till, currency) for what, till, currency in rows.keys if what == "receipt"]
    sold = added([rows.of("receipt", *p).n for p in pairs], over.n)
    counted = lines.count(entrances, "in").n
    found = lines.ends(entrances, "in")
    ends = {}
    if found is not None:
        low, high = (np.maximum(end + visitors - counted, 0) for end in found)
        ends = {"visitors": (low, high), "conversion": (share(sold, high), share(sold, low))}
    notes = list(lines.notes)
    if not pairs:
        notes.append("No receipts are known.")
    values: Columns = {
        "visitors": visitors,
        "receipts": sold if pairs else np.full(over.n, np.nan),
        "conversion": share(sold, visitors) if pairs else np.full(over.n, np.nan),
    }
    base: Columns = {"visitors": visitors, "receipts": sold, "conversion": visitors}
    table.add("", "", lines.coverage.all_of(entrances), values, base=base, ends=ends)
    return table.answer(question, asked, notes=notes)
