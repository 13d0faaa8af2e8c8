"""Who works here, without knowing who anybody is: ``StaffJudge``."""

from __future__ import annotations

from miseban.space.staff.judge import StaffJudge
from miseban.space.staff.settings import StaffSettings
from miseban.space.staff.uniform import UniformCue

__all__ = ["StaffJudge", "StaffSettings", "UniformCue"]
