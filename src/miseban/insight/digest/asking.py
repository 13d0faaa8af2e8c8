"""What a report asks with, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from miseban.insight.digest.tables import Ask
from miseban.insight.disclosure import least_k
from miseban.insight.questions import QUESTIONS, Answer
from miseban.insight.questions.rows import left_out_of
from miseban.vocabulary.shop import Shop


class Asking:
    """Asks about a shop, and remembers how far anything is known, and whether something was left
    out of an answer since it is of too few people."""

    def __init__(self, ask: Ask, shop: Shop) -> None:
        self.shop = shop
        self.withheld = False
        self.as_of: datetime | None = None
        self._ask = ask
        self._left_out = left_out_of(least_k(shop))

    def __call__(self, question: str, since: datetime, until: datetime, **more: Any) -> Answer:
        told: Mapping[str, Any] = {"question": question, "since": since, "until": until, **more}
        answer = self._ask(QUESTIONS.validate_python(told))
        self.withheld = self.withheld or self._left_out in answer.notes
        self.as_of = answer.as_of
        return answer
