"""Who may speak on the shop's broker: each device by a user and password of its own, for topics of
its own. A camera that was stolen is shut out by itself, and can never speak as another.

Passwords are random and shown once; the broker gets them as Mosquitto's ``$7$`` hashes
(PBKDF2-HMAC-SHA-512, RFC 8018).
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Column, Connection, Engine, Row, String, Table, Text, delete, select

from miseban.hub.database import METADATA, Moment, Part, bring_up, reading, writing
from miseban.hub.people.audit_log import note
from miseban.hub.people.handed_out import new_secret
from miseban.hub.people.identity import Actor
from miseban.hub.people.people import People
from miseban.vocabulary.delivery import ack_topic, events_topic
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.floor_now import floor_topic
from miseban.vocabulary.identifiers import is_name
from miseban.vocabulary.lessons import lessons_topic

Kind = Literal["camera", "onvif", "reader"]
"""``camera``: a camera process of ours; ``onvif``: a camera of others that counts and tells by
ONVIF's JSON; ``reader``: a program that reads what the hub tells to others."""
HUB_USER: Final = "hub"
HUB_OTHERS: Final = "hub-others"
"""The hub once more, for what is told to others and heard from their cameras: a user has one
connection, and what comes from cameras of ours needs its own."""
_RESERVED: Final = frozenset({HUB_USER, HUB_OTHERS, "public"})  # topics of the hub itself
_ITERATIONS: Final = 101  # Mosquitto's own; 256 random bits need no more

DEVICES = Table(
    "mqtt_devices",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("password", Text, nullable=False),  # as Mosquitto keeps it
    Column("made_at", Moment, nullable=False),
)


def _create(connection: Connection) -> None:
    DEVICES.create(connection)


PART: Final = Part("mqtt", _create)


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    kind: Kind
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """What the device is given; the password cannot be read again."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BrokerLists:
    """The texts of Mosquitto's ``password_file`` and ``acl_file``."""

    passwords: str = field(repr=False)
    access: str


class MqttAccess:
    """Raises ``BadInput`` (``database``) where the tables cannot be used."""

    def __init__(self, engine: Engine) -> None:
        People(engine)  # its audit log
        bring_up(engine, PART)
        self._engine = engine

    def add(self, name: str, kind: Kind, by: Actor, now: datetime) -> Issued:
        """A new device. Raises ``BadInput`` (``device``)."""
        if not is_name(name) or name.casefold() in _RESERVED:
            told = f"found {name!r:.80}"
            what = f"expected letters, digits, - and _, other than hub and public, {told}"
            raise BadInput("device", "device", what)
        issued = Issued(name, new_secret())
        with writing(self._engine) as connection:
            if _find(connection, name) is not None:
                what = "is there already; revoke it to give it a new password"
                raise BadInput("device", name, what)
            row = {"kind": kind, "password": mosquitto_hash(issued.password), "made_at": now}
            connection.execute(DEVICES.insert().values(name=name, **row))
            note(connection, by, "device.add", name, now, {"kind": kind})
        return issued

    def all(self) -> list[Device]:
        with reading(self._engine) as connection:
            return [Device(row.name, row.kind, row.made_at) for row in _rows(connection)]

    def revoke(self, name: str, by: Actor, now: datetime) -> None:
        """Its password opens nothing any more, once the broker has read its lists again. Raises
        ``BadInput`` (``device``)."""
        with writing(self._engine) as connection:
            if not is_name(name) or _find(connection, name) is None:
                raise BadInput("device", name[:64], "no such device")
            connection.execute(delete(DEVICES).where(DEVICES.c.name == name))
            note(connection, by, "device.revoke", name, now)

    def lists(self, shop: str, hub_password: str) -> BrokerLists:
        """The lists of all devices, and of the hub itself, which has ``hub_password``."""
        with reading(self._engine) as connection:
            rows = _rows(connection)
        passwords = [f"{user}:{mosquitto_hash(hub_password)}" for user in (HUB_USER, HUB_OTHERS)]
        passwords += [f"{row.name}:{row.password}" for row in rows]
        access = [_section(HUB_USER, _hub_topics(shop))]
        access += [_section(HUB_OTHERS, _others_topics(shop))]
        access += [_section(row.name, _topics(shop, row.name, row.kind)) for row in rows]
        return BrokerLists("\n".join([*passwords, ""]), "\n".join([_NOBODY, *access]))


def mosquitto_hash(password: str, salt: bytes | None = None) -> str:
    """As ``mosquitto_passwd`` writes it: ``$7$ITERATIONS$SALT$HASH`` with 64 bytes of hash."""
    salt = secrets.token_bytes(12) if salt is None else salt
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 64)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def tell_broker(pid: int) -> None:
    """Makes the broker read its lists again (``SIGHUP``), and part with whom they no longer name.
    Raises ``BadInput`` (``broker``) where there is no such process of ours."""
    try:
        os.kill(pid, _HANG_UP)
    except (ProcessLookupError, PermissionError, OverflowError) as error:
        what = f"cannot be told: {getattr(error, 'strerror', None) or error}"
        raise BadInput("broker", f"process {pid}", what) from None


_HANG_UP = 1
# Topics that stand before any user hold for who has no name; there are none.
_NOBODY = "# Written by miseban: what is changed here is lost.\n"
_Topic = tuple[Literal["read", "write", "readwrite"], str]


def _topics(shop: str, name: str, kind: Kind) -> list[_Topic]:
    if kind == "reader":
        return [("read", f"miseban/{shop}/public/#")]
    if kind == "onvif":
        return [("write", f"miseban/{shop}/{name}/onvif-ej/#")]
    return [
        ("write", events_topic(shop, name)),
        ("write", floor_topic(shop, name)),
        ("read", ack_topic(shop, name)),
        ("read", lessons_topic(shop, name)),
    ]


def _hub_topics(shop: str) -> list[_Topic]:
    return [
        ("read", events_topic(shop, "+")),
        ("read", floor_topic(shop, "+")),
        ("write", ack_topic(shop, "+")),
        ("write", lessons_topic(shop, "+")),
        *_others_topics(shop),
    ]


def _others_topics(shop: str) -> list[_Topic]:
    return [
        ("read", f"miseban/{shop}/+/onvif-ej/#"),
        ("readwrite", f"miseban/{shop}/public/#"),  # it takes back what is told no more
    ]


def _section(user: str, topics: Sequence[_Topic]) -> str:
    lines = [f"topic {way} {topic}" for way, topic in topics]
    return "\n".join([f"user {user}", *lines, ""])


def _find(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(DEVICES).where(DEVICES.c.name == name)).first()


def _rows(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(DEVICES).order_by(DEVICES.c.name)).all()
