"""Two folders beside each other: every figure that both can give, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from miseban.insight.score.cameras import score_cameras
from miseban.insight.score.counts import score_intervals, score_line
from miseban.insight.score.figures import Score, TrackingScore
from miseban.insight.score.floor import score_floor
from miseban.insight.score.folder import Folder, Recording, read_folder, read_recording
from miseban.insight.score.gaps import Gaps, few
from miseban.insight.score.heat import score_heat
from miseban.insight.score.help import score_help
from miseban.insight.score.occupancy import score_occupancy
from miseban.insight.score.people import score_labels, score_people
from miseban.insight.score.queues import score_queues
from miseban.insight.score.receipts import score_receipts
from miseban.insight.score.shelves import score_shelves
from miseban.insight.score.stays import score_stays
from miseban.insight.score.touches import score_touches
from miseban.insight.score.visitors import score_visitors
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import ShelfState

_SLACK_S = 2.0  # recordings that begin or end no further apart are as good as the same


def score_folders(truth: Path, result: Path, tracks: Path | None = None) -> Score:
    """Scores ``result`` by ``truth``; ``tracks`` is a file of the result's tracks that lies
    elsewhere, as that of a replay does.

    Raises ``BadInput`` for folders that are no result folders, that are of different shops, times
    or sets of lines or zones, or that have nothing in common.
    """
    true, found = read_folder(truth), read_folder(result)
    if tracks is not None:
        found = replace(found, tracks=tracks)
    _check_same(true, found)
    gaps = Gaps()
    # Tracks first: they take the most memory, and the events would lie beside them.
    tracking = score_cameras(true, found, gaps)
    if true.summary is None or found.summary is None:
        side = "truth" if true.summary is None else "result"
        if not tracking:
            raise BadInput(
                "nothing-to-score", result, f"nothing in common with {truth}: {_why(gaps)}"
            )
        gaps.add("all but tracking", f"no events.parquet in the {side}")
        empty: dict[str, object] = {
            "lines": {}, "zones": {}, "occupancy": {}, "queues": {}, "heat": {},
            "shop": None, "start": None, "duration_s": None, "intervals": None, "people": None,
        }  # fmt: skip
        return Score.model_validate({**empty, "tracking": tracking, "missing": gaps.found})
    known = read_recording(true)
    return _recordings(true, known, _in_time_of(known, read_recording(found)), tracking, gaps)


def _recordings(
    folder: Folder,
    truth: Recording,
    result: Recording,
    tracking: Mapping[str, TrackingScore],
    gaps: Gaps,
) -> Score:
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
            "people": score_people(truth, result, gaps),
            "floor": score_floor(folder, truth, result, gaps),
            "zones": {zone: score_stays(truth, result, zone) for zone in zones},
            "occupancy": score_occupancy(truth, result, zones, gaps),
            "queues": score_queues(truth, result, queues, gaps),
            "heat": score_heat(truth, result, gaps),
            **asdict(score_labels(truth, result, gaps)),
            "visitors": score_visitors(truth, result, gaps),
            "touches": score_touches(truth, result, gaps),
            "shelves": score_shelves(truth, result, gaps),
            "help": score_help(truth, result, gaps),
            "receipts": score_receipts(truth, result, gaps),
            "missing": gaps.found,
        }
    )


def _in_time_of(truth: Recording, result: Recording) -> Recording:
    """The result without what happened before or after the truth: of that, it says nothing. What
    it said of a shelf before still holds."""
    slack = timedelta(seconds=_SLACK_S)
    since, until = truth.summary.start - slack, truth.end + slack
    events = [
        event
        for event in result.events
        if event.time <= until and (event.time >= since or isinstance(event, ShelfState))
    ]
    return replace(result, events=events)


def _check_same(truth: Folder, result: Folder) -> None:
    """Scoring apples by oranges would give figures all the same."""
    a, b = truth.summary, result.summary
    if a is None or b is None:
        return
    if a.shop != b.shop:
        told = f"expected shop {a.shop!r} as in {truth.path}, found {b.shop!r}"
        raise BadInput("other-shop", result.path, told)
    for kind, true, found in (("lines", a.lines, b.lines), ("zones", a.zones, b.zones)):
        if true and found and not true.keys() & found.keys():
            told = f"expected {kind} {few(true)} as in {truth.path}, found {few(found)}"
            raise BadInput(f"other-{kind}", result.path, told)
    ends = [side.start + timedelta(seconds=side.duration_s) for side in (a, b)]
    if ends[1] < a.start or b.start > ends[0]:
        raise BadInput(
            "other-time",
            result.path,
            f"expected a recording between {a.start} and {ends[0]} as in {truth.path}, "
            f"found {b.start} to {ends[1]} (replay takes the time from --start)",
        )


def _why(gaps: Gaps) -> str:
    return "; ".join(f"{gap.what}: {gap.why}" for gap in gaps.found)
