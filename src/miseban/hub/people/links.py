"""One-time links: by the first the shop is set up, by others an account's owner sets a password.

What they open is a secret that is shown once and kept as a hash. A link works once, until it
expires, and the first one only while there is no account that can log in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, delete, select

from miseban.hub.people.handed_out import hash_of, new_secret
from miseban.hub.people.identity import Refused
from miseban.hub.people.tables import ACCOUNTS, LINKS

Purpose = Literal["set-up", "invite", "reset"]
LIVES: Final[dict[Purpose, timedelta]] = {
    "set-up": timedelta(hours=2),  # somebody stands beside the box
    "invite": timedelta(days=3),
    "reset": timedelta(days=1),
}


NO_LINK: Final = "it was used, has expired, or was never given"


@dataclass(frozen=True, slots=True)
class Link:
    purpose: Purpose
    secret: str = field(repr=False)
    expires_at: datetime

    @property
    def path(self) -> str:
        """To be put behind the hub's address. The secret comes after ``#``, so that it is in no
        server's log and goes to no other page."""
        return f"/welcome#{self.secret}"


def make_link(connection: Connection, purpose: Purpose, account: str | None, now: datetime) -> Link:
    """A new link, in place of older ones for the same account (or for the set-up)."""
    same = LINKS.c.account == account if account else LINKS.c.account.is_(None)
    connection.execute(delete(LINKS).where(same))
    link = Link(purpose, new_secret(), now + LIVES[purpose])
    values = {"purpose": purpose, "account": account, "expires_at": link.expires_at}
    connection.execute(LINKS.insert().values(hash=hash_of(link.secret), **values))
    return link


def take_link(connection: Connection, secret: str, now: datetime) -> tuple[Purpose, str | None]:
    """Uses it up: its purpose, and whose it is. Of two who come at once one gets it. Raises
    ``Refused`` (``link``), and the transaction must be undone."""
    query = select(LINKS).where(LINKS.c.hash == hash_of(secret), LINKS.c.expires_at > now)
    row = connection.execute(query).first()
    if row is None or (row.purpose == "set-up" and set_up(connection)):
        raise Refused("link", "link", NO_LINK)
    gone = connection.execute(delete(LINKS).where(LINKS.c.hash == row.hash))
    if gone.rowcount != 1:
        raise Refused("link", "link", NO_LINK)
    return row.purpose, row.account


def look_at_link(connection: Connection, secret: str, now: datetime) -> tuple[Purpose, str] | None:
    """What a link that works is for, and whose login; for the page that asks for the password."""
    query = select(LINKS.c.purpose, ACCOUNTS.c.login).select_from(
        LINKS.outerjoin(ACCOUNTS, LINKS.c.account == ACCOUNTS.c.id)
    )
    is_it = (LINKS.c.hash == hash_of(secret)) & (LINKS.c.expires_at > now)
    row = connection.execute(query.where(is_it)).first()
    if row is None or (row.purpose == "set-up" and set_up(connection)):
        return None
    return row.purpose, row.login or ""


def set_up(connection: Connection) -> bool:
    """Whether there is an account, so that the first set-up is over."""
    return connection.execute(select(ACCOUNTS.c.id).limit(1)).first() is not None
