"""Planogram: what should stand where, beside what stands there.

In: the shop file, a plan as CSV, and how facings look now. Out: what is missing, moved or beside
the wrong neighbour, and shares of shelf. Never: a word about a person.
"""

from miseban.insight.planogram.comparing import Finding, Kind, compare
from miseban.insight.planogram.looks import LOOKED_BACK, OF_LOOKS, looks_of
from miseban.insight.planogram.plan import COLUMNS, LARGEST_PLAN, Planned, plan_of, read_plan
from miseban.insight.planogram.shares import By, Part, shares_of

__all__ = [
    "COLUMNS", "LARGEST_PLAN", "LOOKED_BACK", "OF_LOOKS", "By", "Finding", "Kind", "Part",
    "Planned", "compare", "looks_of", "plan_of", "read_plan", "shares_of",
]  # fmt: skip
