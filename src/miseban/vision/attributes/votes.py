"""What one person looks like. It never leaves the camera room (``privacy.md`` rule 6)."""

from __future__ import annotations

from miseban.vision.sealed import Sealed
from miseban.vocabulary.attributes import (
    VALUES,
    AgeBand,
    Attribute,
    AttributeValue,
    Expression,
    Gender,
)


class Vote(Sealed):
    """One person's vote: a value for each attribute, or None where the reader abstained.

    It can be asked and counted, and nothing else: it cannot be written, sent, copied or printed.
    People who may be younger than 20 have no values at all, as those whose face nobody saw.
    """

    __slots__ = ("_values",)

    def __init__(
        self,
        *,
        gender: Gender | None = None,
        age: AgeBand | None = None,
        expression: Expression | None = None,
    ) -> None:
        self._values: dict[Attribute, AttributeValue | None] = {
            "gender": gender,
            "age": age,
            "expression": expression,
        }
        for attribute, value in self._values.items():
            if value is not None and value not in VALUES[attribute]:
                raise ValueError(f"no such {attribute}")  # without the value: errors are logged

    def value(self, attribute: Attribute) -> AttributeValue | None:
        return self._values[attribute]

    @property
    def abstains(self) -> bool:
        """Whether it says nothing at all."""
        return not any(self._values.values())
