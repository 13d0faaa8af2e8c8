"""What is free goes back now and then, however often it is asked for."""

from __future__ import annotations

import pytest

from miseban.camera.process import memory
from miseban.camera.process.memory import GivingBack


def test_memory_is_given_back_every_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    now = [100.0]
    monkeypatch.setattr(memory, "give_it_back", lambda: given.append(now[0]))
    give_back = GivingBack(20.0, clock=lambda: now[0])
    for second in range(100, 171):
        now[0] = float(second)
        give_back()
        give_back()
    assert given == [120.0, 140.0, 160.0]
