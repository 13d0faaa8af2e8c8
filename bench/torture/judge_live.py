"""What the hub said at rest, beside a new look at the journal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.torture.hub_part import RESTS
from bench.torture.shop import queue_of, shop_of
from bench.torture.told import LAST_LENGTH
from miseban.hub.live import LiveState
from miseban.hub.live.alert_book import AlertBook
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import AlertStep


@dataclass(slots=True)
class Found:
    """See ``judge.Verdict``."""

    alerts: int = 0
    confused: int = 0
    live: int = 0
    unnoticed: int = 0
    notes: list[str] = field(default_factory=list)


def judge_live(folder: Path, reader: JournalReader, cameras: Sequence[str]) -> Found:
    """A rest of which the hub said nothing is as wrong as can be."""
    found = Found()
    steps = [one for one in reader.events(["alert.step"]) if isinstance(one, AlertStep)]
    said: dict[str, Any] = {}
    for rest in RESTS:
        file = folder / f"{rest}.json"
        said[rest] = json.loads(file.read_text("utf-8")) if file.exists() else None
        if said[rest] is None:
            found.live += 1
            found.notes.append(f"{rest}: the hub said nothing")
        else:
            _live(rest, said[rest], reader, cameras, found)
    if said["back"] is not None:
        _noticed(said["back"], steps, cameras, found)
    if said["ahead"] is not None:
        _alerts(said["ahead"]["open"], steps, found)
    return found


def _live(
    rest: str, said: Any, reader: JournalReader, cameras: Sequence[str], found: Found
) -> None:
    now = datetime.fromisoformat(said["now"])
    anew = LiveState.from_journal(reader, shop_of(cameras), now).snapshot(now)
    for name, value in anew.model_dump(mode="json").items():
        # Alerts are judged by their steps: more of these may have come since.
        if name != "alerts" and said["live"][name] != value:
            found.live += 1
            found.notes.append(f"{rest} {name}: {said['live'][name]}, by a new look {value}")


def _noticed(said: Any, steps: Sequence[AlertStep], cameras: Sequence[str], found: Found) -> None:
    """Each camera has told of a long queue at last."""
    lengths = {one["zone"]: one["length"] for one in said["live"]["queues"]}
    told = {one.subject for one in steps if one.step == "raised" and one.alert in said["open"]}
    for camera in cameras:
        queue = queue_of(camera)
        if lengths.get(queue) != LAST_LENGTH or queue not in told:
            found.unnoticed += 1
            found.notes.append(f"{queue}: of {lengths.get(queue)}, told: {queue in told}")


def _alerts(said: Sequence[str], steps: Sequence[AlertStep], found: Found) -> None:
    """Each was raised once and has ended once, but for one of each queue that is open, as the hub
    says."""
    raised = Counter(one.alert for one in steps if one.step == "raised")
    closed = Counter(one.alert for one in steps if one.step in ("ended", "done"))
    found.alerts = len(raised)
    twice = {one for one, count in (*raised.items(), *closed.items()) if count > 1}
    records = AlertBook(steps).records()
    left = {one.alert for one in records if one.open}
    subjects = Counter(one.subject for one in records if one.open)
    wrong = twice | (left ^ set(said)) | (closed.keys() - raised.keys())
    found.confused = len(wrong) + sum(count - 1 for count in subjects.values())
    found.notes += [f"alert {one}: raised {raised[one]}, ended {closed[one]}, open {one in said}"
                    for one in sorted(wrong)[:5]]  # fmt: skip
