"""Senders while the broker is away, and while the disk of the outbox is ill."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import aiomqtt
import pytest
import structlog

from miseban.camera.delivery import mqtt
from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.direct import DirectSender
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.delivery.sender import Sender
from miseban.camera.delivery.storage import OutboxFull
from miseban.vocabulary.delivery import LARGEST_BATCH, Batch
from miseban.vocabulary.errors import Failed
from tests.camera.delivery.hub import SmallHub
from tests.camera.delivery.made import Keeping, events
from tests.servers.mosquitto import Mosquitto


class IllOutbox(Outbox):
    """Reads and forgets nothing while it is ``ill``, as on a disk that fails."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, "door")
        self.ill = threading.Event()
        self.asked = 0

    def batch(self, after: int, most: int = LARGEST_BATCH) -> Batch:
        if self.ill.is_set() and most:
            self.asked += 1
            raise OutboxFull(self.file, "disk I/O error")
        return super().batch(after, most)

    def forget(self, upto: int) -> None:
        if self.ill.is_set() and upto >= self.oldest:
            self.asked += 1
            raise Failed("outbox", self.file, "cannot be used: database is locked")
        super().forget(upto)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[IllOutbox]:
    outbox = IllOutbox(tmp_path / "door.sqlite")
    yield outbox
    outbox.close()


def until(true: Callable[[], bool], within_s: float = 15.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, "it did not come about in time"
        time.sleep(0.01)


def test_news_ends_no_wait_for_a_broker_that_is_away(
    outbox: IllOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def refused(address: HubAddress, identifier: str) -> aiomqtt.Client:
        tries.append(time.monotonic())
        raise OSError("connection refused")

    monkeypatch.setattr(mqtt, "broker_client", refused)
    sending = MqttSender(outbox, "s", HubAddress("127.0.0.1", 1))
    sending.start()
    outbox.add(events(1, 10))
    end_s = time.monotonic() + 1.5
    while time.monotonic() < end_s:
        sending.wake()
        time.sleep(0.02)
    assert 2 <= len(tries) <= 6, "the waits double, whatever is told meanwhile"
    began_s = time.monotonic()
    sending.stop(0.0)
    assert time.monotonic() - began_s < 0.5, "only the end is not waited for"


@pytest.mark.parametrize("way", ["broker", "direct"])
def test_an_outbox_that_is_ill_for_a_while_ends_no_sender(
    outbox: IllOutbox, tmp_path: Path, way: str
) -> None:
    hub = Keeping()
    with ExitStack() as stack:
        sending: Sender
        if way == "broker":
            broker = stack.enter_context(Mosquitto(tmp_path / "broker"))
            stack.enter_context(SmallHub(broker.port, hub))
            sending = MqttSender(outbox, "s", HubAddress("127.0.0.1", broker.port))
        else:
            sending = DirectSender(outbox, hub.accept)
        logs = stack.enter_context(structlog.testing.capture_logs())
        outbox.add(events(1, 10))
        sending.start()
        until(lambda: outbox.waiting == 0 and sending.connected)
        outbox.ill.set()
        outbox.add(events(11, 20))
        sending.wake()
        until(lambda: outbox.asked >= 3)
        assert not sending.connected
        assert [line["event"] for line in logs].count("outbox.failed") == 1
        outbox.ill.clear()
        until(lambda: outbox.waiting == 0 and sending.connected)
        sending.stop(5)
    assert hub.all == events(1, 20)
    assert [line["event"] for line in logs].count("outbox.failed") == 1


@pytest.mark.parametrize("way", ["broker", "direct"])
def test_what_cannot_be_forgotten_ends_no_sender(
    outbox: IllOutbox, tmp_path: Path, way: str
) -> None:
    hub = Keeping()
    hub.upto[outbox.stream] = 4  # kept in an earlier life, and the answer was lost
    outbox.add(events(1, 10))
    outbox.ill.set()
    with ExitStack() as stack:
        sending: Sender
        if way == "broker":
            broker = stack.enter_context(Mosquitto(tmp_path / "broker"))
            stack.enter_context(SmallHub(broker.port, hub))
            sending = MqttSender(outbox, "s", HubAddress("127.0.0.1", broker.port))
        else:
            sending = DirectSender(outbox, hub.accept)
        sending.start()
        until(lambda: outbox.asked >= 3)
        assert not sending.connected
        outbox.ill.clear()
        until(lambda: outbox.waiting == 0 and sending.connected)
        sending.stop(5)
    assert hub.all == events(5, 10)
