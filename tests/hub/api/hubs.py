"""A hub of real parts for tests of the API: a journal, a database, accounts of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
from fastapi import FastAPI

from miseban.hub.alerts import Alerts, load_rules
from miseban.hub.api.app import create_app
from miseban.hub.bus import Bus
from miseban.hub.database import open_database
from miseban.hub.hub import Door, Files, Hub
from miseban.hub.live import LiveState
from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.notify.hooks import Hooks
from miseban.hub.notify.subscriptions import Subscriptions
from miseban.hub.notify.vapid import Vapid
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People
from miseban.hub.people.rights import ROLE_RIGHTS, ROLES, TOKEN_RIGHTS, Right, Role
from miseban.hub.people.sessions import LoggedIn
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import (
    Event,
    HelpNeeded,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.shop import load_shop
from tests.hub.people.staff import FAST, PASSWORD

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # noon at the shop
SHOP = """
[shop]
id = "shop"
name = "A shop"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 12.0, depth_m = 8.0 }

[[camera]]
id = "door"
source = "rtsp://eye:secret-of-the-camera@10.0.0.7/main"
resolution = [640, 480]

[[camera]]
id = "aisle"
source = "usb:0"
resolution = [640, 480]

[[line]]
id = "entrance"
points = [[1.0, 1.0], [3.0, 1.0]]

[[zone]]
id = "milk"
kind = "area"
polygon = [[4.0, 1.0], [6.0, 1.0], [6.0, 3.0], [4.0, 3.0]]

[[zone]]
id = "queue-1"
kind = "queue"
polygon = [[8.0, 1.0], [10.0, 1.0], [10.0, 3.0], [8.0, 3.0]]

[[zone]]
id = "counter-1"
kind = "counter"
polygon = [[8.0, 4.0], [10.0, 4.0], [10.0, 6.0], [8.0, 6.0]]

[[shelf]]
id = "fridge"
camera = "aisle"
tells = ["state"]
[[shelf.facing]]
id = "egg"
gtin = "4901234567894"
polygon = [[40, 80], [90, 80], [90, 130], [40, 130]]
capacity = 12

[[till]]
id = "till-1"
queue = "queue-1"
service = "counter-1"
"""
HELP_MARK = "zq5e1f-planted-call"


@dataclass
class Clock:
    """The time, as long as nobody moves it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Place:
    """A hub, its app, and who may come in: ``tokens`` have all that their role can give to one."""

    hub: Hub
    app: FastAPI
    clock: Clock
    accounts: dict[Role, str]
    tokens: dict[Role, str]
    told: list[str] = field(default_factory=list)

    def client(self, role: Role | None = None, *, token: str | None = None) -> httpx.AsyncClient:
        secret = token or (self.tokens[role] if role else None)
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers, timeout=30
        )

    def log_in(self, role: Role) -> LoggedIn:
        return self.hub.people.doors.log_in(role, PASSWORD, self.clock(), came_from="127.0.0.1")

    def token(self, role: Role, scopes: Sequence[Right], lives: timedelta) -> tuple[str, str]:
        """Id and secret of a token."""
        token, secret = self.hub.people.tokens.create(
            self.accounts[role], "test", scopes, self.clock() + lives, CONSOLE, self.clock()
        )
        return token.id, secret

    def keep(self, *events: Event) -> None:
        self.hub.journal.append(events)


@contextmanager
def open_hub(
    folder: Path, *, tls: bool = False, changed: Callable[[str], None] | None = None
) -> Iterator[Place]:
    """``tls`` is how the cookies are named; the tests speak no TLS."""
    clock = Clock()
    shop_file, rules_file = folder / "shop.toml", folder / "rules.toml"
    shop_file.write_text(SHOP, encoding="utf-8")
    shop = load_shop(shop_file)
    journal = Journal.open(folder / "journal", shop="shop", timezone=shop.shop.timezone)
    engine = open_database(f"sqlite:///{folder / 'hub.sqlite'}")
    people = People(engine, passwords=FAST)
    live = LiveState(shop)
    bus = Bus()
    rules = load_rules(None, shop)
    alerts = Alerts(rules, live, journal.append)
    told: list[str] = []

    def listen(events: Sequence[Event]) -> None:
        live.take(events, clock())
        bus.publish(events)

    journal.subscribe(listen)
    reader = JournalReader(folder / "journal")
    hub = Hub(
        shop=shop,
        journal=journal,
        reader=reader,
        live=live,
        alerts=alerts,
        rules=rules,
        people=people,
        bus=bus,
        engine=engine,
        devices=MqttAccess(engine),
        hooks=Hooks(engine),
        pushes=Subscriptions(engine),
        push_key=Vapid.open(folder, None).public,
        door=Door(tls=tls, url="http://localhost"),
        files=Files(
            shop=shop_file,
            rules=rules_file,
            versions=folder / "versions",
            rule_versions=folder / "rule-versions",
        ),
        now=clock,
        changed=changed or told.append,
    )
    accounts: dict[Role, str] = {}
    for role in ROLES:
        accounts[role] = people.accounts.add(role, role, PASSWORD, CONSOLE, clock()).id
    place = Place(hub, create_app(hub), clock, accounts, {}, told)
    for role in ROLES:
        scopes = sorted(ROLE_RIGHTS[role] & TOKEN_RIGHTS)
        place.tokens[role] = place.token(role, scopes, timedelta(days=30))[1]
    try:
        yield place
    finally:
        reader.close()
        journal.close()
        engine.dispose()


def a_morning() -> list[Event]:
    """Twenty people who came, stood and went; a queue; and a call for help that is marked."""
    events: list[Event] = []
    for n in range(20):
        start = NOW - timedelta(minutes=50 - 2 * n)
        visit = f"{n:016x}"
        common: dict[str, Any] = {"shop": "shop"}
        way: Literal["in", "out"]
        for at_s, way in ((0, "in"), (80, "out")):
            time = start + timedelta(seconds=at_s)
            events.append(
                LineCrossed(
                    id=f"{n:08x}-line-{way}", time=time, line="entrance",
                    direction=way, visit=visit, **common,
                )
            )  # fmt: skip
        stay: dict[str, Any] = {"zone": "milk", "visit": visit} | common
        entered = start + timedelta(seconds=10)
        events.append(ZoneEntered(id=f"{n:08x}-entered", time=entered, **stay))
        left = start + timedelta(seconds=40)
        events.append(ZoneLeft(id=f"{n:08x}-left", time=left, dwell_s=30.0, stitched=1, **stay))
        ended = start + timedelta(seconds=90)
        events.append(
            VisitEnded(
                id=f"{n:08x}-ended", time=ended, shop="shop", visit=visit, started=start,
                t=(0.0, 1.0), x=(2.0, 5.0), y=(1.5, 2.0), unit="m", areas=("milk",), stitched=1,
                role="shopper",
            )
        )  # fmt: skip
    for n, length in enumerate((1, 2, 0)):
        time = NOW - timedelta(minutes=10 - n)
        events.append(
            QueueState(
                id=f"queue-{n}", time=time, shop="shop", zone="queue-1", length=length,
                waiting_s=30.0 * bool(length),
            )
        )  # fmt: skip
    events.append(
        HelpNeeded(
            id="help-1", time=NOW - timedelta(minutes=1), shop="shop", help=HELP_MARK,
            kind="fall", place=(1.0, 2.0), unit="m", zone="milk", confidence=0.9,
        )
    )  # fmt: skip
    return sorted(events, key=lambda event: (event.time, event.id))
