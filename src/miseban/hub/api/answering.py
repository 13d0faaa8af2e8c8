"""The one place where questions about the journal are answered: every answer of the API, whoever
asks and in whatever form, comes through ``answer``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from miseban.hub.api.problems import Trouble
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.insight import questions
from miseban.insight.questions import Answer, Question
from miseban.insight.uncertainty.accuracy_file import load_accuracy
from miseban.journal.waited import Waited

T = TypeVar("T")
LONGEST_S: Final = 20.0
"""A question that takes longer is given up."""
AT_ONCE: Final = 4
"""Questions that are worked on at the same time; others wait for their turn."""
LOOK_S: Final = 0.5
"""So often it is looked whether the client is still there."""
AGAIN_S: Final = 0.1
"""A question that goes on nevertheless is interrupted again after so long."""
RIGHTS: Final[dict[str, Right]] = {"help": Right.SEE_ASSIST, "cameras": Right.SEE_DEVICE}
"""What a question needs where ``see.count`` is not enough: answers are of many people at once."""


Gone = Callable[[], Awaitable[bool]]


async def _stays() -> bool:
    return False


def right_for(question: str) -> Right:
    """The right to ask the question of that name."""
    return RIGHTS.get(question, Right.SEE_COUNT)


class Turns:
    """Who asks waits here until there is a free place, and no longer than ``LONGEST_S`` in all. A
    question that was given up is broken off, and keeps its place until its thread is through with
    it: however many are asked, no more than ``at_once`` are worked on."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = ThreadPoolExecutor(at_once, thread_name_prefix="answering")
        self._ending: set[asyncio.Task[None]] = set()

    async def answer(self, hub: Hub, question: Question, gone: Gone = _stays) -> Answer:
        """Raises ``BadInput`` where it asks for a place that is not there, and as ``take``."""
        return await self.take(lambda: answer(hub, question), gone)

    async def take(self, work: Callable[[], T], gone: Gone = _stays) -> T:
        """What ``work`` gives, which asks one question or several; ``gone`` is asked now and then
        whether the client has gone. Raises ``Trouble`` (``timeout``) where it takes too long, and
        what ``work`` raises."""
        waited = Waited()
        place = self._places.submit(_for, waited, work)
        found = asyncio.wrap_future(place)
        try:
            async with asyncio.timeout(LONGEST_S):
                while not (await asyncio.wait([found], timeout=LOOK_S))[0]:
                    if await gone():
                        raise Trouble("gone", "nobody waits for the answer any more", status=503)
                return found.result()
        except TimeoutError:
            what = f"this took over {LONGEST_S:.0f} s; ask for less time"
            raise Trouble("timeout", what, headers={"Retry-After": "10"}) from None
        finally:
            # One that still waits for a place is not begun.
            if not place.cancel() and not place.done():
                found.add_done_callback(lambda one: one.cancelled() or one.exception())
                self._break_off(waited, place)

    def _break_off(self, waited: Waited, place: Future[T]) -> None:
        async def until_it_ends() -> None:
            while not place.done():
                waited.give_up()
                await asyncio.sleep(AGAIN_S)

        task = asyncio.get_running_loop().create_task(until_it_ends())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _for(waited: Waited, work: Callable[[], T]) -> T:
    with waited.heeded():
        waited.check()
        return work()


def answer(hub: Hub, question: Question) -> Answer:
    """What the journal says, as far as it may be told of people (``insight.disclosure``); what
    audits found out about the shop's counters is in its intervals."""
    accuracy = load_accuracy(hub.files.shop, hub.shop.shop.id)
    return questions.answer(question, hub.shop, hub.reader, accuracy)
