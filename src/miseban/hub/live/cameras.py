"""What is known of each camera: when it was last heard, what troubles it, how much it saw."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Final

from miseban.hub.live.latest import Latest, Stamp
from miseban.hub.live.window import SILENT_S
from miseban.vocabulary.events import CameraHealth, Trouble
from miseban.vocabulary.stretches import Stretch, joined, length_s

COVERED_S: Final = 3600.0
"""Coverage is told of the last hour."""
TOLD_S: Final = 45.0
"""While no pictures come a camera tells so every 15 s, of up to 5 s before: who told nothing more
for so long has pictures again, or does not run."""
_SLACK_S: Final = 1.0
GONE_S: Final = 60.0
"""Without pictures for so long, a camera is in trouble, and nothing it said is believed."""


class Cameras:
    """By camera. A camera is heard by whatever it tells, not only by reports of its health."""

    def __init__(self) -> None:
        self._heard: dict[str, datetime] = {}
        self._troubles: defaultdict[str, Latest[Trouble, datetime | None]] = defaultdict(Latest)
        self._lost: defaultdict[str, dict[str, tuple[datetime, float]]] = defaultdict(dict)
        self._gone: defaultdict[str, list[Stretch]] = defaultdict(list)  # gaps, without gaps
        self._saw: dict[str, datetime] = {}

    def heard(self, camera: str, time: datetime) -> None:
        held = self._heard.get(camera)
        if held is None or time > held:
            self._heard[camera] = time

    def saw(self, camera: str, time: datetime) -> None:
        """It told of something that it saw, or that all is well."""
        held = self._saw.get(camera)
        if held is None or time > held:
            self._saw[camera] = time

    def health(self, camera: str, event: CameraHealth) -> None:
        stamp: Stamp = (event.time, event.id)
        if event.gap_s > 0:
            self._lost[camera][event.id] = event.time, event.gap_s
        if event.state == "gap":
            to_s = event.time.timestamp()
            gap = to_s - event.gap_s, to_s + _SLACK_S
            self._gone[camera] = joined([*self._gone[camera], gap])
        if event.state != "ok" and event.state != "gap":
            since = None if event.phase == "ends" else event.since or event.time
            self._troubles[camera].put(event.state, stamp, since)

    def newest(self, camera: str) -> datetime | None:
        """When something it tells of last happened."""
        return self._heard.get(camera)

    def gone_since(self, camera: str, now: datetime) -> datetime | None:
        """Since when no pictures have come from it; None while they do, as far as it has told."""
        gaps = self._gone[camera]
        if not gaps or now.timestamp() - gaps[-1][1] > TOLD_S:
            return None
        saw = self._saw.get(camera)
        if saw is not None and saw.timestamp() > gaps[-1][1]:
            return None
        return datetime.fromtimestamp(gaps[-1][0], UTC)

    def gone(self, camera: str, now: datetime) -> bool:
        """Whether it has had no pictures for so long that this is a trouble."""
        since = self.gone_since(camera, now)
        return since is not None and (now - since).total_seconds() >= GONE_S

    def silent(self, camera: str, now: datetime) -> bool:
        """Whether nothing was heard of it for so long that it must have stopped."""
        heard = self._heard.get(camera)
        return heard is None or (now - heard).total_seconds() > SILENT_S

    def troubles(self, camera: str, now: datetime) -> dict[Trouble, datetime]:
        """What is wrong with it, and since when. A trouble that lasts is told again every quarter
        of an hour, by the camera or by those who compare it with others: one of which nothing more
        is heard has ended, with a process that could not say so."""
        return {
            trouble: since
            for trouble, time, since in sorted(self._troubles[camera])
            if since is not None and (now - time).total_seconds() <= SILENT_S
        }

    def coverage(self, camera: str, now: datetime) -> float | None:
        """The part of the last hour in which it saw, as far as it has told; None before it was
        ever heard."""
        if camera not in self._heard:
            return None
        end_s = now.timestamp()
        stretches = []
        for time, gap_s in self._lost[camera].values():
            to_s = time.timestamp()
            stretches.append((to_s - gap_s, to_s))
        return 1.0 - length_s(stretches, end_s - COVERED_S, end_s) / COVERED_S

    def forget(self, now: datetime) -> None:
        before = now - timedelta(seconds=2 * COVERED_S)
        for lost in self._lost.values():
            for event_id in [i for i, (time, _) in lost.items() if time < before]:
                del lost[event_id]
        for camera, gaps in self._gone.items():
            self._gone[camera] = [gap for gap in gaps if gap[1] >= before.timestamp()]
        for troubles in self._troubles.values():
            troubles.forget(before)
