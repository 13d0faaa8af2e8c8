"""What is added up of queues, shelves, cameras and alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros
from miseban.journal.rollups.facts import Moments, Spans
from miseban.journal.rollups.rows import ROW
from miseban.journal.rollups.seen import by_camera, lost_spans, seen_spans
from miseban.journal.rollups.steps import State, Steps, comings, steps_of, within
from miseban.journal.rollups.window import Told, Window, all_of, numbered
from miseban.vocabulary.stretches import Stretch, without


def queues(
    window: Window, carried: Mapping[str, State]
) -> tuple[list[Moments | Spans], dict[str, State]]:
    """``queue``: person-seconds that people waited and the longest length, over the time in which
    it was seen; ``first``: how long who came first had waited at most."""
    told = window.told("queue.state")
    zone, camera = told.texts("zone"), told.texts("camera")
    steps, ends = steps_of(window, told, zone, all_of("", told), told.numbers("length"), carried)
    # By the camera of the day's last report.
    today = within(window.day, told)
    eyes = dict(zip(zone[today].tolist(), camera[today].tolist(), strict=True))
    parts: list[Moments | Spans] = [
        seen.spans("queue", seen.word, seen.number, top=True)
        for seen in _where_seen(steps, eyes, lost_spans(window))
    ]
    parts.append(
        Moments("queue", told.times, zone, all_of("first", told), top=told.numbers("waiting_s"))
    )
    return parts, ends


def _where_seen(
    steps: Steps, eyes: Mapping[str, str], lost: Mapping[str, list[Stretch]]
) -> Iterator[Steps]:
    """``steps`` without what no camera saw: those of places of which nothing was lost, and what is
    left of the others."""
    code, names = numbered(steps.place)
    partly = np.array([bool(lost.get(eyes.get(name, ""))) for name in names], bool)[code]
    yield steps.those(~partly)
    some = steps.those(partly)
    left = [
        (number, int(a), int(b))
        for number, (place, since, until) in enumerate(
            zip(some.place.tolist(), some.since.tolist(), some.until.tolist(), strict=True)
        )
        for a, b in without((since, until), lost[eyes[place]])
    ]
    if left:
        which, since, until = np.array(left, np.int64).T
        yield replace(some.those(which), since=since, until=until)


def shelves(
    window: Window, carried: Mapping[str, State]
) -> tuple[list[Moments | Spans], dict[str, State], Steps]:
    """``shelf``: seconds in each state, and how often a facing came into it; ``fill``: the fill
    times its seconds. Also how the day ended, and in what each facing was when."""
    told = window.told("shelf.state")
    place = told.texts("shelf") + "/" + told.texts("facing")
    state = told.texts("state")
    steps, ends = steps_of(window, told, place, state, told.numbers("fill"), carried)
    came = comings(window, told, place, state, carried)
    parts: list[Moments | Spans] = [
        steps.spans("shelf", steps.word, np.ones(len(steps.word))),
        steps.spans("shelf", np.full(len(steps.word), "fill", object), steps.number),
        Moments("shelf", told.times[came], place[came], state[came]),
    ]
    return parts, ends, steps


def cameras(window: Window) -> Iterator[Moments | Spans]:
    """``gap``: by camera the seconds it saw (``covered_s``), the seconds lost and how often; and
    for each trouble how long it lasted."""
    told = window.told("camera.health")
    lost = lost_spans(window)
    for camera, spans in seen_spans(window).items():
        seen = [part for span in spans for part in without(span, lost.get(camera, ()))]
        yield _stretches(camera, "", seen, 0.0, covers=True)
    for camera, spans in lost.items():
        yield _stretches(camera, "", spans, 1.0, covers=False)
    gone = told.those(told.texts("state") == "gap")
    yield Moments("gap", gone.times, gone.texts("camera"), all_of("", gone))
    yield from _troubles(told)


def alerts(window: Window) -> Iterator[Moments]:
    """``alert``: steps of alerts by rule, with the seconds since the alert was raised; ``help``:
    calls for help by zone and kind, and the steps of alerts about them (``step-accepted``)."""
    told = window.told("alert.step")
    yield Moments("alert", told.times, told.texts("rule"), told.texts("step"), _since_raised(told))
    needed = window.told("help.needed")
    yield Moments("help", needed.times, needed.texts("zone"), needed.texts("kind"))
    steps = window.told("help.step")
    step = np.asarray("step-" + steps.texts("step"), object)
    yield Moments("help", steps.times, steps.texts("zone"), step, _since_raised(steps))


def closing(ends: Mapping[str, Mapping[str, State]], window: Window) -> pa.Table:
    """Rows of ``closing``: how the day ended, for the next one to begin with; of ``ends`` by the
    name of what it is."""
    found = [
        (f"{name}/{place}", word, number)
        for name, states in ends.items()
        for place, (word, number) in sorted(states.items())
    ]
    return pa.table(
        {
            "start": pa.array([window.day.start] * len(found), ROW.field("start").type),
            "day": pa.array([window.day.date] * len(found), pa.date32()),
            "what": pa.array(["closing"] * len(found), pa.string()),
            "place": pa.array([place for place, _, _ in found], pa.string()),
            "detail": pa.array([word for _, word, _ in found], pa.string()),
            "n": pa.array([0] * len(found), pa.int64()),
            "total": pa.array([number for _, _, number in found], pa.float64()),
            "top": pa.nulls(len(found), pa.float64()),
            "covered_s": pa.array([0.0] * len(found), pa.float64()),
            "histogram": pa.nulls(len(found), ROW.field("histogram").type),
        },
        schema=ROW,
    )


def carried_over(rows: pa.Table, name: str) -> dict[str, State]:
    """The states in ``rows`` of ``closing`` that are of ``name``."""
    found = {}
    for row in rows.select(["place", "detail", "total"]).to_pylist():
        kind, _, place = row["place"].partition("/")
        if kind == name:
            found[place] = (row["detail"], row["total"])
    return found


def _since_raised(told: Told) -> NDArray[np.float64]:
    """(N,) seconds since the alert of each step was last raised; not a number where it was not."""
    alert, times = told.texts("alert"), told.times
    later = told.texts("step") != "raised"
    raised: dict[str, int] = {}
    seconds = np.full(len(told), np.nan)
    for i in np.lexsort((later, times)).tolist():
        if not later[i]:
            raised[alert[i]] = times[i]
        elif alert[i] in raised:
            seconds[i] = (times[i] - raised[alert[i]]) / 1e6
    return seconds


def _troubles(told: Told) -> Iterator[Moments | Spans]:
    """A trouble is there from ``since`` to each report that it lasts or has ended."""
    ill = told.those(~np.isin(told.texts("state").astype(str), ["ok", "gap"]))
    begins = ill.texts("phase") == "begins"
    new = ill.those(begins)
    yield Moments("gap", new.times, new.texts("camera"), new.texts("state"))
    since = np.where(ill.table["since"].is_null().to_numpy(), ill.times, _or_zero(ill, "since"))
    pairs = ill.texts("camera") + "|" + ill.texts("state")
    for pair, spans in by_camera(pairs, since, ill.times).items():
        camera, _, state = pair.partition("|")
        yield _stretches(camera, state, spans, 1.0, covers=False)


def _or_zero(told: Told, name: str) -> Micros:
    return np.asarray(told.table[name].cast(pa.int64()).fill_null(0).to_numpy(), np.int64)


def _stretches(
    camera: str, detail: str, spans: list[Stretch], rate: float, *, covers: bool
) -> Spans:
    since = np.array([a for a, _ in spans], np.int64)
    until = np.array([b for _, b in spans], np.int64)
    n = len(spans)
    return Spans("gap", since, until, [camera] * n, [detail] * n, np.full(n, rate), covers=covers)
