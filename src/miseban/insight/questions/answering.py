"""The one entrance: every question about a shop's past is answered here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miseban.insight.questions import (
    floor,
    hands,
    heat,
    instead,
    occupancy,
    routes,
    sold,
    things,
    visitors,
    zones,
)  # fmt: skip
from miseban.insight.questions.answers import Answer
from miseban.insight.questions.asked import Asked
from miseban.insight.questions.asking import FunnelQuestion, HeatQuestion, Question
from miseban.insight.questions.before_after import open_s, with_ratios
from miseban.insight.questions.heat_difference import compared
from miseban.insight.uncertainty.accuracy import Accuracy
from miseban.journal.reading import Reader
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop

_ANSWERED_BY: dict[str, Callable[[Any, Asked], Answer]] = {
    "visitors": visitors.visitors,
    "occupancy": occupancy.occupancy,
    "dwell": zones.dwell,
    "queues": zones.queues,
    "areas": zones.areas,
    "heat": heat.heat,
    "paths": floor.paths,
    "routes": routes.routes,
    "funnel": hands.funnel,
    "instead": instead.instead,
    "stock": things.stock,
    "cameras": things.cameras,
    "alerts": things.alerts,
    "help": things.help_calls,
    "receipts": things.receipts,
    "sold": sold.sold,
    "conversion": things.conversion,
}


def answer(
    question: Question, shop: Shop, reader: Reader, accuracy: Accuracy | None = None
) -> Answer:
    """What the journal tells. ``accuracy`` is what is known of the shop's counters; without it,
    what simulated cameras taught.

    Raises ``BadInput``: ``question`` for one that cannot be answered (too long, a line, zone or
    shelf that the shop does not have), ``journal`` for a damaged file or the journal of another
    shop.
    """
    if reader.shop != shop.shop.id:
        what = f"expected the journal of {shop.shop.id}, found that of {reader.shop}"
        raise BadInput("journal", reader.folder, what)
    _check(question, shop)
    asked = Asked(shop, reader, accuracy or Accuracy.before_audits(), reader.newest())
    if question.compare is None:
        return _ANSWERED_BY[question.question](question, asked)
    when = {"since": question.compare.since, "until": question.compare.until, "compare": None}
    then = question.model_copy(update=when)
    if isinstance(question, HeatQuestion) and isinstance(then, HeatQuestion):
        return compared(question, then, asked)
    found, other = (_ANSWERED_BY[one.question](one, asked) for one in (question, then))
    if isinstance(question, FunnelQuestion) and isinstance(then, FunnelQuestion):
        found = with_ratios(found, open_s(question, asked), other, open_s(then, asked))
    return found.model_copy(update={"compare": other})


def _check(question: Question, shop: Shop) -> None:
    known = {
        "lines": [line.id for line in shop.lines],
        "zones": [zone.id for zone in shop.zones],
        "shelves": [shelf.id for shelf in shop.shelves],
    }
    for table, ids in known.items():
        for name in getattr(question, table, None) or ():
            if name not in ids:
                listed = ", ".join(ids) or "none"
                raise BadInput("question", table, f"expected one of {listed}, found {name}")
