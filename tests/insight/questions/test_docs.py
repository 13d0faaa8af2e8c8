"""docs/questions.md, docs/client.md and docs/rollups.md name all there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from miseban.client.questions import Shop
from miseban.journal.rollups.rows import What
from tests.insight.questions.shops import kept, small
from tests.insight.questions.test_edges import DAY, NAMES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", NAMES)
def test_a_question_with_its_measures_and_their_units(tmp_path: Path, name: str) -> None:
    text = (DOCS / "questions.md").read_text("utf-8")
    _, _, part = text.partition(f"\n## {name}\n")
    part = part.partition("\n## ")[0]
    told = kept(tmp_path, small(), []).ask(name, *DAY)
    for measure, column in told.measures.items():
        row = next((line for line in part.splitlines() if f"`{measure}`" in line), "")
        assert re.search(rf"\| {re.escape(column.unit)} \|", row), f"{name}: {measure}"


def test_every_question_is_a_method_and_is_listed() -> None:
    text = (DOCS / "client.md").read_text("utf-8")
    for name in NAMES:
        assert callable(getattr(Shop, name))
        assert f"`{name}`" in text


def test_every_row_of_a_rollup() -> None:
    text = (DOCS / "rollups.md").read_text("utf-8")
    for what in get_args(What):
        assert f"\n| `{what}` |" in text
