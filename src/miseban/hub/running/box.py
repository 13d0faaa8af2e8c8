"""A hub that runs: every part opened, joined, and closed again in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from miseban.camera.process.aside import begin_aside
from miseban.camera.process.logs import log
from miseban.camera.process.memory import GivingBack, give_it_back
from miseban.hub.alerts import Alerts, Rules, load_rules
from miseban.hub.bus import Bus
from miseban.hub.database import open_database
from miseban.hub.hub import Door, Files, Hub
from miseban.hub.intake.guesses import Guesses
from miseban.hub.intake.lessons import sources_of
from miseban.hub.live import LiveState
from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.notify.hooks import Hooks
from miseban.hub.notify.settings import NotifySettings, load_notify
from miseban.hub.notify.subscriptions import Subscriptions
from miseban.hub.notify.vapid import Vapid
from miseban.hub.people.people import AUDIT_KEPT, People
from miseban.hub.privacy.retention import retain
from miseban.hub.running.certificate import hosts_of
from miseban.hub.running.settings import Settings
from miseban.hub.running.upkeep import Keeper, Pace
from miseban.journal.apart import Apart
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.reader_apart import ReaderApart
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.errors import BadInput, Failed, MisebanError
from miseban.vocabulary.events import DataClass, Event
from miseban.vocabulary.policies import Policy, load_policy
from miseban.vocabulary.shop import Shop, load_shop

UPKEEP_NICE = 5
"""What compaction reads and counts leaves the processor to intake and to whoever asks."""
QUESTIONS_WAIT_S = 5.0
"""Roll-ups of what came since the last compaction are counted anew at most this often."""
_READ_AGAIN = ("shop", "rules")
_LOG = log("hub")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class InForce:
    """The policy by which the journal keeps: another one after the shop file was read again."""

    policy: Policy

    def keeps(self, data: DataClass) -> bool:
        return self.policy.rule(data).on


class Box:
    """What ``open_box`` gives. Those in ``on_reload`` are called after the shop file and the rules
    were read again: names of places may be others then, and cameras."""

    def __init__(
        self,
        hub: Hub,
        settings: Settings,
        notify: NotifySettings,
        vapid: Vapid,
        shop_file: Path,
        in_force: InForce,
    ) -> None:
        self.hub, self.settings, self.notify, self.vapid = hub, settings, notify, vapid
        self.in_force = in_force
        self.on_reload: list[Callable[[], None]] = []
        self._guesses = Guesses(hub.shop)
        self._shop_file = shop_file
        self._lock = threading.Lock()

    def kept(self, events: Sequence[Event]) -> None:
        """The journal has kept ``events``: the live state, and then everybody who listens."""
        hub = self.hub
        with self._lock:
            hub.live.take(events, hub.now())
            cameras = {shelf.id: shelf.camera for shelf in hub.shop.shelves}
            likely = [
                (sources_of(hub.shop, cameras[lesson.shelf]), lesson)
                for lesson in self._guesses.take(events, hub.now())
            ]
        for sources, lesson in likely:
            hub.lessons.tell(sources, lesson)
        hub.bus.publish(events)

    def reload(self) -> None:
        """Reads the shop file and the rules again. What comes meanwhile waits and is not lost, and
        where a file is wrong all goes on as before: raises its ``BadInput``."""
        shop = load_shop(self._shop_file)
        if shop.shop.id != self.hub.shop.shop.id:
            what = f"expected the shop {self.hub.shop.shop.id}, found {shop.shop.id}"
            raise BadInput("another-shop", self._shop_file, what)
        rules = _rules(self.settings.rules_file(self._shop_file), shop, self.notify)
        self._go_on(shop, rules)
        for one in list(self.on_reload):
            one()
        _LOG.info("reloaded", shop=shop.shop.id, rules=len(self.hub.rules.rules))

    def rebuild(self) -> None:
        """The clock was set: what is so now is another thing, and is made anew from the journal.
        Raises ``BadInput`` where that cannot be read."""
        self._go_on(self.hub.shop, self.hub.rules)
        _LOG.warning("the clock was set: live state made anew", now=self.hub.now().isoformat())

    def _go_on(self, shop: Shop, rules: Rules) -> None:
        hub = self.hub

        def live() -> LiveState:
            with self._lock:
                live = _live(hub.journal, shop, hub.now())
                self.in_force.policy = load_policy(shop.shop.policy)
                hub.shop, hub.rules, hub.live = shop, rules, live
                self._guesses = Guesses(shop)
            return live

        # Alerts wait meanwhile. They come first: what they append comes back to ``kept``, so who
        # has our lock must not wait for them.
        hub.alerts.go_on(rules, live, hub.now(), time.monotonic())

    def reload_quietly(self) -> None:
        """Where a file is wrong, that is logged."""
        try:
            self.reload()
        except MisebanError as error:
            _LOG.error("not reloaded, all goes on as before", why=str(error))


def read_files(shop_file: Path, settings: Settings) -> tuple[Shop, NotifySettings, Rules]:
    """What a hub begins with. Raises ``BadInput`` where it could not."""
    shop = load_shop(shop_file)
    notify = load_notify(settings.notify_file(shop_file))
    return shop, notify, _rules(settings.rules_file(shop_file), shop, notify)


@contextmanager
def open_box(
    shop_file: Path,
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    outgrown: Callable[[], None] = lambda: None,
) -> Iterator[Box]:
    """Everything of a hub but its doors. What can be wrong with files is found before anything is
    written, or raises ``BadInput`` naming it; at the end all is closed, also after an error.
    ``outgrown`` is called, at night, when the hub takes more memory than the settings say."""
    shop, notify, rules = read_files(shop_file, settings)
    in_force = InForce(load_policy(shop.shop.policy))
    _make_folder(settings.data)
    with ExitStack() as parts:
        engine = open_database(settings.database_url)
        parts.callback(engine.dispose)
        people = People(engine, started=now())
        vapid = Vapid.open(settings.data, notify.contact)
        pace = Pace()
        apart = Apart(nice=UPKEEP_NICE, before=begin_aside, after=give_it_back)
        parts.callback(apart.close)
        journal = Journal.open(
            settings.data / "journal",
            shop=shop.shop.id,
            timezone=shop.shop.timezone,
            keep=in_force.keeps,
            rollups=RollupKeeper(pace.rest, apart.call),
            reserve=settings.upkeep.reserve_mb * 1_000_000,
            call=apart.call,
        )
        parts.callback(journal.close)
        live = _live(journal, shop, now())
        reads = partial(Apart, before=begin_aside, after=GivingBack())
        reader = ReaderApart(journal.folder, reads, patience_s=QUESTIONS_WAIT_S)
        parts.enter_context(reader.kept_fresh())
        parts.callback(reader.close)  # what is asked is broken off, also for who keeps it fresh
        hub = Hub(
            shop=shop,
            journal=journal,
            reader=reader,
            live=live,
            alerts=_alerts(rules, live, journal, now()),
            rules=rules,
            people=people,
            bus=Bus(),
            engine=engine,
            devices=MqttAccess(engine),
            hooks=Hooks(engine, insecure=notify.insecure),
            pushes=Subscriptions(engine),
            push_key=vapid.public,
            door=_door(settings),
            files=Files(
                shop=shop_file,
                rules=settings.rules_file(shop_file),
                versions=settings.data / "shop-versions",
                rule_versions=settings.data / "rules-versions",
            ),
            channels=[channel.id for channel in notify.channels],
            now=now,
        )
        box = Box(hub, settings, notify, vapid, shop_file, in_force)
        journal.subscribe(box.kept)
        hub.changed = lambda what: box.reload_quietly() if what in _READ_AGAIN else None
        zone, upkeep = shop.shop.timezone, settings.upkeep
        keeper = Keeper(
            journal, upkeep, zone, now, lambda at: _retain(hub, at), pace, outgrown, apart
        )
        keeper.start()
        parts.callback(keeper.stop)
        _LOG.info("open", shop=shop.shop.id, policy=shop.shop.policy, data=str(settings.data))
        yield box


def _live(journal: Journal, shop: Shop, now: datetime) -> LiveState:
    # A reader of its own: that of the questions may be some seconds behind.
    with closing(JournalReader(journal.folder)) as reader:
        return LiveState.from_journal(reader, shop, now)


def _alerts(rules: Rules, live: LiveState, journal: Journal, now: datetime) -> Alerts:
    alerts = Alerts(rules, live, journal.append)
    alerts.restore(live.alerts.records(), now)
    return alerts


def _door(settings: Settings) -> Door:
    called = settings.hosts[0] if settings.hosts else "localhost"
    return Door(
        hosts=hosts_of(settings),
        tls=settings.tls.on,
        url=f"{'https' if settings.tls.on else 'http'}://{called}:{settings.port}",
    )


def _rules(path: Path, shop: Shop, notify: NotifySettings) -> Rules:
    """Without the file the built-in ones."""
    channels = [channel.id for channel in notify.channels]
    return load_rules(path if path.exists() else None, shop, channels)


def _retain(hub: Hub, moment: datetime) -> None:
    with ExitStack() as due:  # whatever cannot be done, the rest is
        due.callback(hub.requests.forget, moment - AUDIT_KEPT)
        due.callback(hub.people.tidy, moment)
        for receipt in retain(hub.journal, load_policy(hub.shop.shop.policy), moment):
            _LOG.info(
                "deleted",
                data=receipt.data,
                events=receipt.events,
                before=receipt.before.isoformat(),
            )


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failed("data", data, f"cannot be made: {error.strerror or error}") from None
