"""The processes that are killed: ``python -m bench.torture.parts camera|hub SETTINGS``.

``SETTINGS`` is JSON. A line is printed when the process is ready.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.torture.told import SHOP, TIMEZONE, event
from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.hub.intake.mqtt import MqttIntake
from miseban.journal.journal import Journal
from miseban.vocabulary.delivery import Batch
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event

COMPACT_S = 4.0


def jumping_clock() -> None:
    """From now on the wall clock of this process is set every second or so, by up to two days."""
    real, start = time.time, random.uniform(-172_800, 172_800)
    state = {"by": start, "until": 0.0}

    def jumped() -> float:
        if time.monotonic() > state["until"]:
            state["by"] = random.uniform(-172_800, 172_800)
            state["until"] = time.monotonic() + random.uniform(0.2, 2.0)
        return real() + state["by"]

    time.time = jumped


class Careless(Outbox):
    """The fault that the torture must find: what was handed to the network is forgotten."""

    def batch(self, after: int, most: int = 1000) -> Batch:
        batch = super().batch(after, most)
        self.forget(batch.last)
        return batch


def camera(settings: dict[str, Any]) -> None:
    """Tells event after event until the file ``stop`` is there, then ends when all is delivered.
    What ``add`` has promised is written down: the number of the last event."""
    name, folder = settings["name"], Path(settings["folder"])
    kind = Careless if settings["careless"] else Outbox
    outbox = kind(folder / f"{name}.sqlite", name)
    sender = MqttSender(outbox, SHOP, HubAddress("127.0.0.1", settings["port"]))
    sender.start()
    promised = os.open(folder / f"{name}.promised", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    print("ready", flush=True)
    stop, rate = folder / "stop", settings["rate"]
    chance = random.Random()
    due_s = time.monotonic()
    while not stop.exists():
        many = max(1, round(rate * chance.uniform(0.02, 0.18)))  # every 0.1 s on average
        due_s = max(due_s + many / rate, time.monotonic() - 1.0)
        first = outbox.next
        outbox.add([event(name, number) for number in range(first, first + many)])
        os.write(promised, f"{outbox.stream} {outbox.next - 1}\n".encode())
        sender.wake()
        time.sleep(max(0.0, due_s - time.monotonic()))
    while outbox.waiting:
        time.sleep(0.05)
    sender.stop(1.0)
    outbox.close()


def hub(settings: dict[str, Any]) -> None:
    """A journal behind the hub's intake; compacts every few seconds. What it hears of, in order, is
    written down: camera and number."""
    folder = Path(settings["folder"])
    journal = Journal.open(folder / "journal", shop=SHOP, timezone=TIMEZONE, reserve=0)
    heard = os.open(folder / "heard", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def hear(events: Any) -> None:
        os.write(heard, "".join(f"{one.camera} {_number(one)}\n" for one in events).encode())

    journal.subscribe(hear)
    intake = MqttIntake(SHOP, HubAddress("127.0.0.1", settings["port"]), journal.accept)
    intake.start()
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    print("ready", flush=True)
    while not over.wait(COMPACT_S):
        try:
            journal.compact(datetime.fromtimestamp(time.time(), UTC))
        except Failed as error:
            print(error, file=sys.stderr, flush=True)
    intake.stop()
    journal.compact(datetime.now(UTC))
    journal.close()


def _number(one: Event) -> str:
    """Of those that carry it: the others' places in between are not judged for order."""
    return str(int(getattr(one, "visit", None) or "0", 16))


if __name__ == "__main__":
    jumping_clock()
    {"camera": camera, "hub": hub}[sys.argv[1]](json.loads(sys.argv[2]))
