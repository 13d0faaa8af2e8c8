"""A chain that somebody may change: without what guards it in a real database."""

from __future__ import annotations

from sqlalchemy import Engine, StaticPool, create_engine

from miseban.hub.database import METADATA
from miseban.hub.people.audit_log import AuditLog
from miseban.hub.people.identity import CONSOLE
from tests.hub.people.staff import HOUR, NOW


def chain_in_memory() -> tuple[Engine, AuditLog]:
    """Five entries."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    METADATA.create_all(engine)
    log = AuditLog(engine)
    for at in range(5):
        log.note(CONSOLE, "rules.set", f"rule {at}", NOW + at * HOUR, {"hold_s": at})
    return engine, log
