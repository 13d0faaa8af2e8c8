"""People's paths as tracks: one factory for everything that ``space`` is tested with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.replay import replay
from miseban.camera.result import Analysis
from miseban.space.engine import CameraSpace
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.events import Event, LineCrossed, ZoneLeft
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import COLUMNS, TrackRows

Floats = NDArray[np.float64]
Points = Sequence[Sequence[float]]

START = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
SIZE = (640, 480)
BOX = (40.0, 100.0)
MIDDLE: Points = ((320, 480), (320, 0))
"""A line over the whole picture: who walks to the right goes in."""


def shop_text(
    lines: Mapping[str, Points] | None = None,
    zones: Mapping[str, tuple[str, Points]] | None = None,
    *,
    min_stay_s: float = 1.0,
    extra: str = "",
) -> str:
    """A shop file with one camera ``c`` of 640 by 480; ``zones`` are id to kind and polygon."""
    parts = [
        '[shop]\nid="s"\ntimezone="Asia/Tokyo"\npolicy="jp"\n'
        f'[[camera]]\nid="c"\nsource="x.mp4"\nresolution=[{SIZE[0]},{SIZE[1]}]\nfps=10\n'
    ]
    for name, points in (lines or {}).items():
        parts.append(f'[[line]]\nid="{name}"\ncamera="c"\npoints={[list(p) for p in points]}\n')
    for name, (kind, polygon) in (zones or {}).items():
        parts.append(
            f'[[zone]]\nid="{name}"\nkind="{kind}"\ncamera="c"\nmin_stay_s={min_stay_s}\n'
            f"polygon={[list(p) for p in polygon]}\n"
        )
    return "".join(parts) + extra


def rows(
    track: int | NDArray[np.int64], time_s: Floats, xy: Floats, box: Floats | Sequence[float] = BOX
) -> TrackRows:
    """Rows of one person: ``xy`` (N, 2) the feet in pixels, ``box`` width and height."""
    n = len(time_s)
    width, height = np.broadcast_to(np.asarray(box, float), (n, 2)).T
    x, y = np.asarray(xy, float).T
    return TrackRows(
        np.asarray(time_s, float),
        np.broadcast_to(np.asarray(track, np.int64), (n,)).copy(),
        np.stack([x - width / 2, y - height, x + width / 2, y], axis=1),
        np.ones(n),
        np.zeros(n, np.int64),
    )


def walk(
    points: Points,
    fps: float = 10.0,
    *,
    track: int = 1,
    noise_px: float = 0.0,
    missed: float = 0.0,
    breaks: Sequence[float] = (),
    phase: float = 0.0,
    seed: int = 0,
    box: Sequence[float] = BOX,
) -> TrackRows:
    """One person straight from each of ``points`` (time_s, x, y of the feet) to the next.

    ``noise_px`` is the standard deviation of white noise on both coordinates, ``missed`` the part
    of rows dropped at random, ``breaks`` times at which the track gets another number (1000
    more); ``phase`` (0 to 1) shifts the frames against the walk.
    """
    rng = np.random.default_rng(seed)
    p = np.asarray(points, float)
    first = np.ceil(p[0, 0] * fps - phase - 1e-9)
    time_s = (np.arange(first, p[-1, 0] * fps - phase + 1e-9) + phase) / fps
    xy = np.stack([np.interp(time_s, p[:, 0], p[:, k]) for k in (1, 2)], axis=1)
    xy = xy + rng.normal(0, noise_px, xy.shape) if noise_px else xy
    tracks = track + 1000 * np.searchsorted(np.asarray(breaks, float), time_s, side="right")
    found = rows(tracks.astype(np.int64), time_s, xy, np.asarray(box, float))
    return found.take(rng.random(len(found)) >= missed) if missed else found


def together(parts: Iterable[TrackRows]) -> TrackRows:
    """All rows in order of time."""
    joined = TrackRows.concatenate(list(parts))
    return joined.take(np.argsort(joined.time_s, kind="stable"))


def to_csv(path: Path, found: TrackRows, camera: str = "c") -> Path:
    """Writes a tracks file, exactly."""
    lines = [",".join(COLUMNS)]
    for t, k, (x1, y1, x2, y2), s in zip(
        found.time_s.tolist(),
        found.track.tolist(),
        found.xyxy.tolist(),
        found.score.tolist(),
        strict=True,
    ):
        lines.append(f"{camera},{t!r},{k},{x1!r},{y1!r},{x2!r},{y2!r},{s!r}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def replayed(folder: Path, text: str, found: TrackRows) -> Analysis:
    """Through the file, as ``miseban replay`` does."""
    return replay(to_csv(folder / "tracks.csv", found), parse_shop(text, "shop.toml"), START)


def space(text: str | Shop, settings: SpaceSettings | None = None, seed: int = 1) -> CameraSpace:
    shop = parse_shop(text, "shop.toml") if isinstance(text, str) else text
    rng = random.Random(seed)
    return CameraSpace(
        shop, "c", START, settings=settings, event_ids=EventIds(rng), visit_ids=VisitIds(rng)
    )


def run(engine: CameraSpace, found: TrackRows, chunk: int | None = None) -> list[Event]:
    """Feeds ``found`` (in order of time) in calls of ``chunk`` moments (None: all at once), ends
    the session at the last of them, and returns the events in order of time."""
    moments = np.unique(found.time_s)
    events: list[Event] = []
    step = chunk or max(1, len(moments))
    for at in range(0, len(moments), step):
        until = moments[min(at + step, len(moments)) - 1]
        since, end = (
            np.searchsorted(found.time_s, moments[at]),
            np.searchsorted(found.time_s, until, side="right"),
        )
        events += engine.update(found.take(slice(int(since), int(end))), float(until))
    events += engine.finish(float(moments[-1]) if len(moments) else 0.0)
    return sorted(events, key=lambda event: event.time)


def facts(
    text: str | Shop,
    found: TrackRows,
    chunk: int | None = None,
    settings: SpaceSettings | None = None,
) -> list[Event]:
    """The events of rows in order of time, straight from the engine."""
    return run(space(text, settings), found, chunk)


def passages(events: Iterable[Event], line: str = "l") -> tuple[int, int]:
    """(in, out) over a line."""
    ways = [e.direction for e in events if isinstance(e, LineCrossed) and e.line == line]
    return ways.count("in"), ways.count("out")


def stays(events: Iterable[Event], zone: str = "z") -> list[ZoneLeft]:
    """Finished stays in a zone, in order of time."""
    return [e for e in events if isinstance(e, ZoneLeft) and e.zone == zone]


def seconds(event: Event) -> float:
    """When the event happened, in seconds since ``START``."""
    return (event.time - START).total_seconds()


def told(events: Iterable[Event]) -> list[str]:
    """What the events say, without the random ids, sorted; numbers to the millionth."""

    def plain(value: object) -> object:
        if isinstance(value, float):
            return round(value, 6) + 0.0
        return tuple(map(plain, value)) if isinstance(value, tuple) else value

    hidden = {"id", "visit", "group"}
    return sorted(
        repr({k: plain(v) for k, v in event.model_dump().items() if k not in hidden})
        for event in events
    )
