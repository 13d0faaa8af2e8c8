"""A hub that runs: every part opened, joined, and closed again in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from miseban.hub.alerts import Alerts, Rules, load_rules
from miseban.hub.bus import Bus
from miseban.hub.database import open_database
from miseban.hub.hub import Door, Files, Hub
from miseban.hub.live import LiveState
from miseban.hub.people.people import People
from miseban.hub.privacy.retention import retain
from miseban.hub.running.logs import log
from miseban.hub.running.settings import Settings
from miseban.hub.running.upkeep import Keeper
from miseban.hub.running.watching import Watching
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.errors import BadInput, Failed, MisebanError
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import Shop, load_shop

_LOG = log("hub")
QUESTIONS_WAIT_S = 5.0
"""Roll-ups of what came since the last compaction are counted anew at most this often."""


def _now() -> datetime:
    return datetime.now(UTC)


class Box:
    """What ``open_box`` gives: ``hub`` for whoever asks, ``take`` for what cameras deliver."""

    def __init__(
        self, hub: Hub, watching: Watching, keeper: Keeper, shop_file: Path, settings: Settings
    ) -> None:
        self.hub, self.settings = hub, settings
        self._watching, self._keeper = watching, keeper
        self._shop_file = shop_file

    def reload(self) -> None:
        """Reads the shop file and the rules again. Nothing that comes meanwhile is lost, and where
        a file is wrong all goes on as before: raises its ``BadInput``."""
        shop = load_shop(self._shop_file)
        if shop.shop.id != self.hub.shop.shop.id:
            what = f"expected the shop {self.hub.shop.shop.id}, found {shop.shop.id}"
            raise BadInput("another-shop", self._shop_file, what)
        rules = _rules(self.settings, shop)

        def make() -> tuple[LiveState, Alerts]:
            live, alerts = _live_side(self.hub.reader, shop, rules, self.hub.journal, _now())
            self.hub.shop, self.hub.rules = shop, rules
            self.hub.live, self.hub.alerts = live, alerts
            return live, alerts

        self._watching.swap(make)
        _LOG.info("reloaded", shop=shop.shop.id, rules=len(rules.rules))

    def reload_quietly(self) -> None:
        """Where a file is wrong, that is logged."""
        try:
            self.reload()
        except MisebanError as error:
            _LOG.error("not reloaded, all goes on as before", why=str(error))


@contextmanager
def open_box(
    shop_file: Path,
    settings: Settings,
    deliver: Callable[[Sequence[object]], None] = lambda _: None,
    *,
    now: Callable[[], datetime] = _now,
) -> Iterator[Box]:
    """Everything of a hub but its doors. What can be wrong is found before anything is written, or
    raises ``BadInput`` naming it; at the end all is closed, also after an error."""
    shop = load_shop(shop_file)
    rules = _rules(settings, shop)
    policy = load_policy(shop.shop.policy)
    _folder(settings.data)
    with ExitStack() as open_parts:
        engine = open_database(settings.database_url)
        open_parts.callback(engine.dispose)
        people = People(engine)
        journal = Journal.open(
            settings.data / "journal",
            shop=shop.shop.id,
            timezone=shop.shop.timezone,
            keep=_keeps(shop),
            rollups=RollupKeeper(),
            reserve=settings.upkeep.reserve_mb * 1_000_000,
        )
        open_parts.callback(journal.close)
        reader = JournalReader(journal.folder, patience_s=QUESTIONS_WAIT_S)
        open_parts.callback(reader.close)
        live, alerts = _live_side(reader, shop, rules, journal, now())
        bus = Bus()
        hub = _joined(
            shop,
            shop_file,
            rules,
            settings,
            journal,
            reader,
            live,
            alerts,
            people,
            bus,
            engine,
            now,
        )
        hub.deliver = deliver
        watching = Watching(live, alerts, bus, deliver, now)
        watching.start()
        open_parts.callback(watching.stop)
        journal.subscribe(watching.kept)
        keeper = Keeper(
            journal,
            settings.upkeep,
            shop.shop.timezone,
            now,
            lambda moment: _retained(journal, hub, moment),
        )
        keeper.start()
        open_parts.callback(keeper.stop)
        box = Box(hub, watching, keeper, shop_file, settings)
        hub.changed = lambda _: box.reload_quietly()
        _LOG.info("open", shop=shop.shop.id, policy=policy.name, data=str(settings.data))
        yield box


def _live_side(
    reader: JournalReader, shop: Shop, rules: Rules, journal: Journal, now: datetime
) -> tuple[LiveState, Alerts]:
    live = LiveState.from_journal(reader, shop, now)
    alerts = Alerts(rules, live, journal.append)
    alerts.restore(live.alerts.records(), now)
    return live, alerts


def _joined(
    shop: Shop,
    shop_file: Path,
    rules: Rules,
    settings: Settings,
    journal: Journal,
    reader: JournalReader,
    live: LiveState,
    alerts: Alerts,
    people: People,
    bus: Bus,
    engine: Engine,
    now: Callable[[], datetime],
) -> Hub:
    scheme = "https" if settings.tls.on else "http"
    called = settings.hosts[0] if settings.hosts else "localhost"
    door = Door(
        hosts=Door().hosts | set(settings.hosts) | ({settings.host} - {"", "0.0.0.0", "::"}),  # noqa: S104
        tls=settings.tls.on,
        url=f"{scheme}://{called}:{settings.port}",
    )
    return Hub(
        shop=shop,
        journal=journal,
        reader=reader,
        live=live,
        alerts=alerts,
        rules=rules,
        people=people,
        bus=bus,
        engine=engine,
        door=door,
        files=Files(shop=shop_file, rules=settings.rules),
        now=now,
    )


def _keeps(shop: Shop) -> Callable[[DataClass], bool]:
    policy = load_policy(shop.shop.policy)
    return lambda data: policy.rule(data).on


def _rules(settings: Settings, shop: Shop) -> Rules:
    channels = [channel.id for channel in settings.channels]
    if settings.rules is not None and not settings.rules.exists():
        raise BadInput("rules", settings.rules, "expected a rules file, found none")
    return load_rules(settings.rules, shop, channels)


def _retained(journal: Journal, hub: Hub, moment: datetime) -> None:
    policy = load_policy(hub.shop.shop.policy)
    for receipt in retain(journal, policy, moment):
        _LOG.info(
            "deleted", data=receipt.data, events=receipt.events, before=receipt.before.isoformat()
        )


def _folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failed("data", data, f"cannot be made: {error.strerror or error}") from None
