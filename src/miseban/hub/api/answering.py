"""The one place where questions about the journal are answered: every answer of the API, whoever
asks and in whatever form, comes through ``answer``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from miseban.hub.api.problems import Trouble
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.insight import questions
from miseban.insight.questions import Answer, Question
from miseban.insight.uncertainty.accuracy_file import load_accuracy

T = TypeVar("T")
LONGEST_S: Final = 20.0
"""A question that takes longer is given up."""
AT_ONCE: Final = 4
"""Questions that are worked on at the same time; others wait for their turn."""
RIGHTS: Final[dict[str, Right]] = {"help": Right.SEE_ASSIST, "cameras": Right.SEE_DEVICE}
"""What a question needs where ``see.count`` is not enough: answers are of many people at once."""


def right_for(question: str) -> Right:
    """The right to ask the question of that name."""
    return RIGHTS.get(question, Right.SEE_COUNT)


class Turns:
    """Who asks waits here until there is a free place, and no longer than ``LONGEST_S`` in all. A
    question that was given up keeps its place until its thread is through with it: however many
    are asked, no more than ``AT_ONCE`` are worked on."""

    def __init__(self) -> None:
        self._places = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answering")

    async def answer(self, hub: Hub, question: Question) -> Answer:
        """Raises ``Trouble`` (``timeout``) where it takes too long, and ``BadInput`` where it asks
        for a place that is not there."""
        return await self.take(lambda: answer(hub, question))

    async def take(self, work: Callable[[], T]) -> T:
        """What ``work`` gives, which asks one question or several. Raises ``Trouble``
        (``timeout``), and what ``work`` raises."""
        try:
            async with asyncio.timeout(LONGEST_S):
                # One that still waits when its time is over is not begun.
                return await asyncio.wrap_future(self._places.submit(work))
        except TimeoutError:
            what = f"this took over {LONGEST_S:.0f} s; ask for less time"
            raise Trouble("timeout", what, headers={"Retry-After": "10"}) from None


def answer(hub: Hub, question: Question) -> Answer:
    """What the journal says, as far as it may be told of people (``insight.disclosure``); what
    audits found out about the shop's counters is in its intervals."""
    accuracy = load_accuracy(hub.files.shop, hub.shop.shop.id)
    return questions.answer(question, hub.shop, hub.reader, accuracy)
