"""The hub: its parts, joined. Whoever starts it (``hub/running``) makes the parts; the API is given
them here, and so are tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from miseban.hub.alerts import Alerts, Notice, Rules
from miseban.hub.bus import Bus
from miseban.hub.intake.lessons import Lessons
from miseban.hub.live import LiveState
from miseban.hub.live.floor import LiveFloor
from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.notify.hooks import Hooks
from miseban.hub.notify.subscriptions import Subscriptions
from miseban.hub.people.browser import Cookies
from miseban.hub.people.people import People
from miseban.hub.people.throttle import Throttle
from miseban.hub.privacy.requests import MemberRequests
from miseban.journal.journal import Journal
from miseban.journal.reading import Reader
from miseban.vocabulary.shop import Shop


@dataclass(frozen=True)
class Door:
    """How the hub is reached. ``hosts`` are the names and addresses by which it may be called,
    without ports; ``url`` is what one-time links begin with."""

    hosts: frozenset[str] = frozenset({"localhost", "127.0.0.1", "::1"})
    tls: bool = True
    url: str = "https://localhost"

    @property
    def cookies(self) -> Cookies:
        return Cookies(self.tls)


@dataclass(frozen=True)
class Files:
    """Where the shop's and the rules' own files lie; none where they cannot be set by the API.
    ``versions`` and ``rule_versions`` are the folders of what they said before; none: it is not
    kept."""

    shop: Path | None = None
    rules: Path | None = None
    versions: Path | None = None
    rule_versions: Path | None = None


def utc_now() -> datetime:
    return datetime.now(UTC)


def nobody_to_tell(_: Sequence[Notice]) -> None:
    """Delivers to nobody: until a hub that runs says to whom."""


@dataclass
class Hub:
    """``deliver`` takes the notices of an alert that was passed on by hand, in the loop, and must
    not wait. ``changed`` is told in a thread that the ``"shop"`` file, the ``"rules"`` or the
    ``"devices"`` have been set, or that the ``"certificate"`` is another one. ``push_key`` is the
    public half of the key for web push (empty: there is none). ``channels`` are the further ways
    by which people can be told, that rules may name; none where they are not known."""

    shop: Shop
    journal: Journal
    reader: Reader
    live: LiveState
    alerts: Alerts
    rules: Rules
    people: People
    bus: Bus
    engine: Engine
    devices: MqttAccess
    hooks: Hooks
    pushes: Subscriptions
    push_key: str
    door: Door = field(default_factory=Door)
    files: Files = field(default_factory=Files)
    channels: Sequence[str] | None = None
    floor: LiveFloor = field(default_factory=LiveFloor)
    lessons: Lessons = field(default_factory=Lessons)
    now: Callable[[], datetime] = utc_now
    deliver: Callable[[Sequence[Notice]], None] = nobody_to_tell
    changed: Callable[[str], None] = lambda _: None
    setting: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever changes a file, so that two who do it at once come one after the other."""
    tries: Throttle = field(default_factory=Throttle)
    """How often somebody may ask for what costs the machine much."""
    looking_in: threading.Lock = field(default_factory=threading.Lock)
    """Held while a camera is looked into for somebody: one at a time."""
    requests: MemberRequests = field(init=False)

    def __post_init__(self) -> None:
        self.requests = MemberRequests(self.engine)
