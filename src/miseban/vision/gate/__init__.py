"""The motion gate: between source and detector, it says which frames are worth a detection.

In: frames, and what the tracker made of the last detection. Out: detect now, or take the people
seen last for still there. Never: a person lost for its sake, a decision that depends on a clock.
"""

from miseban.vision.gate.change import Change, ChangeSettings
from miseban.vision.gate.gate import GateSettings, MotionGate, Why
from miseban.vision.gate.pace import Pace, PaceSettings

__all__ = [
    "Change",
    "ChangeSettings",
    "GateSettings",
    "MotionGate",
    "Pace",
    "PaceSettings",
    "Why",
]
