"""The files of a shop's Mosquitto: configuration, password list, access list.

All lie in one folder, readable by its owner alone, who must be whoever runs the broker:

    mosquitto -c FOLDER/mosquitto.conf
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.people.handed_out import new_secret
from miseban.hub.tls import CIPHERS, TlsFiles
from miseban.vocabulary.delivery import LARGEST_PAYLOAD
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.whole_files import alone, write_whole

_TOPIC_BYTES: Final = 65_536  # beside the payload of a packet


@dataclass(frozen=True, slots=True)
class Broker:
    """``outside``: where devices reach it, an address and port, with TLS by ``tls``; none: on this
    machine alone. ``inside``: the port of the loopback, for the hub itself."""

    folder: Path
    inside: int = 1883
    outside: tuple[str, int] | None = None
    tls: TlsFiles | None = None

    @property
    def configuration(self) -> Path:
        return self.folder / "mosquitto.conf"

    @property
    def hub_password(self) -> Path:
        """The file that holds the hub's own password."""
        return self.folder / "hub.password"

    def written(self) -> tuple[tuple[int, int], ...]:
        """Other numbers whenever the lists were written anew; none where there are no lists."""
        try:
            found = [(self.folder / name).stat() for name in ("access", "passwords")]
        except OSError:
            return ()
        return tuple((one.st_ino, one.st_mtime_ns) for one in found)


def read_listen(text: str) -> tuple[str, int]:
    """``ADDRESS:PORT`` (an IPv6 address in brackets). Raises ``BadInput`` (``broker``)."""
    address, _, port = text.rpartition(":")
    try:
        found = ipaddress.ip_address(address.removeprefix("[").removesuffix("]"))
        number = int(port) if port.isascii() and port.isdecimal() else 0
        if not 1 <= number <= 65535:
            raise ValueError
    except ValueError:
        what = f"expected an address and a port such as 0.0.0.0:8883, found {text!r:.80}"
        raise BadInput("broker", "--listen", what) from None
    return str(found), number


def write_broker(broker: Broker, access: MqttAccess, shop: str) -> None:
    """Writes its files anew, the configuration included; the hub's password stays. Raises
    ``BadInput`` (``broker``) where devices would speak without TLS, ``Failed`` (``broker``) where
    the folder cannot be used."""
    if broker.outside is not None and broker.tls is None:
        raise BadInput("broker", "broker", "expected TLS where other machines reach it")
    for path in (broker.folder, *((broker.tls.certificate, broker.tls.key) if broker.tls else ())):
        if not str(path.absolute()).isprintable():
            raise BadInput("broker", repr(str(path)), "expected a path that can be printed")
    write_lists(broker, access, shop)
    _write(broker.configuration, _configuration(broker))


def write_lists(broker: Broker, access: MqttAccess, shop: str) -> None:
    """Writes who may speak; then ``tell_broker``. Raises ``Failed`` (``broker``)."""
    try:
        broker.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(broker.configuration):
            if not broker.hub_password.exists():
                _write(broker.hub_password, new_secret() + "\n")
            lists = access.lists(shop, broker.hub_password.read_text("utf-8").strip())
            # First the topics: who is in the passwords and not yet there could do nothing.
            _write(broker.folder / "access", lists.access)
            _write(broker.folder / "passwords", lists.passwords)
    except OSError as error:
        what = f"cannot be used: {error.strerror or error}"
        raise Failed("broker", broker.folder, what) from None


def _configuration(broker: Broker) -> str:
    folder = broker.folder.absolute()
    state = folder / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    lines = [
        "# Written by miseban: what is changed here is lost.",
        "per_listener_settings false",
        "allow_anonymous false",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'access'}",
        "persistence true",
        f"persistence_location {state}/",
        "autosave_interval 60",
        "persistent_client_expiration 7d",
        f"message_size_limit {LARGEST_PAYLOAD}",
        f"max_packet_size {LARGEST_PAYLOAD + _TOPIC_BYTES}",
        "max_inflight_messages 20",
        "max_queued_messages 1000",
        f"max_queued_bytes {16 * LARGEST_PAYLOAD}",
        "memory_limit 536870912",
        "set_tcp_nodelay true",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # else it becomes a user who may not read this folder
    # One connection a user: nobody can push out another by taking its client id.
    every = ["use_username_as_clientid true"]
    lines += ["", f"listener {broker.inside} 127.0.0.1", *every, "max_connections 64"]
    if broker.outside is not None and broker.tls is not None:
        address, port = broker.outside
        lines += [
            "",
            f"listener {port} {address}".rstrip(),
            *every,
            "max_connections 1024",
            f"certfile {broker.tls.certificate.absolute()}",
            f"keyfile {broker.tls.key.absolute()}",
            "tls_version tlsv1.2",
            f"ciphers {CIPHERS}",
        ]
    return "\n".join([*lines, ""])


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text, mode=0o600)
    except OSError as error:
        raise Failed("broker", path, f"cannot be written: {error.strerror or error}") from None
