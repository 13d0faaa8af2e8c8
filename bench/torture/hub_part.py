"""The hub that is killed: ``miseban hub`` itself, that writes down what it hears of and, when it is
asked, what it says is so now."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.torture.clock import SetClock
from miseban.hub.running import loop
from miseban.hub.running.box import Box
from miseban.hub.running.command import run_hub
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event

COMPACT_S = 4.0
RESTS = ("back", "ahead")
"""The names of the files by which it is asked."""


def hub(settings: dict[str, Any]) -> None:
    """Until SIGTERM. ``heard`` says in which order it hears of events: camera and number."""
    folder = Path(settings["folder"])
    if settings["careless"]:
        loop.SET_BY_S = math.inf  # a fault that must be found: a set clock is not noticed
    clock = SetClock(folder, "hub")
    clock.install()
    run_hub(
        folder / "shop.toml",
        folder / "hub.toml",
        log_form="text",
        beside=lambda box: _watched(box, folder),
        on_ready=lambda _box, _port: print("ready", flush=True),
        now=clock.now,
    )


@contextmanager
def _watched(box: Box, folder: Path) -> Iterator[None]:
    heard = os.open(folder / "heard", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def hear(events: Sequence[Event]) -> None:
        lines = [f"{one.camera} {_number(one)}\n" for one in events if one.camera is not None]
        os.write(heard, "".join(lines).encode())

    box.hub.journal.subscribe(hear)
    over = threading.Event()

    def look() -> None:
        compacted_s = time.monotonic()
        while not over.wait(0.1):
            for rest in RESTS:
                if (folder / rest).exists() and not (folder / f"{rest}.json").exists():
                    say(box, folder / f"{rest}.json")
            if time.monotonic() - compacted_s > COMPACT_S:
                _compact(box)
                compacted_s = time.monotonic()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()
        _compact(box)


def say(box: Box, file: Path) -> None:
    """What is so now, and which alerts are open."""
    now = box.hub.now()
    said = {
        "live": box.hub.live.snapshot(now).model_dump(mode="json"),
        "open": [one.alert for one in box.hub.alerts.open()],
        "now": now.isoformat(),
    }
    part = file.with_suffix(".part")
    part.write_text(json.dumps(said), encoding="utf-8")
    part.replace(file)


def _compact(box: Box) -> None:
    try:
        box.hub.journal.compact(box.hub.now())
    except Failed as error:
        print(error, file=sys.stderr, flush=True)


def _number(one: Event) -> str:
    """Of those that carry it: the others' places in between are not judged for order."""
    return str(int(getattr(one, "visit", None) or "0", 16))
