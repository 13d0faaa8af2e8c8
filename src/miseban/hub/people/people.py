"""All of it together: ``People(open_database(url))``."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Engine

from miseban.hub.database import bring_up
from miseban.hub.people.accounts import Accounts
from miseban.hub.people.audit_log import AuditLog
from miseban.hub.people.identity import Identity
from miseban.hub.people.logging_in import Doors
from miseban.hub.people.passwords import Passwords
from miseban.hub.people.sessions import Lives, Sessions
from miseban.hub.people.tables import PART
from miseban.hub.people.throttle import Limits
from miseban.hub.people.tokens import Tokens

AUDIT_KEPT = timedelta(days=366)
"""How long it is known what somebody did here."""


class People:
    """Who may come in. ``accounts`` are made and closed, ``doors`` are the ways in, ``sessions``
    and ``tokens`` say who is asking, ``audit`` is what they did. For threads; times are arguments.
    ``started`` is when the hub was: from then on tries at guessing count.
    Raises ``BadInput`` (``database``) where the tables cannot be used."""

    def __init__(
        self,
        engine: Engine,
        *,
        passwords: Passwords | None = None,
        limits: Limits | None = None,
        lives: Lives | None = None,
        started: datetime | None = None,
    ) -> None:
        bring_up(engine, PART)
        self._started = started
        self._engine = engine
        self._passwords = passwords
        self._limits = limits or Limits()
        self.sessions = Sessions(engine, lives or Lives())
        self.tokens = Tokens(engine)
        self.audit = AuditLog(engine)

    # Made when first asked for: what needs no password need not wait for one to be hashed.
    @cached_property
    def _hashes(self) -> Passwords:
        return self._passwords or Passwords()

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self._engine, self._hashes)

    @cached_property
    def doors(self) -> Doors:
        return Doors(self._engine, self._hashes, self.sessions, self._limits, self._started)

    def tidy(self, now: datetime, audit_kept: timedelta = AUDIT_KEPT) -> None:
        """Once a day: what is over goes, the log up to ``audit_kept`` and who left before that."""
        self.sessions.end_old(now)
        self.tokens.end_old(now)
        self.audit.cut(now - audit_kept, now)
        self.accounts.forget(now - audit_kept)

    def authenticate(
        self,
        now: datetime,
        *,
        session: str | None = None,
        bearer: str | None = None,
        touch: bool = True,
    ) -> Identity | None:
        """Who is asking, by a token (``bearer``, what the header says after ``Bearer``) or else by
        the ``session`` of the cookie; None: nobody we know. A wrong token is not made good by a
        cookie. Long answers (server-sent events) ask again every few seconds, with ``touch`` off:
        what was revoked ends there too."""
        if bearer is not None:
            return self.tokens.authenticate(bearer, now)
        if session is not None:
            return self.sessions.authenticate(session, now, touch=touch)
        return None
