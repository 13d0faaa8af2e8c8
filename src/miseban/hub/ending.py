"""Tasks that are to end, end."""

from __future__ import annotations

import asyncio
from typing import Any, Final

AGAIN_S: Final = 2.0


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancels them, and again every two seconds, until they are over; what they raised is left to
    them. Once is not always enough: ``asyncio.wait_for`` of Python 3.11 loses a cancellation that
    comes together with what it waits for, and an MQTT client that was told to go waits without
    limit for its broker's good-bye. A hub must stop all the same."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        over, waiting = await asyncio.wait(waiting, timeout=AGAIN_S)
        for task in over:
            if not task.cancelled():
                task.exception()  # else asyncio says that nobody asked for it
