"""The words for what a person looks like, as far as anything here may say it (``privacy.md``
rule 6): bands instead of ages, no band below 20, expressions and never moods."""

from __future__ import annotations

from typing import Literal

Attribute = Literal["gender", "age", "expression"]
Gender = Literal["female", "male"]
AgeBand = Literal["20-39", "40-59", "60+"]
Expression = Literal["smiling", "neutral", "other"]
AttributeValue = Literal["female", "male", "20-39", "40-59", "60+", "smiling", "neutral", "other"]

VALUES: dict[Attribute, tuple[AttributeValue, ...]] = {
    "gender": ("female", "male"),
    "age": ("20-39", "40-59", "60+"),
    "expression": ("smiling", "neutral", "other"),
}
"""Every attribute and all the values it can have, in the order they are shown."""

YOUNGEST = 20
"""Nobody who may be younger is in any value above."""
OLDEST = 120
AGE_EDGES: tuple[tuple[AgeBand, float, float], ...] = (
    ("20-39", 20.0, 40.0),
    ("40-59", 40.0, 60.0),
    ("60+", 60.0, OLDEST),
)
"""From (inclusive) and to (exclusive), in years. Bands of twenty: the age that a network reads is
off by nearly nine years, and narrower bands would be told of hardly anybody."""
