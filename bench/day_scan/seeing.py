"""The camera process: ``python -m bench.day_scan.seeing SETTINGS`` (JSON).

Delivers the day's events, half an hour at a time, and between them looks at drawn pictures of every
camera with the built-in detector and, as the shop's notice allows, at clothes. Needles of what it
saw are written beside the shop, and some whole frames and vectors to be planted.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bench.day_scan.needles import of_picture, of_vector, once
from miseban.camera.appearance import AppearanceMemory
from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.process.logs import start_logging
from miseban.camera.replay import replay
from miseban.camera.simulated import open_simulated
from miseban.camera.together import analyse_together
from miseban.vision.appearance import clothes, memory
from miseban.vision.detectors import open_detector
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event, HelpEnded, HelpNeeded
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, load_shop

STEP = timedelta(minutes=30)
KEPT = 12
"""Needles are of so many frames of each camera and stretch."""
WAIT_S, SEEN_S = 300.0, 2.0


class Drawn:
    """A source; of some frames that it gives, needles are taken."""

    def __init__(self, source: Any, every: int, seen: Seen) -> None:
        self._source, self._every, self._seen = source, every, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def frames(self) -> Iterator[Frame]:
        for number, frame in enumerate(self._source.frames()):
            self._seen.frames += 1
            if number % self._every == 0:
                self._seen.picture(frame.bgr)
            yield frame


class Seen:
    """Needles of pictures and vectors."""

    def __init__(self) -> None:
        self.frames = self.pictures = self.vectors = 0
        self.hashes: list[NDArray[np.uint64]] = []
        self.numbers: list[list[float]] = []
        self.planted: list[NDArray[np.uint8]] = []

    def picture(self, bgr: NDArray[np.uint8]) -> None:
        self.pictures += 1
        self.hashes.append(of_picture(bgr))
        if len(self.planted) < 3:
            self.planted.append(bgr.copy())

    def vector(self, one: NDArray[np.floating]) -> None:
        self.vectors += 1
        self.hashes.append(of_vector(one))
        self.numbers.append([float(x) for x in one])

    def write(self, folder: Path) -> None:
        np.save(folder / "needles.npy", once(np.concatenate(self.hashes)))
        np.savez(folder / "planted.npz", *self.planted)
        told = {"frames": self.frames, "pictures": self.pictures, "vectors": self.vectors}
        (folder / "seen.json").write_text(json.dumps(told | {"numbers": self.numbers}), "ascii")


def main() -> None:
    settings = json.loads(sys.argv[1])
    folder, apart = Path(settings["folder"]), Path(settings["apart"])
    start_logging("json")
    shop = load_shop(folder / "shop.toml")
    start = datetime.fromisoformat(settings["start"])
    end = start + timedelta(minutes=settings["minutes"])
    told = Told(folder, shop, settings["port"])
    tracks = apart / "simulated" / "detected.csv"
    # Each by itself: fused they would take an hour. Those with pictures are put together.
    replayed = {c.id: replay(tracks, shop, start, c.id).events for c in shop.cameras}
    seen, moment = Seen(), start
    while moment < end:
        seconds = min(settings["pictures"], (end - moment).total_seconds())
        if seconds > 0:
            told.tell(_looked_at(folder / "shop.toml", shop, moment, seconds, seen))
        moment += STEP
        until = moment if moment < end else datetime.max.replace(tzinfo=UTC)
        for events in replayed.values():
            number = next((i for i, e in enumerate(events) if e.time >= until), len(events))
            told.tell(events[:number])
            del events[:number]
        for part in _help(shop, moment):
            told.tell([part])
            time.sleep(SEEN_S)  # as one goes to see
        print(f"{moment:%H:%M} UTC: {told.events} events, {seen.frames} frames", flush=True)
    left = told.end()
    seen.write(apart)
    (apart / "told.json").write_text(json.dumps({"events": told.events, "left": left}), "ascii")


class Told:
    """An outbox and a sender for each camera; what is told of none goes with the first one's."""

    def __init__(self, folder: Path, shop: Shop, port: int) -> None:
        self.events = 0
        self._outboxes = {
            camera.id: Outbox(folder / "outbox" / f"{camera.id}.sqlite", camera.id)
            for camera in shop.cameras
        }
        self._first = shop.cameras[0].id
        hub = HubAddress("127.0.0.1", port)
        self._senders = {
            name: MqttSender(outbox, shop.shop.id, hub) for name, outbox in self._outboxes.items()
        }
        self._last: list[Event] = []
        for sender in self._senders.values():
            sender.start()

    def tell(self, events: list[Event]) -> None:
        self.events += len(events)
        self._last = [*self._last, *events][-20:]
        by_camera: defaultdict[str, list[Event]] = defaultdict(list)
        for one in sorted(events, key=lambda one: (one.time, one.id)):
            by_camera[one.camera or self._first].append(one)
        for name, some in by_camera.items():
            for at in range(0, len(some), 200):
                self._outboxes[name].add(some[at : at + 200])
                self._senders[name].wake()

    def end(self) -> int:
        """When the hub has everything. Returns how many it has not; some more are left behind, as
        when the hub is away."""
        end_s = time.monotonic() + WAIT_S
        outboxes = self._outboxes.values()
        while any(one.waiting for one in outboxes) and time.monotonic() < end_s:
            time.sleep(0.1)
        left = sum(one.waiting for one in outboxes)
        for sender in self._senders.values():
            sender.stop(0.0)
        self._outboxes[self._first].add(self._last)
        for one in outboxes:
            one.close()
        return left


def _help(shop: Shop, moment: datetime) -> list[Event]:
    """A call for help, so that phones are told."""
    time_s = moment.timestamp()
    stamp: dict[str, Any] = {"shop": shop.shop.id, "camera": shop.cameras[0].id}
    call = f"h{time_s:.0f}"
    ids = EventIds()
    later = moment + timedelta(minutes=2)
    return [
        HelpNeeded(
            id=ids.at(time_s), time=moment, help=call, kind="fall", place=(2.0, 5.0), unit="m",
            confidence=0.9, **stamp,
        ),
        HelpEnded(id=ids.at(later.timestamp()), time=later, help=call, **stamp),
    ]  # fmt: skip


def _looked_at(file: Path, shop: Shop, moment: datetime, seconds: float, seen: Seen) -> list[Event]:
    zone = ZoneInfo(shop.shop.timezone)
    address = f"sim:{{}}?pace=full&from={moment.astimezone(zone):%H:%M}"
    original = clothes.clothes

    def watched(*arguments: Any) -> Any:
        found = original(*arguments)
        for one in found:
            if one is not None:
                seen.vector(np.asarray(one))
        return found

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(memory, "clothes", watched))
        detector = open_detector("person-small", threads=1)
        stack.callback(detector.close)
        sources = {}
        for camera in shop.cameras:
            source = open_simulated(address.format(camera.id), shop_file=file, fps=camera.fps)
            stack.enter_context(source)
            every = max(1, int(seconds * (source.info.fps or camera.fps) / KEPT))
            sources[camera.id] = (Drawn(source, every, seen), detector)
        looks = AppearanceMemory(600.0, zone)
        result, _ = analyse_together(sources, shop, looks=looks, until_s=seconds)
    return result.events


if __name__ == "__main__":
    main()
