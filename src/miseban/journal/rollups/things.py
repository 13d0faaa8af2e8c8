"""What is added up of queues, shelves, cameras and alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from miseban.journal.rollups.days import Micros
from miseban.journal.rollups.facts import Moments, Spans
from miseban.journal.rollups.rows import ROW
from miseban.journal.rollups.window import Objects, Told, Window
from miseban.vocabulary.stretches import Stretch, joined, without

HEARTBEAT_S = 930.0
"""A camera tells every quarter of an hour how it is: so long before such a report it was there."""

State = tuple[str, float]
"""A word and a number: of a queue its length, of a facing its state and fill."""


@dataclass(frozen=True, slots=True)
class Step:
    """From ``since`` to ``until``, microseconds, ``place`` was in ``state``."""

    place: str
    since: int
    until: int
    state: State


def steps_of(
    window: Window,
    told: Told,
    places: Objects,
    words: Objects,
    numbers: NDArray[np.float64],
    carried: Mapping[str, State],
) -> tuple[list[Step], dict[str, State]]:
    """What each place was in over the day: from one report to the next. ``carried`` is how the day
    before ended; also how this one does."""
    day = window.day
    at = {place: (day.start_us, state) for place, state in carried.items()}
    steps = []
    for when, place, word, number in zip(
        told.times.tolist(), places.tolist(), words.tolist(), numbers.tolist(), strict=True
    ):
        if not day.start_us <= when < day.end_us:
            continue
        if place in at:
            since, state = at[place]
            steps.append(Step(place, since, when, state))
        at[place] = (when, (word, number))
    steps += [Step(place, since, window.known_until, state) for place, (since, state) in at.items()]
    return [s for s in steps if s.until > s.since], {place: s for place, (_, s) in at.items()}


def queues(
    window: Window, carried: Mapping[str, State]
) -> tuple[list[Moments | Spans], dict[str, State]]:
    """``queue``: person-seconds that people waited and the longest length, over the time in which
    it was seen; ``first``: how long who came first had waited at most."""
    told = window.told("queue.state")
    zone, camera = told.texts("zone"), told.texts("camera")
    steps, ends = steps_of(
        window, told, zone, np.full(len(told), "", object), told.numbers("length"), carried
    )
    lost = lost_spans(window)
    # By the camera of the day's last report.
    today = (told.times >= window.day.start_us) & (told.times < window.day.end_us)
    eyes = dict(zip(zone[today].tolist(), camera[today].tolist(), strict=True))
    seen = [
        Step(step.place, int(a), int(b), step.state)
        for step in steps
        for a, b in without((step.since, step.until), lost.get(eyes.get(step.place, ""), ()))
    ]
    parts: list[Moments | Spans] = [
        _spans("queue", seen, [""] * len(seen), [s.state[1] for s in seen], top=True),
        Moments(
            "queue",
            told.times,
            zone,
            np.full(len(told), "first", object),
            top=told.numbers("waiting_s"),
        ),
    ]
    return parts, ends


def shelves(
    window: Window, carried: Mapping[str, State]
) -> tuple[list[Moments | Spans], dict[str, State], list[Step]]:
    """``shelf``: seconds in each state, and how often a facing came into it; ``fill``: the fill
    times its seconds. Also how the day ended, and in what each facing was when."""
    told = window.told("shelf.state")
    place = told.texts("shelf") + "/" + told.texts("facing")
    state = told.texts("state")
    steps, ends = steps_of(window, told, place, state, told.numbers("fill"), carried)
    parts: list[Moments | Spans] = [
        _spans("shelf", steps, [s.state[0] for s in steps], [1.0] * len(steps)),
        _spans("shelf", steps, ["fill"] * len(steps), [s.state[1] for s in steps]),
        _comings(window, told, place, state, carried),
    ]
    return parts, ends, steps


def _comings(
    window: Window, told: Told, places: Objects, words: Objects, carried: Mapping[str, State]
) -> Moments:
    """When each place came into which state: a camera also tells of a fill that changed within
    one."""
    last = {place: state[0] for place, state in carried.items()}
    fresh = np.zeros(len(told), np.bool_)
    for number, (when, place, word) in enumerate(
        zip(told.times.tolist(), places.tolist(), words.tolist(), strict=True)
    ):
        if window.day.start_us <= when < window.day.end_us:
            fresh[number] = last.get(place) != word
            last[place] = word
    return Moments("shelf", told.times[fresh], places[fresh], words[fresh])


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
    yield Moments("gap", gone.times, gone.texts("camera"), np.full(len(gone), "", object))
    yield from _troubles(told)


def lost_spans(window: Window) -> dict[str, list[Stretch]]:
    """When each camera saw nothing, microseconds."""
    told = window.told("camera.health")
    until = told.times
    since = until - np.round(told.numbers("gap_s") * 1e6).astype(np.int64)
    return _by_camera(told.texts("camera"), since, until)


def seen_spans(window: Window) -> dict[str, list[Stretch]]:
    """When each camera was there, whether it saw or not: by its reports, and by what it tells of
    its zones every minute. A gap says nothing of the time before it: a camera that has never
    answered tells of gaps alone."""
    health = window.told("camera.health")
    alive = health.those((health.numbers("fps") > 0) & (health.texts("state") != "gap"))
    minutes = Told(window.told("zone.occupancy").table.select(["time", "camera", "period_s"]))
    minutes = minutes.those(minutes.texts("camera") != "")
    ends = np.concatenate([alive.times, minutes.times])
    length_s = np.concatenate([np.full(len(alive), HEARTBEAT_S), minutes.numbers("period_s")])
    camera = np.concatenate([alive.texts("camera"), minutes.texts("camera")])
    names, code = np.unique(camera.astype(str), return_inverse=True)
    begin = ends - np.round(length_s * 1e6).astype(np.int64)
    # A camera tells of all its zones at once: each span once.
    code, begin, ends = np.unique(np.stack([code, begin, ends]), axis=1)
    return _by_camera(names[code].astype(object), begin, ends)


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
    for pair, spans in _by_camera(pairs, since, ill.times).items():
        camera, _, state = pair.partition("|")
        yield _stretches(camera, state, spans, 1.0, covers=False)


def _or_zero(told: Told, name: str) -> Micros:
    return np.asarray(told.table[name].cast(pa.int64()).fill_null(0).to_numpy(), np.int64)


def _by_camera(camera: Objects, since: Micros, until: Micros) -> dict[str, list[Stretch]]:
    spans: dict[str, list[Stretch]] = {}
    for name, a, b in zip(camera.tolist(), since.tolist(), until.tolist(), strict=True):
        spans.setdefault(name, []).append((a, b))
    return {name: joined(each) for name, each in sorted(spans.items())}


def _stretches(
    camera: str, detail: str, spans: list[Stretch], rate: float, *, covers: bool
) -> Spans:
    since = np.array([a for a, _ in spans], np.int64)
    until = np.array([b for _, b in spans], np.int64)
    n = len(spans)
    return Spans("gap", since, until, [camera] * n, [detail] * n, np.full(n, rate), covers=covers)


def _spans(
    what: str, steps: list[Step], detail: list[str], rate: list[float], *, top: bool = False
) -> Spans:
    rates = np.array(rate, np.float64)
    return Spans(
        what,
        np.array([s.since for s in steps], np.int64),
        np.array([s.until for s in steps], np.int64),
        [s.place for s in steps],
        detail,
        rates,
        top=rates if top else None,
    )
