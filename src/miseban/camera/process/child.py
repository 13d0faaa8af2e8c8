"""A camera process: ``python -m miseban.camera.process.child``, started by the supervisor.

Its settings are the first line of standard input, which then stays open: when it closes, whoever
started the process is gone, and it ends. ``Beat`` lines go to standard output, the log to standard
error. Exit status: 0 when it was told to stop, 3 when it wants to be started anew at once, 1 when
something failed, 2 for settings that cannot be used.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import IO
from zoneinfo import ZoneInfo

import structlog

from miseban.camera.appearance import AppearanceMemory
from miseban.camera.child_process import ANEW
from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.calling import HubCall
from miseban.camera.delivery.direct import DirectSender
from miseban.camera.delivery.floor import LocalFloor
from miseban.camera.delivery.keeper import Keeper
from miseban.camera.delivery.lessons import LocalLessons
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.delivery.sender import Sender
from miseban.camera.process.commands import appearance_s
from miseban.camera.process.dots import DotMaker
from miseban.camera.process.live import LiveLoop, Show
from miseban.camera.process.logs import start_logging
from miseban.camera.process.memory import GivingBack, settled
from miseban.camera.process.opening import open_live
from miseban.camera.process.settings import Beat, ProcessSettings
from miseban.camera.process.wall_clock import WallClock
from miseban.camera.uniform import open_uniform
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detector, needs_every_frame
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.events import Event
from miseban.vocabulary.lessons import Lesson, read_lesson
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import Shop, load_shop

DELIVER_S = 5.0
"""For what was seen last to reach the hub, when the process is told to stop."""

log = structlog.get_logger(__name__)


class CameraProcess:
    """The cameras of ``settings`` until ``stop``; beats are written to ``out``."""

    def __init__(self, settings: ProcessSettings, out: IO[bytes]) -> None:
        self._settings, self._out = settings, out
        self._stopping = threading.Event()
        self._beaten_s = float("-inf")

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> int:
        """The exit status. Raises ``MisebanError``."""
        settings = self._settings
        shop = load_shop(settings.shop_file)
        with ExitStack() as stack:
            outbox = Outbox(settings.outbox / f"{settings.source}.sqlite", settings.source)
            stack.callback(outbox.close)
            lessons: SimpleQueue[Lesson] = SimpleQueue()
            taught = partial(_hear, settings.source, lessons)
            sender = _sender(stack, outbox, shop.shop.id, settings.hub, taught)
            keeper = Keeper(outbox, shop.shop.id, list(settings.cameras), sender.wake)
            sender.start()
            stack.callback(lambda: sender.stop(DELIVER_S))
            sources = self._sources(stack, shop)
            wall = WallClock()
            simulated = not all(shop.camera(c).source[:4] in ("rtsp", "usb:") for c in sources)

            def stopped() -> bool:
                return self._stopping.is_set() or (not simulated and wall.was_set())

            def tell(events: list[Event]) -> None:
                keeper.put(sorted(events, key=lambda event: (event.time, event.id)))

            give_back = GivingBack()

            def beat() -> None:
                keeper.put([])
                give_back()
                self._beat(
                    Beat(
                        frames=loop.frames,
                        waiting=outbox.waiting,
                        lost=outbox.lost + keeper.lost,
                        connected=sender.connected,
                        full=keeper.full,
                    )
                )

            keep_s = appearance_s(shop, settings.shop_file) if settings.appearance else 0.0
            zone = ZoneInfo(shop.shop.timezone)
            loop = LiveLoop(
                shop, sources, tell, gate=settings.gate, beat=beat, stopped=stopped,
                looks=AppearanceMemory(keep_s, zone) if keep_s else None,
                uniform=open_uniform(shop, settings.shop_file) if settings.uniform else None,
                show=self._shown(stack, shop, sender), lessons=lessons,
                memory=settings.outbox,
            )  # fmt: skip
            with settled():
                loop.run()
        return 0 if self._stopping.is_set() else ANEW

    def _shown(self, stack: ExitStack, shop: Shop, sender: Sender) -> Show | None:
        """To where the floor of this moment goes; nowhere where the policy has no positions."""
        policy, settings = load_policy(shop.shop.policy), self._settings
        if not policy.trajectory.on:
            return None
        if isinstance(settings.hub, Path):
            line = LocalFloor(settings.hub, settings.source)
            line.start()
            stack.callback(line.stop)
            return DotMaker(settings.source, line.show, staff=policy.staff.on).show
        assert isinstance(sender, MqttSender)  # noqa: S101 - as ``_sender`` made it
        return DotMaker(settings.source, sender.show, staff=policy.staff.on).show

    def _sources(self, stack: ExitStack, shop: Shop) -> dict[str, tuple[Source, Detector]]:
        settings = self._settings
        shared: dict[tuple[str, int], Detector] = {}
        found: dict[str, tuple[Source, Detector]] = {}
        for name, model in settings.cameras.items():
            wanted = model.name, model.threads
            detector = shared.get(wanted)
            if detector is None or needs_every_frame(detector):
                detector = open_detector(
                    model.name, threads=model.threads, closer=settings.closer
                )  # fmt: skip
                stack.callback(detector.close)
                shared[wanted] = detector
            source = stack.enter_context(open_live(shop, name, settings.shop_file))
            found[name] = source, detector
        return found

    def _beat(self, beat: Beat) -> None:
        now = time.monotonic()
        if now < self._beaten_s + 1.0:
            return
        self._beaten_s = now
        try:
            self._out.write(beat.model_dump_json().encode() + b"\n")
            self._out.flush()
        except BrokenPipeError:  # whoever started us is gone
            self.stop()


def _hear(source: str, lessons: SimpleQueue[Lesson], payload: bytes) -> None:
    """What a hub says that is no lesson changes nothing."""
    try:
        lessons.put(read_lesson(payload, source))
    except BadInput as error:
        log.warning("lesson.unreadable", source=source, why=error.what)


def _sender(
    stack: ExitStack,
    outbox: Outbox,
    shop: str,
    hub: HubAddress | Path,
    taught: Callable[[bytes], None],
) -> Sender:
    if isinstance(hub, Path):
        listening = LocalLessons(hub, outbox.source, taught)
        listening.start()
        stack.callback(listening.stop)
        return DirectSender(outbox, stack.enter_context(closing(HubCall(hub, outbox.source))))
    return MqttSender(outbox, shop, hub, taught=taught)


def main() -> int:
    """Reads the settings, runs, and returns the exit status."""
    beats = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no beat
    start_logging()
    process = CameraProcess(ProcessSettings.model_validate_json(sys.stdin.buffer.readline()), beats)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())

    def wait_for_end() -> None:
        while os.read(0, 4096):  # not through a buffer, whose lock would hold up the end
            pass
        process.stop()

    threading.Thread(target=wait_for_end, name="lifeline", daemon=True).start()
    try:
        return process.run()
    except MisebanError as error:
        log.error("camera.failed", source=process._settings.source, why=str(error))
        return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
