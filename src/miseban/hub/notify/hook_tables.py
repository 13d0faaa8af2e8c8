"""The tables of webhooks: who gets what, and what waits to be sent."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from miseban.hub.database import METADATA, Moment, Part

HOOKS = Table(
    "webhooks",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("url", Text, nullable=False),
    Column("types", Text, nullable=False),  # of events, with commas
    Column("secret", String(128), nullable=False),
    Column("old_secret", String(128)),  # signs as well until old_until
    Column("old_until", Moment),
    Column("made_at", Moment, nullable=False),
    Column("fed_at", Moment),  # time of the newest event that was put into the queue
    Column("failing_since", Moment),
    Column("dead_at", Moment),
    Column("lost", Integer, nullable=False),  # events dropped because too many waited
)
QUEUE = Table(
    "webhook_queue",
    METADATA,
    # SQLite counts up by itself in a column of exactly this type only.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("hook", String(16), ForeignKey(HOOKS.c.id, ondelete="CASCADE"), nullable=False),
    Column("event", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("event_time", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
)
Index("webhook_events", QUEUE.c.hook, QUEUE.c.event, unique=True)
Index("webhook_waiting", QUEUE.c.hook, QUEUE.c.sent_at, QUEUE.c.number)


def _create(connection: Connection) -> None:
    HOOKS.create(connection, checkfirst=True)
    QUEUE.create(connection, checkfirst=True)


PART = Part("webhooks", _create)
