"""A task that swallows its cancellation ends all the same."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from miseban.hub import ending

pytestmark = pytest.mark.anyio


async def test_who_does_not_hear_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_S", 0.05)

    async def deaf(times: int) -> None:
        for _ in range(times):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def fails() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("broken")

    tasks = [asyncio.create_task(deaf(times)) for times in (0, 1, 3)]
    tasks.append(asyncio.create_task(fails()))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await ending.ended(*tasks)
    assert [task.cancelled() for task in tasks] == [True, True, True, False]
    assert isinstance(tasks[3].exception(), OSError)
    await ending.ended()
