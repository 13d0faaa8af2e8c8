"""Who is on the floor now, on its way to the hub: by a socket and by a broker, beside the events,
and never in their way."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from structlog.testing import capture_logs

from miseban.camera.delivery.address import parse_hub
from miseban.camera.delivery.calling import HubCall
from miseban.camera.delivery.floor import LocalFloor
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.hub.intake.desk import Desk
from miseban.hub.intake.local import LocalIntake
from miseban.hub.intake.mqtt import MqttIntake
from miseban.vocabulary.floor_now import Dot, FloorNow, floor_topic
from tests.camera.delivery.made import Keeping, events
from tests.hub.intake.test_intake import batch, wait
from tests.servers.mosquitto import Mosquitto


def floor(n: int, source: str = "door") -> bytes:
    dot = Dot(f"{n:08x}", 1.0, 2.0, 0.3, False, None)
    now = datetime.now(UTC)
    return FloorNow(source=source, time=now, cameras=(source,), dots=(dot,)).encode()


class Heard:
    def __init__(self) -> None:
        self.all: list[tuple[str, bytes]] = []

    def __call__(self, source: str, payload: bytes) -> None:
        self.all.append((source, payload))

    def has(self, payload: bytes) -> bool:
        return any(found == payload for _, found in self.all)


def test_by_the_socket_whether_the_hub_is_there_or_not(tmp_path: Path) -> None:
    path, heard, keeping = tmp_path / "hub.sock", Heard(), Keeping()
    line = LocalFloor(path, "door")
    line.start()
    began = time.monotonic()
    for n in range(1000):  # nobody is there: nothing waits, and nothing is kept
        line.show(floor(n))
    assert time.monotonic() - began < 4.0
    intake = LocalIntake(path, keeping.accept, heard)
    intake.start()
    shown = floor(2000)

    def came() -> bool:
        line.show(shown)
        return heard.has(shown)

    wait(came)
    assert heard.all[0] == ("door", shown), "what was before the hub is forgotten"
    hub = HubCall(path, "door")
    assert hub([batch("door", 1, 4)])[0].upto == 4
    hub.close()
    intake.stop()
    line.show(floor(3000))
    line.stop()
    assert len(keeping.all) == 4


def test_a_hub_of_before_refuses_it_once_and_takes_events(tmp_path: Path) -> None:
    keeping = Keeping()
    desk = Desk(keeping.accept)  # as each hub had it: what comes is a batch, or nothing
    with capture_logs() as told:
        for n in range(5):
            assert desk.take([("door", floor(n))]) == []
    assert len([one for one in told if one["event"] == "refused"]) == 1
    assert f"{0:08x}" not in str(told)
    assert desk.take([("door", batch("door", 1, 3).encode())])[0][1].upto == 3


def test_a_hub_that_never_answers_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "deaf.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        line = LocalFloor(path, "door")
        line.start()
        began = time.monotonic()
        for n in range(200):
            line.show(floor(n))
            time.sleep(0.001)
        assert time.monotonic() - began < 6.0
        stopping = threading.Thread(target=line.stop)
        stopping.start()
        stopping.join(6.0)
        assert not stopping.is_alive()


def test_by_a_broker_beside_the_events(tmp_path: Path) -> None:
    heard, keeping = Heard(), Keeping()
    with Mosquitto(tmp_path / "broker") as broker:
        address = parse_hub(broker.address)
        old = paho.Client(CallbackAPIVersion.VERSION2)  # kept by a broker: not of this moment
        old.connect("127.0.0.1", broker.port)
        old.loop_start()
        old.publish(floor_topic("s", "door"), floor(66), qos=1, retain=True).wait_for_publish(10)
        intake = MqttIntake("s", address, keeping.accept, heard)
        intake.start()
        assert intake.wait_connected(10)
        outbox = Outbox(tmp_path / "door.sqlite", "door")
        sender = MqttSender(outbox, "s", address)
        sender.show(floor(1))  # there is no connection yet: it is forgotten
        sender.start()
        wait(lambda: sender.connected)
        shown = [floor(n) for n in range(100, 104)]
        for n, one in enumerate(shown):
            outbox.add(events(n * 50 + 1, n * 50 + 50, "door"))
            sender.wake()
            sender.show(one)
            wait(lambda one=one: heard.has(one))  # type: ignore[misc]
        wait(lambda: outbox.waiting == 0)
        retained: list[bytes] = []
        old.on_message = lambda _client, _data, message: retained.append(bytes(message.payload))
        old.publish(floor_topic("s", "door"), b"", qos=1, retain=True).wait_for_publish(10)
        old.subscribe("#", qos=1)
        old.publish("last", b"last", qos=1).wait_for_publish(10)
        wait(lambda: b"last" in retained)
        assert retained == [b"last"], "the broker keeps none of it"
        old.disconnect()
        old.loop_stop()
        sender.stop(5)
        intake.stop()
        outbox.close()
    assert [payload for _, payload in heard.all] == shown
    assert {source for source, _ in heard.all} == {"door"}
    assert len(keeping.all) == 200


@pytest.mark.parametrize("payload", [b'{"kind":"floor"', b'{"kind":"floor"}\n{"kind":"floor"}'])
def test_rubbish_goes_the_same_way_and_is_not_our_trouble(tmp_path: Path, payload: bytes) -> None:
    path, heard = tmp_path / "hub.sock", Heard()
    intake = LocalIntake(path, Keeping().accept, heard)
    intake.start()
    line = LocalFloor(path, "door")
    line.start()

    def came() -> bool:
        line.show(payload)
        return heard.has(payload)

    wait(came)
    line.stop()
    intake.stop()
