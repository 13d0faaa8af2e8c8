"""When each camera was there, and when it saw nothing."""

from __future__ import annotations

import numpy as np

from miseban.journal.rollups.days import Micros
from miseban.journal.rollups.window import Objects, Told, Window, numbered
from miseban.vocabulary.stretches import Stretch

HEARTBEAT_S = 930.0
"""A camera tells every quarter of an hour how it is: so long before such a report it was there."""


def lost_spans(window: Window) -> dict[str, list[Stretch]]:
    """When each camera saw nothing, microseconds."""
    told = window.told("camera.health")
    until = told.times
    since = until - np.round(told.numbers("gap_s") * 1e6).astype(np.int64)
    return by_camera(told.texts("camera"), since, until)


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
    return by_camera(camera, ends - np.round(length_s * 1e6).astype(np.int64), ends)


def by_camera(camera: Objects, since: Micros, until: Micros) -> dict[str, list[Stretch]]:
    """Of (N,) stretches those of each camera, joined; cameras in order of name."""
    code, names = numbered(camera)
    return {
        name: _joined(since[code == number], until[code == number])
        for name, number in sorted(zip(names, range(len(names)), strict=True))
    }


def _joined(since: Micros, until: Micros) -> list[Stretch]:
    """As ``vocabulary.stretches.joined``, for thousands of them: a camera tells of each of its
    zones every minute."""
    order = np.argsort(since, kind="stable")
    order = order[until[order] > since[order]]
    if not len(order):
        return []
    begin, end = since[order], np.maximum.accumulate(until[order])
    first = np.append(True, begin[1:] > end[:-1])
    last = np.append(first[1:], True)
    return list(zip(begin[first].tolist(), end[last].tolist(), strict=True))
