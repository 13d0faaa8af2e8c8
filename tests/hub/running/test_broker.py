"""The hub's own Mosquitto takes a renewed certificate while it runs."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from miseban.hub.database import open_database
from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.mqtt_broker import Broker
from miseban.hub.running.broker import OwnBroker
from miseban.hub.running.certificate import Renewal
from miseban.hub.tls import RENEWED, TlsFiles, own_certificate
from miseban.vocabulary.errors import Failed
from tests.logging_as_before import logging_as_before as _as_before  # noqa: F401
from tests.servers.mosquitto import free_port, need_mosquitto

LATER = datetime.now(UTC)
NOW = LATER + RENEWED - timedelta(days=396)


def connected(port: int, ca: Path) -> ssl.SSLSocket:
    trusting = ssl.create_default_context(cafile=str(ca))
    until_s = time.monotonic() + 20
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), 5)
            return trusting.wrap_socket(line, server_hostname="localhost")
        except OSError:
            assert time.monotonic() < until_s, "the broker did not come up"
            time.sleep(0.05)


def served(port: int, ca: Path) -> str:
    with connected(port, ca) as line:
        found = line.getpeercert(binary_form=True)
    assert found is not None
    return ssl.DER_cert_to_PEM_cert(found)


def test_a_renewed_certificate_reaches_the_broker_which_lets_nobody_go(tmp_path: Path) -> None:
    need_mosquitto()
    now = [NOW]

    def certificate() -> TlsFiles:
        return own_certificate(tmp_path / "tls", "kado", ["localhost"], now[0])

    tls = certificate()
    assert tls.authority is not None
    port = free_port()
    engine = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    broker = Broker(tmp_path / "broker", free_port(), ("127.0.0.1", port), tls)
    own = OwnBroker(broker, MqttAccess(engine), "kado")
    own.start()
    try:
        old = served(port, tls.authority)
        assert old == tls.certificate.read_text()
        renew = Renewal(certificate, own.reload, tls)
        renew()
        assert served(port, tls.authority) == old
        with connected(port, tls.authority) as staying:
            now[0] = LATER
            renew()
            assert tls.certificate.read_text() != old
            until_s = time.monotonic() + 20
            while served(port, tls.authority) == old:
                assert time.monotonic() < until_s, "the broker was not told"
                time.sleep(0.1)
            staying.settimeout(0.2)
            try:
                gone = staying.recv(1) == b""
            except TimeoutError:
                gone = False
            assert not gone
        assert served(port, tls.authority) == tls.certificate.read_text()
    finally:
        own.stop()
        engine.dispose()


def test_a_broker_that_could_not_be_told_is_told_the_next_day(tmp_path: Path) -> None:
    now, told = [NOW], [0]

    def changed() -> None:
        told[0] += 1
        if told[0] == 1:
            raise Failed("broker", tmp_path, "cannot be written")

    def certificate() -> TlsFiles:
        return own_certificate(tmp_path, "kado", ["localhost"], now[0])

    renew = Renewal(certificate, changed, certificate())
    now[0] = LATER
    assert [renew() is not None for _ in range(4)] == [True] * 4
    assert told[0] == 2
    assert Renewal(lambda: None, changed, None)() is None
