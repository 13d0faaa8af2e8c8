"""What every sender is: something that empties an outbox in a thread of its own."""

from __future__ import annotations

from typing import Protocol


class Sender(Protocol):
    """``start`` once, ``wake`` whenever events were added, ``stop`` at the end."""

    @property
    def connected(self) -> bool:
        """Whether the hub answers."""
        ...

    def start(self) -> None: ...

    def wake(self) -> None:
        """Events were added to the outbox. May be called from any thread."""
        ...

    def stop(self, wait_s: float) -> None:
        """Returns when all is delivered, or after ``wait_s``; what is not waits in the outbox."""
        ...
