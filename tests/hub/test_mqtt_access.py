"""Who may speak on a real broker, and who may not."""

from __future__ import annotations

import asyncio
import base64
import shutil
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import pytest

from miseban.hub.database import open_database
from miseban.hub.mqtt_access import (
    HUB_OTHERS,
    HUB_USER,
    Issued,
    MqttAccess,
    mosquitto_hash,
    tell_broker,
)
from miseban.hub.mqtt_broker import Broker, write_broker, write_lists
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People
from miseban.hub.running.broker import OwnBroker
from miseban.hub.tls import own_certificate
from miseban.vocabulary.delivery import ack_topic, events_topic
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.floor_now import floor_topic
from miseban.vocabulary.lessons import lessons_topic
from tests.servers.mosquitto import PROGRAM, free_port, need_mosquitto

NOW = datetime.now(UTC)
SHOP = "tokyo"
NOT_IN = r"ot authori[sz]ed"


class Shop:
    """A broker that runs from our own files, and who may speak on it."""

    def __init__(self, folder: Path) -> None:
        engine = open_database(f"sqlite:///{folder / 'hub.db'}")
        self.audit = People(engine).audit
        self.access = MqttAccess(engine)
        self.tls = own_certificate(folder / "tls", SHOP, ["127.0.0.1"], NOW)
        self.broker = Broker(folder / "mqtt", free_port(), ("127.0.0.1", free_port()), self.tls)
        self.door = self.access.add("door", "camera", CONSOLE, NOW)
        self.till = self.access.add("till", "camera", CONSOLE, NOW)
        self.wall = self.access.add("wall", "reader", CONSOLE, NOW)
        self.axis = self.access.add("axis", "onvif", CONSOLE, NOW)
        write_broker(self.broker, self.access, SHOP)
        password = self.broker.hub_password.read_text().strip()
        self.hub = Issued(HUB_USER, password)
        self.pid = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        need_mosquitto()
        log = self.broker.folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(PROGRAM), "-c", self.broker.configuration], stdout=out, stderr=out
            )
        self.pid = process.pid
        try:
            for _ in range(500):
                assert process.poll() is None, log.read_text()
                if "running" in log.read_text():
                    break
                time.sleep(0.02)
            yield
        finally:
            process.terminate()
            process.wait(10)

    def client(self, who: Issued | None, *, inside: bool = False, **more: object) -> aiomqtt.Client:
        trusted = ssl.create_default_context(cafile=str(self.tls.authority))
        port = self.broker.inside if inside else (self.broker.outside or ("", 0))[1]
        return aiomqtt.Client(
            "127.0.0.1",
            port,
            username=who.user if who else None,
            password=who.password if who else None,
            tls_context=None if inside else trusted,
            timeout=10,
            **more,  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("shop"))
    with made.running():
        yield made


async def heard(client: aiomqtt.Client, until: str) -> list[str]:
    """Topics that come in, until the one that says that all have come."""
    topics: list[str] = []
    async with asyncio.timeout(10):
        async for message in client.messages:
            if str(message.topic) == until:
                break
            topics.append(str(message.topic))
    return topics


async def said(shop: Shop, who: Issued, topics: list[str], listener: Issued) -> list[str]:
    """What ``listener`` hears, who asks for all there is, when ``who`` publishes to ``topics``."""
    last = {
        HUB_USER: ("door", events_topic(SHOP, "door")),
        "door": (HUB_USER, ack_topic(SHOP, "door")),
        "wall": (HUB_USER, f"miseban/{SHOP}/public/last"),
    }[listener.user]
    closer = {"door": shop.door, HUB_USER: shop.hub}[last[0]]
    async with shop.client(listener) as listening:
        for wish in (
            "#",
            *(f"miseban/+/+/{what}" for what in ("ack", "events", "floor", "lessons")),
            "$SYS/#",
        ):
            await listening.subscribe(wish, qos=1)
        if who == listener:
            for topic in topics:
                await listening.publish(topic, b"x", qos=1)
        else:
            async with shop.client(who) as speaking:
                for topic in topics:
                    await speaking.publish(topic, b"x", qos=1)
        async with shop.client(closer) as ending:
            await ending.publish(last[1], b"last", qos=1)
        return await heard(listening, last[1])


def test_a_wrong_password_opens_nothing(shop: Shop) -> None:
    async def all_ways() -> None:
        wrong = [
            Issued("door", "x"), Issued("door", ""), Issued("door", shop.till.password), None,
            Issued("nobody", shop.door.password), Issued(HUB_USER, shop.door.password),
            Issued("", ""),
        ]  # fmt: skip
        for who in wrong:
            for inside in (False, True):
                with pytest.raises(aiomqtt.MqttError, match=NOT_IN):
                    async with shop.client(who, inside=inside):
                        pass
        async with shop.client(shop.door), shop.client(shop.hub, inside=True):
            pass

    asyncio.run(all_ways())


def test_nobody_speaks_without_tls_from_outside(shop: Shop) -> None:
    async def plain() -> None:
        outside = (shop.broker.outside or ("", 0))[1]
        client = aiomqtt.Client(
            "127.0.0.1", outside, username="door", password=shop.door.password, timeout=3
        )
        with pytest.raises(aiomqtt.MqttError):
            async with client:
                pass

    asyncio.run(plain())


def test_a_device_speaks_only_as_itself(shop: Shop) -> None:
    """The hub hears nothing of what the till's password says in another name."""
    tried = [
        events_topic(SHOP, "door"), events_topic(SHOP, "other"), events_topic("osaka", "till"),
        ack_topic(SHOP, "till"), ack_topic(SHOP, "door"), f"miseban/{SHOP}/public/x", "x",
        f"miseban/{SHOP}/till/onvif-ej/x", f"{events_topic(SHOP, 'till')}/x",
        floor_topic(SHOP, "door"), floor_topic("osaka", "till"),
        lessons_topic(SHOP, "till"), lessons_topic(SHOP, "door"),
    ]  # fmt: skip
    own = [floor_topic(SHOP, "till"), events_topic(SHOP, "till")]
    assert asyncio.run(said(shop, shop.till, [*tried, *own], shop.hub)) == own


def test_a_device_hears_only_its_own_answers(shop: Shop) -> None:
    answers = [ack_topic(SHOP, "till"), f"miseban/{SHOP}/public/x", ack_topic(SHOP, "door")]
    told = asyncio.run(said(shop, shop.hub, answers[:2], shop.door))
    assert told == []
    lessons = [lessons_topic(SHOP, "till"), lessons_topic("osaka", "door")]
    assert asyncio.run(said(shop, shop.hub, lessons, shop.door)) == []
    own = [lessons_topic(SHOP, "door")]
    assert asyncio.run(said(shop, shop.hub, [*lessons, *own], shop.door)) == own
    others = [events_topic(SHOP, "till"), floor_topic(SHOP, "till")]
    assert asyncio.run(said(shop, shop.till, others, shop.door)) == []
    # It cannot hear itself either.
    assert asyncio.run(said(shop, shop.door, [events_topic(SHOP, "door")], shop.door)) == []


def test_a_reader_hears_what_is_for_others_and_says_nothing(shop: Shop) -> None:
    public = f"miseban/{SHOP}/public/occupancy"
    assert asyncio.run(said(shop, shop.hub, [public], shop.wall)) == [public]
    mine = [events_topic(SHOP, "wall"), public, ack_topic(SHOP, "door"), floor_topic(SHOP, "wall")]
    assert asyncio.run(said(shop, shop.wall, mine, shop.wall)) == []


def test_the_hub_speaks_with_others_beside_what_its_cameras_tell(shop: Shop) -> None:
    """Two connections of the hub, and neither pushes out the other."""
    others = Issued(HUB_OTHERS, shop.hub.password)
    public, told = f"miseban/{SHOP}/public/inside", events_topic(SHOP, "door")

    async def both() -> None:
        async with shop.client(shop.hub) as hub, shop.client(shop.wall) as wall:
            await hub.subscribe(told, qos=1)
            await wall.subscribe(public, qos=1)
            async with shop.client(others) as beside:
                await beside.subscribe(public, qos=1)  # to know what it told before
                await beside.publish(public, b"x", qos=1)
                assert await heard(beside, public) == []
                await beside.publish(ack_topic(SHOP, "door"), b"x", qos=1)  # not its own
            async with shop.client(shop.door) as door:
                await door.publish(told, b"x", qos=1)
            assert await heard(wall, public) == []  # and no time-out: it came
            assert await heard(hub, told) == []

    asyncio.run(both())


def test_a_camera_of_others_tells_under_its_own_name(shop: Shop) -> None:
    own = f"miseban/{SHOP}/axis/onvif-ej/RuleEngine/CountAggregation/Counter"
    tried = [f"miseban/{SHOP}/door/onvif-ej/x", events_topic(SHOP, "axis"), own]
    assert asyncio.run(said(shop, shop.axis, tried, shop.hub)) == [own]


def test_nobody_pushes_out_another_by_its_client_id(shop: Shop) -> None:
    async def both() -> None:
        async with shop.client(shop.door, identifier="the-door") as door:
            await door.subscribe(ack_topic(SHOP, "door"), qos=1)
            for name in ("the-door", "door", HUB_USER):
                async with shop.client(shop.till, identifier=name) as till:
                    await till.publish(events_topic(SHOP, "till"), b"x", qos=1)
            async with shop.client(shop.hub) as hub:
                await hub.publish(ack_topic(SHOP, "door"), b"x", qos=1)
            assert await heard(door, ack_topic(SHOP, "door")) == []

    asyncio.run(both())


def test_who_was_revoked_is_parted_with_and_who_was_added_comes_in(shop: Shop) -> None:
    async def in_turn() -> None:
        stolen = shop.access.add("stolen", "camera", CONSOLE, NOW)
        write_lists(shop.broker, shop.access, SHOP)
        tell_broker(shop.pid)
        for _ in range(200):  # until it has read them
            try:
                async with shop.client(stolen):
                    break
            except aiomqtt.MqttError:
                await asyncio.sleep(0.05)

        async def until_it_breaks() -> None:
            async with shop.client(stolen) as inside, asyncio.timeout(10):
                shop.access.revoke("stolen", CONSOLE, NOW)
                write_lists(shop.broker, shop.access, SHOP)
                tell_broker(shop.pid)
                async for _ in inside.messages:
                    pass

        with pytest.raises(aiomqtt.MqttError):
            await until_it_breaks()
        with pytest.raises(aiomqtt.MqttError, match=NOT_IN):
            async with shop.client(stolen):
                pass
        async with shop.client(shop.door) as other:
            await other.publish(events_topic(SHOP, "door"), b"x", qos=1)

    asyncio.run(in_turn())
    acts = [(entry.act, entry.about) for entry in shop.audit.entries(limit=2)]
    assert acts == [("device.revoke", "stolen"), ("device.add", "stolen")]


def test_a_hub_that_runs_notices_by_itself_whom_the_console_revoked(tmp_path: Path) -> None:
    need_mosquitto()
    shop = Shop(tmp_path)  # which stands for the console: it writes the lists and tells nobody
    own = OwnBroker(shop.broker, shop.access, SHOP)

    async def out_and_in() -> None:
        for _ in range(200):  # until the broker is up
            try:
                async with shop.client(shop.door) as inside, asyncio.timeout(20):
                    shop.access.revoke("door", CONSOLE, NOW)
                    again = shop.access.add("gate", "camera", CONSOLE, NOW)
                    write_lists(shop.broker, shop.access, SHOP)
                    with pytest.raises(aiomqtt.MqttError):
                        async for _ in inside.messages:
                            pass
                break
            except aiomqtt.MqttError:
                await asyncio.sleep(0.05)
        with pytest.raises(aiomqtt.MqttError, match=NOT_IN):
            async with shop.client(shop.door):
                pass
        async with shop.client(again):
            pass

    own.start()
    try:
        asyncio.run(out_and_in())
    finally:
        own.stop()


def test_our_hashes_are_those_of_mosquitto(tmp_path: Path) -> None:
    program = shutil.which("mosquitto_passwd")
    need_mosquitto()
    assert program is not None
    file = tmp_path / "passwords"
    file.touch(mode=0o600)
    done = subprocess.run([program, "-b", file, "door", "Grüße 東京"], check=False)
    assert done.returncode == 0
    user, _, theirs = file.read_text().strip().partition(":")
    _, form, iterations, salt, _ = theirs.split("$")
    assert (user, form, iterations) == ("door", "7", "101")
    assert mosquitto_hash("Grüße 東京", base64.b64decode(salt)) == theirs


def test_nobody_else_reads_the_broker_s_files(shop: Shop) -> None:
    folder = shop.broker.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("passwords", "access", "mosquitto.conf", "hub.password"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    text = (folder / "passwords").read_text() + repr(shop.access.all())
    for issued in (shop.hub, shop.door):
        assert issued.password not in text + repr(issued)


def test_a_device_has_one_password(shop: Shop) -> None:
    with pytest.raises(BadInput, match="door: is there already"):
        shop.access.add("door", "camera", CONSOLE, NOW)
    with pytest.raises(BadInput, match="no such device"):
        shop.access.revoke("nobody", CONSOLE, NOW)


@pytest.mark.parametrize(
    "name", ["", "a/b", "+", "#", "a b", "hub", "HUB", "public", "a:b", "a\nuser b", "x" * 65, "店"]
)
def test_a_name_means_nothing_in_a_topic_or_a_list(shop: Shop, name: str) -> None:
    with pytest.raises(BadInput, match="expected letters, digits"):
        shop.access.add(name, "camera", CONSOLE, NOW)
    with pytest.raises(BadInput, match="no such device"):
        shop.access.revoke(name, CONSOLE, NOW)


def test_devices_never_speak_openly_with_other_machines(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected TLS"):
        write_broker(Broker(tmp_path / "mqtt", outside=("", 1884)), shop.access, SHOP)
    assert not (tmp_path / "mqtt").exists()


def test_a_process_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="process 4194305: cannot be told"):
        tell_broker(4_194_305)
