"""The table of settings in docs/fusion.md says what the settings are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from miseban.space.fusion.settings import FusionSettings

DOCS = Path(__file__).parents[3] / "docs" / "fusion.md"


def test_defaults_in_the_documents_are_those_of_the_program() -> None:
    section = DOCS.read_text("utf-8").split("## Settings\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert len(rows) >= 5
    for row in rows:
        names, _, defaults = (cell.strip() for cell in row.strip("|").split("|"))
        told = [ast.literal_eval(part.strip(" `")) for part in defaults.split(",")]
        assert [getattr(FusionSettings(), n) for n in re.findall(r"`(\w+)`", names)] == told, row
