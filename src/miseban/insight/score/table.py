"""The score for people to read: one short table for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table

from miseban.insight.score.cells import count, durations, number, rate, signed, table
from miseban.insight.score.figures import IncidentScore, Score
from miseban.insight.score.table_goods import receipt_tables, shelf_tables, touch_tables


def tables(score: Score) -> Group:
    """What ``score`` has, in sections; then what is missing."""
    return Group(*(part for one in _sections(score) if one.row_count for part in (one, "")))


def _sections(score: Score) -> Iterator[Table]:
    tracking = table("tracking", "HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches", "tracks")
    for camera, t in score.tracking.items():
        rates = (t.hota, t.det_a, t.ass_a, t.idf1, t.mota)
        tracks = f"{t.result_tracks} of {t.truth_tracks}"
        tracking.add_row(camera, *(f"{part:.3f}" for part in rates), str(t.switches), tracks)
    yield tracking
    yield _lines(score)
    intervals = table("95 % intervals of passages", "hold the truth", "share")
    if score.intervals:
        told = score.intervals
        for name, one in (("whole recording", told.recording), ("by the hour", told.hours)):
            intervals.add_row(name, f"{one.covered} of {one.intervals}", rate(one.share))
    yield intervals
    yield from _people(score)
    yield from _areas(score)
    heat = table("heat", "correlation", "cells", "of")
    for camera, h in score.heat.items():
        heat.add_row(camera, f"{h.correlation:.3f}", str(h.cells), f"{h.cell:g} {h.unit}")
    yield heat
    yield from touch_tables(score.touches)
    yield from shelf_tables(score.shelves)
    yield _help(score)
    yield from receipt_tables(score.receipts)
    missing = table("not compared", "why")
    missing.columns[1].justify = "left"
    for gap in score.missing:
        missing.add_row(gap.what, gap.why)
    yield missing


def _lines(score: Score) -> Table:
    head = ("truth", "result", "error", "an hour", "bias", "worst", "found", "right")
    passages = table("passages", *head)
    for line, both in score.lines.items():
        for way, d in (("in", both.in_), ("out", both.out)):
            hour = d.by_hour
            passages.add_row(
                f"{line} {way}",
                *count(d),
                f"{hour.mean_abs:.2f}",
                signed(hour.bias),
                signed(hour.worst, 0),
                rate(d.passages.recall),
                rate(d.passages.precision),
            )
    return passages


def _people(score: Score) -> Iterator[Table]:
    people = table("people", "truth", "result", "error")
    for name, one in (("seen", score.people), ("shoppers", score.shoppers)):
        if one:
            people.add_row(name, *count(one))
    yield people
    yield from _visitors(score)
    yield from _floor(score)
    labels = table("of the same people", "truth", "result", "found", "right", "F1")
    named = (
        ("visits", score.visits),
        ("staff", score.staff),
        ("staff, by found visit", score.staff_pieces),
        ("staff, by second", score.staff_seconds),
        ("pairs in a group", score.groups),
    )
    for name, label in named:
        if label:
            rates = rate(label.recall), rate(label.precision), rate(label.f1)
            labels.add_row(name, str(label.truth), str(label.result), *rates)
    yield labels


def _floor(score: Score) -> Iterator[Table]:
    floor = table("the floor", "HOTA", "DetA", "AssA", "error", "90 %", "switches", "pieces")
    if score.floor:
        f = score.floor
        rates = (f"{part:.3f}" for part in (f.hota, f.det_a, f.ass_a))
        errors = number(f.error_m_median, " m"), number(f.error_m_p90, " m")
        floor.add_row(f"{f.covered:.1%} seen", *rates, *errors, str(f.switches), number(f.pieces))
    yield floor


def _visitors(score: Score) -> Iterator[Table]:
    counts = table("visitors", "truth", "result", "error")
    rates = table("of the visitors", "truth", "result", "error")
    told = score.visitors
    if told is not None:
        for name, one in (
            ("visitors", told.visitors),
            ("groups", told.groups),
            ("passers-by", told.passers_by),
            ("bounced", told.bounced),
            ("begun inside", told.begun_inside),
        ):
            if one is not None:
                counts.add_row(name, *count(one))
        for name, part in (
            ("capture rate", told.capture_rate),
            ("conversion", told.conversion),
            ("conversion of groups", told.group_conversion),
        ):
            if part is not None:
                rates.add_row(name, rate(part.truth), rate(part.result), f"{part.error:+.1%}")
        if told.reach is not None:
            worst = f"{told.reach.worst:+.1%} ({told.reach.worst_zone})"
            rates.add_row("reach, worst of all areas", "", "", worst)
    yield counts
    yield rates


def _help(score: Score) -> Table:
    head = ("truth", "result", "found", "within 10 s", "right", "delay median", "false a day")
    calls = table("help", *head)
    rows: list[tuple[str, IncidentScore]] = []
    if score.help:
        rows = [*score.help.kinds.items(), ("all", score.help.all)]
    for kind, h in rows:
        calls.add_row(
            kind,
            str(h.truth),
            str(h.result),
            rate(h.recall),
            rate(h.recall_in_time),
            rate(h.precision),
            number(h.delay_s_median, " s"),
            number(h.false_per_day, digits=2),
        )
    return calls


def _areas(score: Score) -> Iterator[Table]:
    zones = table(
        "zones", "truth", "result", "error", "found", "right", "dwell error", "bias", "median bias"
    )
    for zone, z in score.zones.items():
        zones.add_row(
            zone,
            *count(z.visits),
            rate(z.stays.recall),
            rate(z.stays.precision),
            *durations(z.dwell_s),
        )
    yield zones
    occupancy = table("people in zones by the minute", "minutes", "error", "bias", "worst")
    for zone, o in score.occupancy.items():
        errors = f"{o.mean_abs_error:.2f}", signed(o.bias), signed(o.worst)
        occupancy.add_row(zone, str(o.minutes), *errors)
    yield occupancy
    queues = table(
        "queues", "seconds", "length exact", "error", "waiting error", "bias", "median bias"
    )
    for queue, q in score.queues.items():
        length = str(q.seconds), f"{q.exact:.2%}", f"{q.mean_abs_error:.3f}"
        queues.add_row(queue, *length, *durations(q.waiting_s))
    yield queues
