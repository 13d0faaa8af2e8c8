"""The score for people to read: one short table for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table

from miseban.insight.score.figures import DurationScore, Score


def tables(score: Score) -> Group:
    """What ``score`` has, in sections; then what is missing."""
    return Group(*(part for table in _sections(score) if table.row_count for part in (table, "")))


def _sections(score: Score) -> Iterator[Table]:
    tracking = _table("tracking", "HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches", "tracks")
    for camera, t in score.tracking.items():
        rates = (t.hota, t.det_a, t.ass_a, t.idf1, t.mota)
        tracks = f"{t.result_tracks} of {t.truth_tracks}"
        tracking.add_row(camera, *(f"{rate:.3f}" for rate in rates), str(t.switches), tracks)
    yield tracking
    yield _lines(score)
    intervals = _table("95 % intervals of passages", "hold the truth", "share")
    if score.intervals:
        told = score.intervals
        for name, one in (("whole recording", told.recording), ("by the hour", told.hours)):
            intervals.add_row(name, f"{one.covered} of {one.intervals}", _rate(one.share))
    yield intervals
    if score.people:
        people = _table("people", "truth", "result", "error")
        p = score.people
        people.add_row(
            "seen",
            str(p.truth),
            str(p.result),
            f"{_signed(p.error, 0)}{_percent(p.relative_error)}",
        )
        yield people
    yield from _areas(score)
    heat = _table("heat", "correlation", "cells", "of")
    for camera, h in score.heat.items():
        heat.add_row(camera, f"{h.correlation:.3f}", str(h.cells), f"{h.cell:g} {h.unit}")
    yield heat
    missing = _table("not compared", "why")
    missing.columns[1].justify = "left"
    for gap in score.missing:
        missing.add_row(gap.what, gap.why)
    yield missing


def _lines(score: Score) -> Table:
    head = ("truth", "result", "error", "an hour", "bias", "worst", "found", "right")
    table = _table("passages", *head)
    for line, both in score.lines.items():
        for way, d in (("in", both.in_), ("out", both.out)):
            hour = d.by_hour
            table.add_row(
                f"{line} {way}",
                str(d.truth),
                str(d.result),
                f"{_signed(d.error, 0)}{_percent(d.relative_error)}",
                f"{hour.mean_abs:.2f}",
                _signed(hour.bias),
                _signed(hour.worst, 0),
                _rate(d.passages.recall),
                _rate(d.passages.precision),
            )
    return table


def _areas(score: Score) -> Iterator[Table]:
    zones = _table(
        "zones", "truth", "result", "error", "found", "right", "dwell error", "bias", "median bias"
    )
    for zone, z in score.zones.items():
        zones.add_row(
            zone,
            str(z.visits.truth),
            str(z.visits.result),
            f"{_signed(z.visits.error, 0)}{_percent(z.visits.relative_error)}",
            _rate(z.stays.recall),
            _rate(z.stays.precision),
            *_durations(z.dwell_s),
        )
    yield zones
    occupancy = _table("people in zones by the minute", "minutes", "error", "bias", "worst")
    for zone, o in score.occupancy.items():
        errors = f"{o.mean_abs_error:.2f}", _signed(o.bias), _signed(o.worst)
        occupancy.add_row(zone, str(o.minutes), *errors)
    yield occupancy
    queues = _table(
        "queues", "seconds", "length exact", "error", "waiting error", "bias", "median bias"
    )
    for queue, q in score.queues.items():
        length = str(q.seconds), f"{q.exact:.2%}", f"{q.mean_abs_error:.3f}"
        queues.add_row(queue, *length, *_durations(q.waiting_s))
    yield queues


def _table(name: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(name)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _durations(seconds: DurationScore | None) -> tuple[str, str, str]:
    if seconds is None:
        return "", "", ""
    bias = f"{_signed(seconds.bias_mean)} s{_percent(seconds.relative_bias)}"
    return f"{seconds.error_mean:.2f} s", bias, f"{_signed(seconds.bias_median)} s"


def _signed(value: float, digits: int = 2) -> str:
    """With its sign, and without one when it rounds to nothing."""
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}"


def _percent(part: float | None) -> str:
    return "" if part is None else f" ({_signed(100 * part, 1)} %)"


def _rate(part: float | None) -> str:
    return "" if part is None else f"{part:.1%}"
