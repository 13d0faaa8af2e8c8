"""Every figure is explained, and what is scored exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from miseban.insight.score import figures
from miseban.insight.score.folder import SCORED
from miseban.vocabulary.events import EVENT_CLASSES

DOCUMENT = Path(__file__).parents[3] / "docs" / "accuracy.md"
MODELS = [
    m
    for m in vars(figures).values()
    if isinstance(m, type) and issubclass(m, BaseModel) and m.__module__ == figures.__name__
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_figure_is_documented(model: type[BaseModel]) -> None:
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert names <= set(re.findall(r"`(\w+)`", DOCUMENT.read_text("utf-8")))


def test_scored_events_exist() -> None:
    assert set(EVENT_CLASSES) >= SCORED
