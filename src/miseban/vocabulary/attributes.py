"""The words for what a person looks like, as far as anything here may say it (``privacy.md``
rule 6): bands instead of ages, no band below 20, expressions and never moods."""

from __future__ import annotations

from typing import Literal

Attribute = Literal["gender", "age", "expression"]
Gender = Literal["female", "male"]
AgeBand = Literal["20-34", "35-54", "55+"]
Expression = Literal["smiling", "neutral", "other"]
AttributeValue = Literal["female", "male", "20-34", "35-54", "55+", "smiling", "neutral", "other"]

VALUES: dict[Attribute, tuple[AttributeValue, ...]] = {
    "gender": ("female", "male"),
    "age": ("20-34", "35-54", "55+"),
    "expression": ("smiling", "neutral", "other"),
}
"""Every attribute and all the values it can have, in the order they are shown."""

YOUNGEST = 20
"""Nobody who may be younger is in any value above."""
AGE_EDGES: tuple[tuple[AgeBand, float, float], ...] = (
    ("20-34", 20.0, 35.0),
    ("35-54", 35.0, 55.0),
    ("55+", 55.0, 120.0),
)
"""From (inclusive) and to (exclusive), in years."""
