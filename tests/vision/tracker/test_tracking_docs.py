"""docs/tracking.md lists every setting with its default, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from miseban.vision.tracker import TrackerSettings

DOCS = Path(__file__).parents[3] / "docs" / "tracking.md"


def test_settings_are_documented() -> None:
    section = DOCS.read_text(encoding="utf-8").split("## Settings")[1]
    listed = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", section, re.MULTILINE))
    settings = TrackerSettings()
    assert {name: float(value) for name, value in listed.items()} == {
        field.name: getattr(settings, field.name) for field in fields(settings)
    }
