"""Webhooks: where a shop's own programs are told of events, and what has not been sent yet.

The queue is in the database: what was put there is sent once the receiver is back, also after a
restart, in order, and with the event's id, by which a receiver knows what it has had.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, Row, delete, func, select, update

from miseban.hub.database import bring_up, reading, writing
from miseban.hub.notify.hook_tables import HOOKS, PART, QUEUE
from miseban.hub.notify.outgoing import check_url
from miseban.hub.notify.signing import new_secret
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES, PlainEvent

NEVER: Final = frozenset({"assist", "staff", "member"})
"""Classes of data that are not for others: help is for the staff of the shop alone."""
TYPES: Final = frozenset(name for name, data in EVENT_CLASSES.items() if data not in NEVER)
"""Types of events that a webhook may ask for."""
BOTH_S: Final = 86_400.0
"""How long the old secret signs as well after a new one was made."""
MOST_WAITING: Final = 100_000
"""Events that wait for one receiver; then the oldest are dropped, and counted."""
KNOWN: Final = timedelta(hours=1)
"""What was sent is remembered until so long before the newest event, to be sent once only."""


@dataclass(frozen=True, slots=True)
class Hook:
    """``failing_since``: nothing was taken since then. ``dead_at``: it was given up."""

    id: str
    url: str
    types: tuple[str, ...]
    made_at: datetime
    failing_since: datetime | None
    dead_at: datetime | None
    lost: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be sent to ``url``, signed with each of ``keys``."""

    number: int
    event: str
    url: str
    body: bytes
    tries: int
    keys: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Behind:
    """A webhook that may have missed events of ``types`` since then."""

    hook: str
    types: tuple[str, ...]
    since: datetime


class Hooks:
    """All methods block for the database: call them from a thread."""

    def __init__(self, engine: Engine, *, insecure: bool = False) -> None:
        bring_up(engine, PART)
        self._engine, self._insecure = engine, insecure

    def add(self, url: str, types: Collection[str], now: datetime) -> tuple[Hook, str]:
        """A new webhook, and the secret with which its messages are signed. Raises ``BadInput``
        (``address``, ``types``)."""
        check_url(url, insecure=self._insecure)
        wrong = sorted(set(types) - TYPES)
        if wrong or not types:
            expected = f"some of {', '.join(sorted(TYPES))}"
            raise BadInput("types", "types", f"expected {expected}, found {wrong or 'none'}")
        hook, secret = secrets.token_hex(8), new_secret()
        row = {
            "id": hook,
            "url": url,
            "types": ",".join(sorted(set(types))),
            "secret": secret,
            "made_at": now,
            "fed_at": now,
            "lost": 0,
        }
        with writing(self._engine) as connection:
            connection.execute(HOOKS.insert().values(row))
            return _get(connection, hook), secret

    def rotate(self, hook: str, now: datetime) -> str:
        """A new secret; for a day the old one signs as well. Raises ``BadInput`` (``webhook``)."""
        secret = new_secret()
        with writing(self._engine) as connection:
            _get(connection, hook)
            connection.execute(
                update(HOOKS)
                .where(HOOKS.c.id == hook)
                .values(
                    old_secret=HOOKS.c.secret,
                    old_until=now + timedelta(seconds=BOTH_S),
                    secret=secret,
                )
            )
        return secret

    def revive(self, hook: str) -> Hook:
        """Sends again to one that was given up. Raises ``BadInput`` (``webhook``)."""
        with writing(self._engine) as connection:
            _get(connection, hook)
            which = HOOKS.c.id == hook
            connection.execute(update(HOOKS).where(which).values(dead_at=None, failing_since=None))
            return _get(connection, hook)

    def remove(self, hook: str) -> None:
        """And what waits for it. Raises ``BadInput`` (``webhook``)."""
        with writing(self._engine) as connection:
            _get(connection, hook)
            connection.execute(delete(QUEUE).where(QUEUE.c.hook == hook))
            connection.execute(delete(HOOKS).where(HOOKS.c.id == hook))

    def all(self) -> list[Hook]:
        """In order of their making."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(HOOKS).order_by(HOOKS.c.made_at, HOOKS.c.id)).all()
            return [_hook(connection, row) for row in rows]

    def put(self, events: Sequence[PlainEvent], now: datetime, hook: str | None = None) -> int:
        """Puts ``events`` into the queues of those who asked for them, or of ``hook`` alone, once;
        how many were new."""
        new = 0
        with writing(self._engine) as connection:
            rows = connection.execute(select(HOOKS).where(HOOKS.c.dead_at.is_(None))).all()
            for row in rows:
                if hook not in (None, row.id):
                    continue
                wanted = row.types.split(",")
                some = [event for event in events if event.type in wanted]
                if some:
                    new += _put(connection, row, some, now)
        return new

    def behind(self, overlap: timedelta) -> list[Behind]:
        """What each may have missed, to be caught up after a restart: from ``overlap`` before the
        newest that it was given, and nothing from before it was made."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(HOOKS).where(HOOKS.c.dead_at.is_(None))).all()
        return [
            Behind(
                row.id,
                tuple(row.types.split(",")),
                max(row.made_at, (row.fed_at or row.made_at) - overlap),
            )
            for row in rows
        ]

    def due(self, now: datetime, most: int) -> dict[str, list[Due]]:
        """By webhook: the first messages of its queue, unless it must wait."""
        found: dict[str, list[Due]] = {}
        with reading(self._engine) as connection:
            for hook in connection.execute(select(HOOKS).where(HOOKS.c.dead_at.is_(None))).all():
                waiting = (QUEUE.c.hook == hook.id) & QUEUE.c.sent_at.is_(None)
                query = select(QUEUE).where(waiting).order_by(QUEUE.c.number).limit(most)
                rows = connection.execute(query).all()
                # A wall clock that was put back by a day makes nothing wait for a day.
                if not rows or now < rows[0].next_at <= now + timedelta(days=1):
                    continue
                keys = [hook.secret]
                if hook.old_secret and hook.old_until and hook.old_until > now:
                    keys.append(hook.old_secret)
                found[hook.id] = [
                    Due(r.number, r.event, hook.url, r.body.encode(), r.tries, tuple(keys))
                    for r in rows
                ]
        return found

    def sent(self, hook: str, numbers: Iterable[int], now: datetime) -> None:
        """The receiver has taken them."""
        with writing(self._engine) as connection:
            mine = (QUEUE.c.hook == hook) & QUEUE.c.number.in_(list(numbers))
            connection.execute(update(QUEUE).where(mine).values(sent_at=now))
            which = HOOKS.c.id == hook
            connection.execute(update(HOOKS).where(which).values(failing_since=None))

    def failed(
        self, hook: str, number: int, again_at: datetime, now: datetime, dead_after: timedelta
    ) -> bool:
        """It was not taken, and is to be tried again at ``again_at``; whether the webhook is given
        up."""
        with writing(self._engine) as connection:
            row = connection.execute(select(HOOKS).where(HOOKS.c.id == hook)).one_or_none()
            if row is None:
                return False
            connection.execute(
                update(QUEUE)
                .where(QUEUE.c.number == number)
                .values(tries=QUEUE.c.tries + 1, next_at=again_at)
            )
            since = min(row.failing_since or now, now)
            values: dict[str, object] = {"failing_since": since}
            dead = now - since >= dead_after
            if dead:
                values["dead_at"] = now
            connection.execute(update(HOOKS).where(HOOKS.c.id == hook).values(values))
        return dead


def _put(
    connection: Connection, hook: Row[tuple[object, ...]], events: list[PlainEvent], now: datetime
) -> int:
    known = _known(connection, hook.id, [event.id for event in events])
    rows = []
    for event in events:
        if event.id not in known:
            known.add(event.id)
            rows.append(
                {
                    "hook": hook.id,
                    "event": event.id,
                    "body": body_of(event),
                    "event_time": event.time,
                    "tries": 0,
                    "next_at": now,
                }
            )
    if not rows:
        return 0
    connection.execute(QUEUE.insert(), rows)
    newest = max(event.time for event in events)
    fed_at = min(now, max(newest, hook.fed_at or newest))
    mine = QUEUE.c.hook == hook.id
    waiting = mine & QUEUE.c.sent_at.is_(None)
    # Sent ones are needed no more once no catching up can come upon them.
    old = QUEUE.c.sent_at.is_not(None) & (QUEUE.c.event_time < fed_at - KNOWN)
    connection.execute(delete(QUEUE).where(mine & old))
    lost = connection.execute(select(func.count()).where(waiting)).scalar_one() - MOST_WAITING
    if lost > 0:
        first = select(QUEUE.c.number).where(waiting).order_by(QUEUE.c.number).limit(lost)
        last = max(connection.execute(first).scalars())
        connection.execute(delete(QUEUE).where(waiting & (QUEUE.c.number <= last)))
    values = {"fed_at": fed_at, "lost": HOOKS.c.lost + max(0, lost)}
    connection.execute(update(HOOKS).where(HOOKS.c.id == hook.id).values(values))
    return len(rows)


def _known(connection: Connection, hook: str, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        query = select(QUEUE.c.event).where(QUEUE.c.hook == hook, QUEUE.c.event.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def body_of(event: PlainEvent) -> str:
    """``type``, ``timestamp`` and ``data``, as Standard Webhooks proposes."""
    data = event.model_dump(mode="json")
    told = {"type": event.type, "timestamp": data["time"], "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _get(connection: Connection, hook: str) -> Hook:
    row = connection.execute(select(HOOKS).where(HOOKS.c.id == hook)).one_or_none()
    if row is None:
        raise BadInput("webhook", f"{hook:.40}", "expected a webhook, found none of that id")
    return _hook(connection, row)


def _hook(connection: Connection, row: Row[tuple[object, ...]]) -> Hook:
    waiting = (QUEUE.c.hook == row.id) & QUEUE.c.sent_at.is_(None)
    return Hook(
        id=row.id,
        url=row.url,
        types=tuple(row.types.split(",")),
        made_at=row.made_at,
        failing_since=row.failing_since,
        dead_at=row.dead_at,
        lost=row.lost,
        waiting=connection.execute(select(func.count()).where(waiting)).scalar_one(),
    )
