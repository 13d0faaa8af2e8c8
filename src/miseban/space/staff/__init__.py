"""Who works here, without knowing who anybody is: ``StaffJudge``."""

from __future__ import annotations

from miseban.space.staff.judge import StaffJudge, UniformCue
from miseban.space.staff.settings import StaffSettings

__all__ = ["StaffJudge", "StaffSettings", "UniformCue"]
