"""Questions that take too long: given up, and never more at once than there are places."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from miseban.hub.api import answering
from miseban.hub.api.problems import Trouble

pytestmark = pytest.mark.anyio


async def test_a_question_that_was_given_up_keeps_its_place_until_it_is_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    working: list[object] = []
    go_on = threading.Event()

    def slow(_: object, question: object) -> object:
        working.append(question)
        go_on.wait(20)
        return question

    monkeypatch.setattr(answering, "LONGEST_S", 0.1)
    monkeypatch.setattr(answering, "answer", slow)
    turns = answering.Turns()
    asked: Any = range(3 * answering.AT_ONCE)
    try:
        for number in asked:
            with pytest.raises(Trouble, match="this took over"):
                await turns.answer(None, number)  # type: ignore[arg-type]
        assert len(working) == answering.AT_ONCE
    finally:
        go_on.set()
    monkeypatch.setattr(answering, "LONGEST_S", 20.0)
    last: Any = "last"
    found: object = await asyncio.wait_for(turns.answer(None, last), 20)  # type: ignore[arg-type]
    assert found == "last"
    assert working == [*range(answering.AT_ONCE), "last"]  # who had waited too long was not begun
