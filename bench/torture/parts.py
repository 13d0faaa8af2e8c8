"""The processes that are killed: ``python -m bench.torture.parts camera|hub SETTINGS``.

``SETTINGS`` is JSON. A line is printed when the process is ready.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from bench.torture.clock import SetClock
from bench.torture.shop import SHOP
from bench.torture.told import line_of, some
from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import Batch


class Careless(Outbox):
    """A fault that the torture must find: what was handed to the network is forgotten."""

    def batch(self, after: int, most: int = 1000) -> Batch:
        batch = super().batch(after, most)
        self.forget(batch.last)
        return batch


def camera(settings: dict[str, Any]) -> None:
    """Tells event after event until the file ``quiet`` is there; ``NAME.quiet`` says that all was
    delivered. When the file ``last`` is there it tells one more, and ends when that is delivered.
    What ``add`` has promised is written down: the number of the last event."""
    name, folder = settings["name"], Path(settings["folder"])
    clock = SetClock(folder, name)
    clock.install()
    kind = Careless if settings["careless"] else Outbox
    outbox = kind(folder / f"{name}.sqlite", name)
    sender = MqttSender(outbox, SHOP, HubAddress("127.0.0.1", settings["port"]))
    sender.start()
    promised, told = (
        os.open(folder / f"{name}.{what}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for what in ("promised", "told")
    )

    def tell(many: int, *, last: bool = False) -> None:
        first, now = outbox.next, clock.now()
        os.write(told, line_of(first, many, now, last=last).encode())
        outbox.add(list(some(name, first, many, now, last=last)))
        os.write(promised, f"{outbox.stream} {outbox.next - 1}\n".encode())
        sender.wake()

    def deliver() -> None:
        while outbox.waiting:
            time.sleep(0.05)

    print("ready", flush=True)
    rate, chance = settings["rate"], random.Random()
    due_s = time.monotonic()
    while not (folder / "quiet").exists():
        many = max(1, round(rate * chance.uniform(0.02, 0.18)))  # every 0.1 s on average
        due_s = max(due_s + many / rate, time.monotonic() - 1.0)
        tell(many)
        time.sleep(max(0.0, due_s - time.monotonic()))
    deliver()
    (folder / f"{name}.quiet").touch()
    while not (folder / "last").exists():
        time.sleep(0.05)
    tell(1, last=True)
    deliver()
    sender.stop(1.0)
    outbox.close()


if __name__ == "__main__":
    if sys.argv[1] == "hub":
        from bench.torture.hub_part import hub as part  # a camera need not load all that
    else:
        part = camera
    part(json.loads(sys.argv[2]))
