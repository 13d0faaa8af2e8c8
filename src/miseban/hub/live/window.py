"""How far back the live state looks. What it shows is a function of the events since then and of
the moment: so it is the same whether it was kept up to date or made anew from the journal."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from miseban.vocabulary.shop import Shop

AHEAD_S: Final = 300.0
"""Events of further in the future are of a camera whose clock is wrong: they would be the newest
for as long as it takes, so they are left out and counted."""
LOST_S: Final = 4 * 3600.0
"""A visit or a stay of which nothing was heard for so long has ended unseen: people are lost, and
cameras start again."""
SILENT_S: Final = 1200.0
"""A camera tells something at least every quarter of an hour; five minutes on, it is silent, and
what it said of queues and troubles is not believed any more."""
OPEN_S: Final = 600.0
"""A till at which somebody was served in the last ten minutes is open."""
KEPT_DAYS: Final = 30
"""What is told only when it changes (shelves, alerts) is looked for so far back."""
RARE = (
    "shelf.state", "shelf.confirmed", "alert.step", "help.step", "help.needed", "help.ended",
)  # fmt: skip
"""What is told only when it changes, so that the newest may be old."""
OFTEN = (
    "line.crossed", "zone.entered", "zone.left", "zone.occupancy", "queue.state", "visit.ended",
    "visit.labelled", "shelf.touched", "till.receipt", "attribute.summary", "camera.health",
)  # fmt: skip


def window_start(shop: Shop, now: datetime) -> datetime:
    """The beginning of yesterday at the shop: from there on people are counted in and out. Nobody
    stays for so long, and without hours in which the shop is known to be empty the errors of the
    balance would add up for ever."""
    zone = ZoneInfo(shop.shop.timezone)
    day = now.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day, time(), zone)
