"""Questions that take too long: given up, and never more at once than there are places."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from miseban.hub.api import answering
from miseban.hub.api.problems import Trouble
from miseban.vocabulary.errors import Failed
from tests.hub.api.hubs import Place, open_hub
from tests.hub.api.serving import served

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


class Endless:
    """Answers whatever is asked by what takes DuckDB an hour; ``ends`` are how that ended."""

    def __init__(self, place: Place) -> None:
        self._reader = place.hub.reader
        self.begun = threading.Event()
        self.ends: list[str] = []

    def __call__(self, _: object, question: object) -> object:
        if question == "quick":
            return self._reader.table("SELECT 1 AS one").to_pylist()
        self.begun.set()
        try:
            numbers = "range(1000000)"
            sql = f"SELECT sum(a.range * b.range) FROM {numbers} a, {numbers} b"
            return self._reader.table(sql)
        except Failed as error:
            self.ends.append(error.code)
            raise


async def test_what_takes_too_long_is_broken_off_and_its_place_is_free(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Endless(place)
    monkeypatch.setattr(answering, "answer", endless)
    monkeypatch.setattr(answering, "LONGEST_S", 0.3)
    turns, asked = answering.Turns(), answering.AT_ONCE + 1
    questions: list[Any] = [turns.answer(place.hub, number) for number in range(asked)]  # type: ignore[arg-type]
    found = await asyncio.gather(*questions, return_exceptions=True)
    for one in found:
        assert isinstance(one, Trouble)
        assert one.status_code == 503
        assert one.detail == "this took over 0 s; ask for less time"
        assert one.headers is not None
        assert one.headers["Retry-After"] == "10"
    monkeypatch.setattr(answering, "LONGEST_S", 20.0)
    quick: Any = "quick"
    answer: Any = await turns.answer(place.hub, quick)
    assert answer == [{"one": 1}]
    async with asyncio.timeout(20):
        while len(endless.ends) < answering.AT_ONCE:
            await asyncio.sleep(0.05)
    assert set(endless.ends) == {"given-up"}, "the fifth was not begun"


def test_what_nobody_waits_for_any_more_is_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_hub(tmp_path) as place, served(place.app) as url:
        endless = Endless(place)
        monkeypatch.setattr(answering, "answer", endless)
        monkeypatch.setattr(answering, "LONGEST_S", 600.0)
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port or 0), 10) as line:
            path = (
                "/api/v1/questions/visitors?since=2026-11-24T00:00:00Z&until=2026-11-25T00:00:00Z"
            )
            bearer = place.tokens["manager"]
            line.sendall(
                f"GET {path} HTTP/1.1\r\nHost: localhost:{address.port}\r\n"
                f"Authorization: Bearer {bearer}\r\n\r\n".encode()
            )
            assert endless.begun.wait(20)
            assert endless.ends == []
        until_s = time.monotonic() + 20
        while not endless.ends and time.monotonic() < until_s:
            time.sleep(0.05)
        assert endless.ends == ["given-up"]
