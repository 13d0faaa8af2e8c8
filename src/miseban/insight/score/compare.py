"""Two folders beside each other: every figure that both can give, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from miseban.insight.score.counts import score_intervals, score_line
from miseban.insight.score.figures import (
    CountScore,
    HeatScore,
    Missing,
    OccupancyScore,
    QueueScore,
    Score,
)
from miseban.insight.score.folder import Folder, Recording, read_folder
from miseban.insight.score.heat import score_heat, trail_views
from miseban.insight.score.queues import score_queue
from miseban.insight.score.shares import count_score
from miseban.insight.score.stays import score_occupancy, score_stays
from miseban.insight.score.tracking import score_tracks
from miseban.insight.score.tracks_input import read_pairs
from miseban.vocabulary.errors import BadInput

_SLACK_S = 2.0  # recordings that begin or end no further apart are as good as the same


class _Gaps:
    """What was not compared, in the order in which it was found."""

    def __init__(self) -> None:
        self.found: list[Missing] = []

    def add(self, what: str, why: str) -> None:
        self.found.append(Missing(what=what, why=why))

    def common(self, kind: str, truth: Iterable[str], result: Iterable[str]) -> list[str]:
        """The names that both sides have; tells of the others."""
        true, found = list(truth), list(result)
        for name in true:
            if name not in found:
                self.add(f"{kind} {name}", "the result does not have it")
        for name in found:
            if name not in true:
                self.add(f"{kind} {name}", "the truth does not have it")
        return [name for name in true if name in found]


def score_folders(truth: Path, result: Path) -> Score:
    """Scores ``result`` by ``truth``.

    Raises ``BadInput`` for folders that are no result folders, that are of different shops, times
    or sets of lines or zones, or that have nothing in common.
    """
    true, found = read_folder(truth), read_folder(result)
    gaps = _Gaps()
    tracking = _tracking(true, found, gaps)
    if true.recording is None or found.recording is None:
        side = "truth" if true.recording is None else "result"
        if not tracking:
            raise BadInput(
                "nothing-to-score", result, f"nothing in common with {truth}: {_why(gaps)}"
            )
        gaps.add("counts, stays, queues, heat, people", f"no events.parquet in the {side}")
        empty: dict[str, object] = {
            "lines": {}, "zones": {}, "occupancy": {}, "queues": {}, "heat": {},
            "shop": None, "start": None, "duration_s": None, "intervals": None, "people": None,
        }  # fmt: skip
        return Score.model_validate({**empty, "tracking": tracking, "missing": gaps.found})
    _check_same(true.recording, found.recording, truth, result)
    return _recordings(true.recording, _in_time_of(true.recording, found.recording), tracking, gaps)


def _recordings(truth: Recording, result: Recording, tracking: object, gaps: _Gaps) -> Score:
    a, b = truth.summary, result.summary
    if (truth.end - result.end).total_seconds() > _SLACK_S or (
        b.start - a.start
    ).total_seconds() > _SLACK_S:
        gaps.add(
            "time outside the result's recording",
            f"the truth is {a.duration_s:.0f} s from {a.start}, the result {b.duration_s:.0f} s "
            f"from {b.start}; what happened outside counts as not found",
        )
    lines = gaps.common("line", a.lines, b.lines)
    zones = gaps.common("zone", a.zones, b.zones)
    queues = gaps.common("queue", a.queues, b.queues)
    if not a.lines and not b.lines:
        gaps.add("lines", "there are none in these folders")
    if not a.zones and not b.zones:
        gaps.add("zones", "there are none in these folders")
    if not a.queues and not b.queues:
        gaps.add("queues", "there are none in these folders")
    for kind in sorted(truth.other_types | result.other_types):
        gaps.add(f"events {kind}", "there is no score for events of this type")
    return Score.model_validate(
        {
            "shop": a.shop,
            "start": a.start,
            "duration_s": a.duration_s,
            "tracking": tracking,
            "lines": {line: score_line(truth, result, line) for line in lines},
            "intervals": score_intervals(truth, result, lines) if lines else None,
            "people": _people(truth, result, gaps),
            "zones": {zone: score_stays(truth, result, zone) for zone in zones},
            "occupancy": _occupancy(truth, result, zones, gaps),
            "queues": _queues(truth, result, queues, gaps),
            "heat": _heat(truth, result, gaps),
            "missing": gaps.found,
        }
    )


def _in_time_of(truth: Recording, result: Recording) -> Recording:
    """The result without what happened before or after the truth: of that, it says nothing."""
    slack = timedelta(seconds=_SLACK_S)
    since, until = truth.summary.start - slack, truth.end + slack
    return replace(result, events=[e for e in result.events if since <= e.time <= until])


def _people(truth: Recording, result: Recording, gaps: _Gaps) -> CountScore | None:
    """Everybody of whom an event tells, as in the summary; None where one side tells of the whole
    shop and the other of one camera, which cannot have seen everybody."""
    views = [side.summary.camera or "the whole shop" for side in (truth, result)]
    if views[0] != views[1]:
        gaps.add("people", f"the truth tells of {views[0]}, the result of {views[1]}")
        return None
    seen = [
        {event.visit for event in side.events if hasattr(event, "visit")}
        for side in (truth, result)
    ]
    return count_score(len(seen[0]), len(seen[1]))


def _tracking(truth: Folder, result: Folder, gaps: _Gaps) -> dict[str, object]:
    scores: dict[str, object] = {}
    pairs = read_pairs(truth, result)
    if not pairs:
        gaps.add("tracking", _no_tracks(truth, result))
    for camera, (true, found) in pairs.items():
        if not len(true):
            gaps.add(f"tracking {camera}", "the truth has nobody there")
        elif len(found) and not set(true.moment.tolist()) & set(found.moment.tolist()):
            gaps.add(f"tracking {camera}", "truth and result have no moment in common")
        else:
            scores[camera] = score_tracks(true, found)
    return scores


def _no_tracks(truth: Folder, result: Folder) -> str:
    if (truth.tracks and result.tracks) or (truth.mot and result.mot):
        return "there is nobody in either"
    told = []
    for side, folder in (("truth", truth), ("result", result)):
        files = [file.name for file in (folder.tracks, folder.mot) if file]
        told.append(f"the {side} holds {' and '.join(files) or 'neither'}")
    return f"needs tracks.csv or mot.txt in both folders: {', '.join(told)}"


def _occupancy(
    truth: Recording, result: Recording, zones: list[str], gaps: _Gaps
) -> dict[str, OccupancyScore]:
    scores = {}
    for zone in zones:
        score = score_occupancy(truth, result, zone)
        if score is None:
            gaps.add(f"occupancy {zone}", "no minute that both saw is told of")
        else:
            scores[zone] = score
    return scores


def _queues(
    truth: Recording, result: Recording, queues: list[str], gaps: _Gaps
) -> dict[str, QueueScore]:
    scores = {}
    for queue in queues:
        score = score_queue(truth, result, queue)
        if isinstance(score, str):
            gaps.add(f"queue {queue}", score)
        else:
            scores[queue] = score
    return scores


def _heat(truth: Recording, result: Recording, gaps: _Gaps) -> dict[str, HeatScore]:
    true, found = trail_views(truth, result)
    if not true and not found:
        gaps.add("heat", "there are no trails in these folders")
    scores = {}
    for view in gaps.common("heat of", sorted(true), sorted(found)):
        score = score_heat(truth, result, view)
        if isinstance(score, str):
            gaps.add(f"heat of {view}", score)
        else:
            scores[view] = score
    return scores


def _check_same(truth: Recording, result: Recording, truth_at: Path, result_at: Path) -> None:
    """Scoring apples by oranges would give figures all the same."""
    a, b = truth.summary, result.summary
    if a.shop != b.shop:
        raise BadInput(
            "other-shop", result_at, f"expected shop {a.shop!r} as in {truth_at}, found {b.shop!r}"
        )
    for kind, true, found in (("lines", a.lines, b.lines), ("zones", a.zones, b.zones)):
        if true and found and not true.keys() & found.keys():
            told = f"expected {kind} {_few(true)} as in {truth_at}, found {_few(found)}"
            raise BadInput(f"other-{kind}", result_at, told)
    if result.end < a.start or b.start > truth.end:
        raise BadInput(
            "other-time",
            result_at,
            f"expected a recording between {a.start} and {truth.end} as in {truth_at}, "
            f"found {b.start} to {result.end} (replay takes the time from --start)",
        )


def _few(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")


def _why(gaps: _Gaps) -> str:
    return "; ".join(f"{gap.what}: {gap.why}" for gap in gaps.found)
