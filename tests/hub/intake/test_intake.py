"""From outboxes to the journal, by a real broker and by a socket: all of it, once, whoever talks
rubbish in between."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion
from structlog.testing import capture_logs

from miseban.camera.delivery.address import parse_hub
from miseban.camera.delivery.calling import HubCall, Hung, write_parts
from miseban.camera.delivery.direct import DirectSender
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.hub.intake.desk import Desk
from miseban.hub.intake.local import LocalIntake
from miseban.hub.intake.mqtt import MqttIntake
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.vocabulary.delivery import Ack, Batch, BatchHead, events_topic
from miseban.vocabulary.errors import BadInput
from tests.camera.delivery.made import Keeping, event, events
from tests.servers.mosquitto import Mosquitto

STREAM = "0123456789abcdef"


def batch(source: str, first: int, last: int) -> Batch:
    lines = tuple(one.model_dump_json().encode() for one in events(first, last, source))
    head = BatchHead(source=source, stream=STREAM, first=first, events=len(lines), oldest=1)
    return Batch(head, lines)


def wait(until: Callable[[], bool], most_s: float = 15.0) -> None:
    end = time.monotonic() + most_s
    while not until():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def open_journal(folder: Path) -> Journal:
    return Journal.open(folder / "journal", shop="s", reserve=0)


def in_journal(folder: Path) -> dict[str, list[str]]:
    """Ids by camera, in the order of time."""
    reader = JournalReader(folder / "journal")
    found: dict[str, list[str]] = {}
    for one in reader.events():
        found.setdefault(one.camera or "", []).append(one.id)
    reader.close()
    return found


def test_cameras_deliver_through_a_broker_that_dies_and_forgets(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    cameras = ("door", "tills", "aisle")
    outboxes = {name: Outbox(tmp_path / f"{name}.sqlite", name) for name in cameras}
    with Mosquitto(tmp_path / "broker") as broker:
        address = parse_hub(broker.address)
        intake = MqttIntake("s", address, journal.accept)
        intake.start()
        senders = [MqttSender(outbox, "s", address) for outbox in outboxes.values()]
        for sender in senders:
            sender.start()
        for part in range(6):
            for name, outbox in outboxes.items():
                outbox.add(events(part * 100 + 1, part * 100 + 100, name))
            for sender in senders:
                sender.wake()
            if part == 2:
                broker.kill()
                broker.forget()
                broker.start()
            time.sleep(0.1)
        wait(lambda: all(outbox.waiting == 0 for outbox in outboxes.values()), 30)
        for sender in senders:
            sender.stop(5)
        intake.stop()
    journal.close()
    for outbox in outboxes.values():
        outbox.close()
    expected = {name: [event(n, name).id for n in range(1, 601)] for name in cameras}
    assert in_journal(tmp_path) == expected


def test_rubbish_on_the_broker_stops_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    with Mosquitto(tmp_path / "broker") as broker:
        intake = MqttIntake("s", parse_hub(broker.address), journal.accept)
        intake.start()
        assert intake.wait_connected(10)
        odd = paho.Client(CallbackAPIVersion.VERSION2)
        odd.connect("127.0.0.1", broker.port)
        odd.loop_start()
        for payload in (b"", b"{}", b"\xff" * 1000, batch("tills", 1, 3).encode(), b"\n" * 5000):
            odd.publish(events_topic("s", "door"), payload, qos=1).wait_for_publish(10)
        odd.publish("miseban/s/a b/events", b"x", qos=1).wait_for_publish(10)
        odd.publish(events_topic("s", "door"), batch("door", 1, 5).encode(), qos=1)
        wait(lambda: journal.state.fresh == 5)
        odd.disconnect()
        odd.loop_stop()
        intake.stop()
    journal.close()
    assert set(in_journal(tmp_path)) == {"door"}, "nobody speaks for another camera"


def test_a_hub_without_a_broker_starts_and_finds_it_later(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker")
    intake = MqttIntake("s", parse_hub(broker.address), Keeping().accept)
    intake.start()
    assert not intake.wait_connected(0.5)
    with broker:
        assert intake.wait_connected(10)
        intake.stop()


def test_a_journal_that_fails_gives_no_answer_and_is_asked_again() -> None:
    calls: list[int] = []

    def fails_once(batches: Sequence[Batch]) -> list[Ack]:
        calls.append(len(batches))
        if len(calls) == 1:
            raise OSError("no such disk")
        return [Ack(stream=one.head.stream, upto=one.last) for one in batches]

    desk = Desk(fails_once)
    payload = batch("door", 1, 3).encode()
    assert desk.take([("door", payload)]) == []
    assert desk.take([("door", payload)]) == [("door", Ack(stream=STREAM, upto=3))]


def test_a_full_disk_is_told_once_and_its_end_once() -> None:
    keeping = Keeping(holds=2)
    desk = Desk(keeping.accept)
    with capture_logs() as told:
        for first in (1, 3, 3):
            desk.take([("door", batch("door", first, first + 1).encode())])
        keeping.holds = 100
        desk.take([("door", batch("door", 3, 4).encode())])
    said = [one["event"] for one in told]
    assert len(said) == 2
    assert "the disk is full" in said[0]
    assert "there is room again" in said[1]


def test_of_each_stream_the_last_answer_is_sent() -> None:
    desk = Desk(Keeping().accept)
    answers = desk.take(
        [("door", batch("door", 1, 3).encode()), ("door", batch("door", 4, 9).encode())]
    )
    assert answers == [("door", Ack(stream=STREAM, upto=9))]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["door", "tills"]), st.binary(max_size=400))))
def test_no_bytes_stop_it(payloads: list[tuple[str, bytes]]) -> None:
    kept = Keeping()
    Desk(kept.accept).take(payloads)
    good = Desk(kept.accept).take([*payloads, ("door", batch("door", 1, 2).encode())])
    assert ("door", Ack(stream=STREAM, upto=2)) in good


def test_cameras_on_this_machine_deliver_through_a_socket(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    path = tmp_path / "hub.sock"
    outboxes = {name: Outbox(tmp_path / f"{name}.sqlite", name) for name in ("door", "tills")}
    calls = [HubCall(path, name) for name in outboxes]
    senders = [
        DirectSender(outbox, call) for outbox, call in zip(outboxes.values(), calls, strict=True)
    ]
    for sender in senders:
        sender.start()
    for part in range(4):  # the hub is not there at first, and goes in between
        for name, outbox in outboxes.items():
            outbox.add(events(part * 100 + 1, part * 100 + 100, name))
        for sender in senders:
            sender.wake()
        if part in (1, 3):
            intake = LocalIntake(path, journal.accept)
            intake.start()
            wait(lambda: all(outbox.waiting == 0 for outbox in outboxes.values()))
            intake.stop()
    for sender in senders:
        sender.stop(1)
    for call in calls:
        call.close()
    journal.close()
    for outbox in outboxes.values():
        outbox.close()
    expected = {name: [event(n, name).id for n in range(1, 401)] for name in outboxes}
    assert in_journal(tmp_path) == expected


def test_the_socket_is_its_users_alone_and_outlives_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "hub.sock"
    intake = LocalIntake(path, Keeping().accept)
    intake.start()
    assert path.stat().st_mode & 0o077 == 0
    for rubbish in (b"", b"\xff\xff\xff\xff", os.urandom(100), b"\0\0\0\1\xff\xff\xff\xff"):
        with socket.socket(socket.AF_UNIX) as call:
            call.connect(str(path))
            call.sendall(rubbish)
    with socket.socket(socket.AF_UNIX) as call:
        call.connect(str(path))
        write_parts(call, [b"door", b"no batch"])
        call.settimeout(5)
        assert call.recv(4) == b"\0\0\0\0"
    hub = HubCall(path, "door")
    assert hub([batch("door", 1, 4)]) == [Ack(stream=STREAM, upto=4)]
    hub.close()
    intake.stop()
    assert not path.exists()
    with pytest.raises(OSError, match="No such file"):
        hub([batch("door", 1, 4)])


def test_an_answer_that_is_none_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "odd.sock"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()

    def answer() -> None:
        call, _ = listening.accept()
        call.recv(100_000)
        write_parts(call, [b"yes, yes"])
        call.close()

    thread = threading.Thread(target=answer)
    thread.start()
    hub = HubCall(path, "door")
    with pytest.raises((BadInput, Hung)):
        hub([batch("door", 1, 2)])
    thread.join()
    listening.close()


def test_a_path_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    intake: Any = LocalIntake(tmp_path / "none" / "hub.sock", Keeping().accept)
    with pytest.raises(BadInput, match="cannot be listened at"):
        intake.start()
    intake.stop()
