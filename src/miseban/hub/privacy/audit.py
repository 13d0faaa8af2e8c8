"""The audit: all that is stored, its oldest record, and what the policy in force lets it be
(``privacy.md`` rule 9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Engine

from miseban.hub.people.people import AUDIT_KEPT
from miseban.hub.privacy.elsewhere import held_in_backups, held_in_database, outboxes
from miseban.hub.privacy.held import Held, held_in_journal, is_journal
from miseban.hub.privacy.retention import limit_of
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import Policy
from miseban.vocabulary.shop.tables import PolicyName

GRACE: Final = timedelta(days=1, hours=1)
"""Retention deletes once a night: what became too old since is not out of policy yet."""


class Finding(BaseModel):
    """Something that is held. ``limit``: nothing may be older; none where it may be kept for as
    long as it is used. ``wrong`` says why it may not be here, and is empty where it may."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    held: Held
    limit: AwareDatetime | None
    wrong: str


class Audited(BaseModel):
    """Of the data of a hub, at ``time``, by ``policy``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: AwareDatetime
    shop: str
    policy: PolicyName
    findings: tuple[Finding, ...]

    @property
    def out_of_policy(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.wrong)


def audit(
    data: Path,
    shop: str,
    policy: Policy,
    now: datetime,
    engine: Engine | None = None,
    backups: list[Path] | None = None,
) -> Audited:
    """What lies in a hub's folder ``data``, in its database, and in the folders ``backups``.
    Raises ``BadInput`` for what cannot be read."""
    held: list[Held] = []
    if is_journal(data / "journal"):
        held += held_in_journal(data / "journal")
    held += outboxes(data)
    if engine is not None:
        held += held_in_database(engine)
    held += held_in_backups([data, *(backups or [])])
    findings = tuple(_judged(one, policy, now) for one in _once(held))
    return Audited(time=now, shop=shop, policy=policy.name, findings=findings)


def _once(held: list[Held]) -> list[Held]:
    """A folder of back-ups may lie in the data's."""
    return list(dict.fromkeys(held))


def _judged(held: Held, policy: Policy, now: datetime) -> Finding:
    limit = _limit(held, policy, now)
    return Finding(held=held, limit=limit, wrong=_wrong(held, policy, limit))


def _limit(held: Held, policy: Policy, now: datetime) -> datetime | None:
    if held.kind in ("audit log", "member requests"):
        return now - AUDIT_KEPT
    if held.kind in ("accounts", "push subscriptions", "receipts"):
        return None
    if held.data is not None:
        return limit_of(policy, held.data, now)
    # It may be of any class, so the shortest of all times holds.
    limits = [limit_of(policy, data, now) for data in get_args(DataClass) if policy.rule(data).on]
    return max(limit for limit in limits if limit is not None)


def _wrong(held: Held, policy: Policy, limit: datetime | None) -> str:
    if held.kind == "stray file":
        return "the journal does not count it in: nothing will delete it"
    if _of_class(held) and held.data is not None and not policy.rule(held.data).on:
        return f"the policy {policy.name} keeps nothing of class {held.data}"
    if limit is not None and held.oldest is not None and held.oldest < limit - GRACE:
        days = (limit - held.oldest).days
        return f"{days} days older than the policy {policy.name} lets it be"
    return ""


def _of_class(held: Held) -> bool:
    return held.kind in ("events", "log", "roll-ups")
