"""What is so at this moment: people inside, queues, shelves, tills, cameras, open alerts.

In: events as the journal keeps them, in any order between cameras, late or twice. Out: a snapshot,
and single values for the rules. Never: a state that hangs on the order in which cameras were heard,
or calls for help among figures for everybody.
"""

from miseban.hub.live.live_state import LiveState
from miseban.hub.live.snapshot import (
    AlertNow,
    CameraNow,
    FacingNow,
    HelpSnapshot,
    InsideNow,
    LiveSnapshot,
    QueueNow,
    TillNow,
    ZoneNow,
)

__all__ = [
    "AlertNow",
    "CameraNow",
    "FacingNow",
    "HelpSnapshot",
    "InsideNow",
    "LiveSnapshot",
    "LiveState",
    "QueueNow",
    "TillNow",
    "ZoneNow",
]
