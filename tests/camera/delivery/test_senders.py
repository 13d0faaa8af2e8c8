"""The senders: over a real broker that dies, forgets and is cut off; and without one."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import aiomqtt
import pytest

from miseban.camera.delivery.address import HubAddress, parse_hub
from miseban.camera.delivery.direct import DirectSender
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import Ack, Batch
from miseban.vocabulary.errors import BadInput
from tests.camera.delivery.hub import SmallHub
from tests.camera.delivery.made import Keeping, event, events
from tests.servers.cuttable import Cuttable
from tests.servers.mosquitto import Mosquitto


def until(true: Callable[[], bool], within_s: float = 15.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, "it did not come about in time"
        time.sleep(0.01)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox = Outbox(tmp_path / "door.sqlite", "door")
    yield outbox
    outbox.close()


def sender(outbox: Outbox, port: int) -> MqttSender:
    return MqttSender(outbox, "s", HubAddress("127.0.0.1", port))


def test_what_waited_and_what_comes_arrives_in_order_and_soon(
    broker: Mosquitto, outbox: Outbox
) -> None:
    outbox.add(events(1, 3000))
    with SmallHub(broker.port, Keeping()) as hub:
        sending = sender(outbox, broker.port)
        sending.start()
        until(lambda: outbox.waiting == 0)
        assert sending.connected
        added_s = {}
        for number in range(3001, 3041):
            outbox.add([event(number)])
            added_s[number] = time.monotonic()
            sending.wake()
            time.sleep(0.03)
        sending.stop(5)
        assert hub.keeping.all == events(1, 3040)
        assert outbox.waiting == 0
        late_s = [hub.came_s[number] - at_s for number, at_s in added_s.items()]
        assert median(late_s) < 0.15, "what happens is told at once"


def test_it_lives_through_a_broker_that_dies_and_forgets(broker: Mosquitto, outbox: Outbox) -> None:
    with SmallHub(broker.port, Keeping()) as hub:
        sending = sender(outbox, broker.port)
        sending.start()
        added = 0
        for round_ in range(3):
            for _ in range(20):
                outbox.add(events(added + 1, added + 10))
                added += 10
                sending.wake()
                time.sleep(0.005)
            broker.kill()
            if round_ != 1:
                broker.forget()
            outbox.add(events(added + 1, added + 10))
            added += 10
            broker.start()
        mended_s = time.monotonic()
        until(lambda: outbox.waiting == 0)
        assert time.monotonic() - mended_s < 10
        sending.stop(5)
        assert hub.keeping.all == events(1, added)


def test_it_lives_through_a_network_that_is_cut(broker: Mosquitto, outbox: Outbox) -> None:
    with Cuttable(broker.port) as network, SmallHub(broker.port, Keeping()) as hub:
        sending = sender(outbox, network.port)
        sending.start()
        outbox.add(events(1, 100))
        sending.wake()
        until(lambda: outbox.waiting == 0)
        network.cut()
        outbox.add(events(101, 200))
        sending.wake()
        time.sleep(0.5)
        assert outbox.waiting == 100
        assert not sending.connected
        network.mend()
        until(lambda: outbox.waiting == 0, within_s=10)
        sending.stop(5)
        assert hub.keeping.all == events(1, 200)


def test_a_hub_that_comes_late_gets_everything(broker: Mosquitto, outbox: Outbox) -> None:
    sending = sender(outbox, broker.port)
    sending.start()
    outbox.add(events(1, 2000))
    time.sleep(0.5)
    assert outbox.waiting == 2000
    assert not sending.connected, "a broker is no hub"
    with SmallHub(broker.port, Keeping()) as hub:
        until(lambda: outbox.waiting == 0)
        sending.stop(5)
        assert hub.keeping.all == events(1, 2000)


def test_an_unreadable_answer_stops_nothing(broker: Mosquitto, outbox: Outbox) -> None:
    async def shout() -> None:
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            for payload in (b"", b"\xff\x00", b'{"stream": 3}', b"[" * 1000):
                await client.publish("miseban/s/door/ack", payload, qos=1)

    with SmallHub(broker.port, Keeping()) as hub:
        sending = sender(outbox, broker.port)
        sending.start()
        outbox.add(events(1, 10))
        sending.wake()
        until(lambda: outbox.waiting == 0)
        asyncio.run(shout())
        outbox.add(events(11, 20))
        sending.wake()
        until(lambda: outbox.waiting == 0)
        sending.stop(5)
        assert hub.keeping.all == events(1, 20)


def certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


# Paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_with_tls_and_a_password_and_never_without_either(tmp_path: Path, outbox: Outbox) -> None:
    cert, key = certificate(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    users = {"door": "s3cret", "hub": "h"}
    with Mosquitto(tmp_path / "broker", users=users, certificate=(cert, key)) as broker:
        tls = ssl.create_default_context(cafile=cert)
        with SmallHub(broker.port, Keeping(), username="hub", password="h", tls_context=tls) as hub:
            outbox.add(events(1, 10))
            url = f"mqtts://door@127.0.0.1:{broker.port}"
            good = parse_hub(url, password_file=secret, ca=cert)
            untrusting = parse_hub(url, password_file=secret)
            unknown = HubAddress("127.0.0.1", broker.port, tls=True, ca=cert)
            plain = HubAddress("127.0.0.1", broker.port, False, "door", "s3cret")
            assert "s3cret" not in f"{good!r} {good.shown}"
            for address in (untrusting, unknown, plain):
                sending = MqttSender(outbox, "s", address)
                sending.start()
                time.sleep(0.3)
                sending.stop(0.0)
                assert outbox.waiting == 10
            sending = MqttSender(outbox, "s", good)
            sending.start()
            until(lambda: outbox.waiting == 0)
            sending.stop(5)
            assert hub.keeping.all == events(1, 10)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://hub", "mqtt://"),
        ("mqtt://", "mqtt://"),
        ("mqtt://hub:99999", "mqtt://"),
        ("mqtt://hub/topic", "mqtt://"),
        ("mqtt://door:secret@hub", "--password-file"),
        ("hub:1883", "mqtt://"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        parse_hub(url)


def test_what_goes_with_an_address_is_checked(tmp_path: Path) -> None:
    assert parse_hub("mqtt://hub").port == 1883
    assert parse_hub("mqtts://cam%40s@[::1]").shown == "mqtts://[::1]:8883"
    assert parse_hub("mqtts://cam%40s@hub").user == "cam@s"
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "no.pem").write_text("hello")
    for wrong in (
        {"password_file": tmp_path / "empty"},
        {"password_file": tmp_path / "missing"},
        {"ca": tmp_path / "missing"},
        {"ca": tmp_path / "no.pem"},
    ):
        with pytest.raises(BadInput):
            parse_hub("mqtts://door@hub", **wrong)
    with pytest.raises(BadInput, match="mqtts"):
        parse_hub("mqtt://hub", ca=tmp_path / "no.pem")


def test_without_a_broker_it_is_the_same(outbox: Outbox) -> None:
    hub, fails = Keeping(), threading.Event()

    def accept(batches: Sequence[Batch]) -> Sequence[Ack]:
        if fails.is_set():
            raise RuntimeError("the journal is away")
        return hub.accept(batches)

    outbox.add(events(1, 3000))
    sending = DirectSender(outbox, accept)
    sending.start()
    until(lambda: outbox.waiting == 0)
    assert sending.connected
    fails.set()
    outbox.add(events(3001, 3010))
    sending.wake()
    until(lambda: not sending.connected)
    outbox.add(events(3011, 3020))
    sending.wake()
    fails.clear()
    until(lambda: outbox.waiting == 0)
    sending.stop(5)
    assert hub.all == events(1, 3020)


def test_stopping_takes_no_longer_than_it_may(broker: Mosquitto, outbox: Outbox) -> None:
    outbox.add(events(1, 10))
    sending = sender(outbox, broker.port)  # nobody answers
    sending.start()
    began_s = time.monotonic()
    sending.stop(0.5)
    assert time.monotonic() - began_s < 3
    assert outbox.waiting == 10
