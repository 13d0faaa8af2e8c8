"""Which report has gone to which address: kept, so that none goes twice.

A delivery is claimed before it is made and marked after. One that was claimed and never marked (the
hub was killed while it spoke to the mail server) may have arrived: it is not made again. One that
the channel refused is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    String,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy import update as change

from miseban.hub.database import METADATA, Moment, Part, bring_up, reading, writing

KEPT: Final = timedelta(days=60)
DELIVERIES: Final = Table(
    "report_deliveries",
    METADATA,
    Column("report", String(64), primary_key=True),
    Column("first", String(10), primary_key=True),  # of the day or week, ISO 8601
    Column("channel", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),  # of the channel's addresses, from 1
    Column("tries", Integer, nullable=False),
    Column("begun_at", Moment),  # since when it is being made
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Of the report ``report`` of the time from ``first`` on, to address ``number`` of a
    channel."""

    report: str
    first: date
    channel: str
    number: int


class Ledger:
    """Safe for several threads, and for two hubs on one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        bring_up(engine, Part("reports", lambda connection: DELIVERIES.create(connection)))

    def waiting(self, one: Delivery, now: datetime) -> bool:
        """Whether it may be made now: never claimed, or refused long enough ago."""
        with reading(self._engine) as connection:
            return _may(connection, one, now)

    def claim(self, one: Delivery, now: datetime) -> bool:
        """Takes it, and says whether it was to be had."""
        with writing(self._engine) as connection:
            if not _may(connection, one, now):
                return False
            known = connection.execute(select(DELIVERIES.c.tries).where(_is(one))).scalar()
            if known is None:
                row = {
                    "report": one.report, "first": one.first.isoformat(), "channel": one.channel,
                    "number": one.number, "tries": 1, "begun_at": now, "next_at": now,
                }  # fmt: skip
                connection.execute(insert(DELIVERIES).values(row))
            else:
                again = change(DELIVERIES).where(_is(one))
                connection.execute(again.values(tries=known + 1, begun_at=now))
            return True

    def sent(self, one: Delivery, now: datetime) -> None:
        with writing(self._engine) as connection:
            connection.execute(change(DELIVERIES).where(_is(one)).values(sent_at=now))

    def refused(self, one: Delivery, now: datetime, wait: timedelta) -> None:
        """It did not arrive, and may be claimed again after ``wait``."""
        with writing(self._engine) as connection:
            values = {"begun_at": None, "next_at": now + wait}
            connection.execute(change(DELIVERIES).where(_is(one)).values(**values))

    def tries(self, one: Delivery) -> int:
        with reading(self._engine) as connection:
            found = connection.execute(select(DELIVERIES.c.tries).where(_is(one))).scalar()
        return int(found or 0)

    def in_doubt(self) -> list[Delivery]:
        """Claimed, and neither marked nor refused: at start, those that were cut off."""
        c = DELIVERIES.c
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(c.report, c.first, c.channel, c.number)
                .where(c.begun_at.is_not(None), c.sent_at.is_(None))
                .order_by(c.first, c.report, c.channel, c.number)
            ).all()
        return [Delivery(r, date.fromisoformat(first), ch, n) for r, first, ch, n in rows]

    def tidy(self, now: datetime) -> None:
        """Forgets what is so old that it is never due again."""
        before = (now - KEPT).date().isoformat()
        with writing(self._engine) as connection:
            connection.execute(delete(DELIVERIES).where(DELIVERIES.c.first < before))


def _is(one: Delivery) -> ColumnElement[bool]:
    c = DELIVERIES.c
    return (
        (c.report == one.report)
        & (c.first == one.first.isoformat())
        & (c.channel == one.channel)
        & (c.number == one.number)
    )


def _may(connection: Connection, one: Delivery, now: datetime) -> bool:
    c = DELIVERIES.c
    row = connection.execute(select(c.begun_at, c.next_at, c.sent_at).where(_is(one))).first()
    return row is None or (row.sent_at is None and row.begun_at is None and row.next_at <= now)
