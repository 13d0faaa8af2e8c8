"""After the torture: all comes to rest, and the hub must say what is so, whatever its clock is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.torture.chaos import Chaos
from bench.torture.clock import DAY_S, MOST_S, clock_of
from bench.torture.shop import LONG, queue_of
from bench.torture.told import LAST_LENGTH, told
from miseban.hub.live.window import AHEAD_S

assert LAST_LENGTH >= LONG
REBUILT = b"live state made anew"
"""What a hub logs when it has noticed that its clock was set."""
NOTICED_S = 20.0
_BEFORE_S, _AFTER_S = 60.0, AHEAD_S + 180.0
"""So long before and after the long queues, which may take a while, nothing else is told of."""
SEEN_S = 4.0
"""Within which an alert is raised and told, where the machine has time for it."""


def deliver(chaos: Chaos, wait_s: float) -> list[str]:
    """Cameras tell no more, and all is delivered within ``wait_s``, but of those returned."""
    end_s = _now_s() + wait_s
    (chaos.folder / "quiet").touch()
    return [n for n in chaos.names if not _until((chaos.folder / f"{n}.quiet").exists, end_s)]


def settle(chaos: Chaos, wait_s: float) -> list[str]:
    """All is delivered. Then the hub's clock is set back by a day, each camera tells of a long
    queue at the new time, and the clock is set ahead of all that was told. Returns those that were
    late; what the hub has not told of ``NOTICED_S`` after that, it will not tell: the judge finds
    it."""
    folder, end_s = chaos.folder, _now_s() + wait_s
    late = deliver(chaos, wait_s)
    if not late:
        _set(chaos, _back(chaos, wait_s), "hub")
        chaos.set_clocks(clock_of(folder, "hub"), *chaos.names)
    (folder / "last").touch()
    late += [n for n in chaos.names if not chaos.cameras[n].ended(max(0.1, end_s - _now_s()))]
    if not late:
        time.sleep(SEEN_S)
        late += _all_told(chaos)
        _set(chaos, MOST_S + DAY_S, "hub")
        late += _said(chaos, "ahead")
    process = chaos.hub.process
    assert process is not None
    process.terminate()
    return late if chaos.hub.ended(60.0) else [*late, "hub"]


def _set(chaos: Chaos, by_s: float, name: str) -> None:
    """Waits until the hub has noticed; one that does not will be found out."""
    before = chaos.hub.said(REBUILT)
    chaos.set_clocks(by_s, name)
    _until(lambda: chaos.hub.said(REBUILT) > before, _now_s() + NOTICED_S)


def _back(chaos: Chaos, wait_s: float) -> float:
    """A day before the hub's time or longer ago, and at a moment about which nothing was told: what
    comes after it, up to ``AHEAD_S``, would be newer than the long queues, and whether what is
    farther off is too far in the future would hang on when it is looked at."""
    times = [one.time for name in chaos.names for one in told(chaos.folder, name).values()]
    before, after = timedelta(seconds=_BEFORE_S), timedelta(seconds=_AFTER_S + wait_s)
    by_s = clock_of(chaos.folder, "hub") - DAY_S
    while True:
        at = datetime.now(UTC) + timedelta(seconds=by_s)
        if not any(at - before <= one <= at + after for one in times):
            return by_s
        by_s -= 60.0


def _all_told(chaos: Chaos) -> list[str]:
    """Asks again until the hub has told of each camera's queue."""
    back, end_s = chaos.folder / "back.json", _now_s() + NOTICED_S
    queues = {queue_of(name) for name in chaos.names}
    while True:
        late = _said(chaos, "back")
        if late or _now_s() > end_s:
            return late
        alerts = json.loads(back.read_text("utf-8"))["live"]["alerts"]
        if queues <= {one["subject"] for one in alerts}:
            return late
        time.sleep(0.1)
        back.unlink()


def _said(chaos: Chaos, rest: str) -> list[str]:
    (chaos.folder / rest).touch()
    said = _until((chaos.folder / f"{rest}.json").exists, _now_s() + NOTICED_S)
    return [] if said else [f"hub at {rest}"]


def _until(true: Callable[[], bool], end_s: float) -> bool:
    while not true():
        if _now_s() > end_s:
            return False
        time.sleep(0.05)
    return True


def _now_s() -> float:
    return time.monotonic()
