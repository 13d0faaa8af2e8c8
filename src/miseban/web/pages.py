"""Every page: its address, who may open it, and where it stands in the rail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from miseban.hub.people.rights import Right


@dataclass(frozen=True, slots=True)
class Page:
    """``name`` is its template, its module in ``static/js/pages`` and its word; whoever has
    ``right`` may open it, and sees it in the rail. ``period``: the top line asks which days."""

    name: str
    path: str
    right: Right
    period: bool = False


RAIL: Final[tuple[Page, ...]] = (
    Page("now", "/", Right.SEE_COUNT),
    Page("areas", "/areas", Right.SEE_COUNT, period=True),
    Page("paths", "/paths", Right.SEE_COUNT, period=True),
    Page("entrances", "/entrances", Right.SEE_COUNT, period=True),
    Page("tills", "/tills", Right.SEE_COUNT, period=True),
    Page("shelves", "/shelves", Right.SEE_COUNT, period=True),
    Page("alerts", "/alerts", Right.ANSWER_ALERTS),
    Page("reports", "/reports", Right.SEE_COUNT),
    Page("setup", "/setup", Right.SET_SHOP),
    Page("rules", "/rules", Right.SET_RULES),
    Page("cameras", "/cameras", Right.SEE_DEVICE, period=True),
    Page("privacy", "/privacy", Right.SEE_COUNT),
    Page("people", "/people", Right.SET_PEOPLE),
    Page("account", "/account", Right.SEE_COUNT),
)
"""In the order of the rail."""

GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    ("now", "areas", "paths", "entrances", "tills", "shelves", "alerts", "reports"),
    ("setup", "rules", "cameras", "privacy", "people"),
)
"""The rail's two parts: what is looked at, and what is set. ``account`` is behind one's name."""
