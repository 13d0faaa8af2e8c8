"""Retention: each class of data is gone when its days are over, with a receipt (``privacy.md``
rule 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from miseban.journal.journal import Journal
from miseban.journal.manifest import Receipt, read_manifest
from miseban.journal.rejected import oldest_rejected
from miseban.journal.rollups.days import day_at
from miseban.journal.state import JournalState
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import Policy

COUNTED: Final[tuple[DataClass, ...]] = ("count", "trajectory", "assist")
"""Classes of which there are roll-ups that go with them."""


def limit_of(policy: Policy, data: DataClass, now: datetime) -> datetime | None:
    """From before this moment nothing of ``data`` may be kept; None: until its subject withdraws.
    What is off is not kept at all."""
    rule = policy.rule(data)
    if not rule.on:
        return now
    return None if rule.keep_days is None else now - timedelta(days=rule.keep_days)


def retain(journal: Journal, policy: Policy, now: datetime) -> list[Receipt]:
    """Deletes what is too old at ``now``; the receipts of what was really deleted. Whatever was
    stored by a policy that allowed it goes when one that does not is in force.

    Raises ``Failed`` (``compaction``) when the disk does; then it has to be called again.
    """
    receipts = []
    for data in get_args(DataClass):
        limit = limit_of(policy, data, now)
        if limit is None:
            continue
        if not (
            _may_hold_older(journal.state, data, limit)
            or _rollups_older(journal, data, limit)
            or _rejected_older(journal, limit)
        ):
            continue
        receipt = journal.forget(data, limit, now=now)
        if receipt.events or receipt.rejected:
            receipts.append(receipt)
    return receipts


def _may_hold_older(state: JournalState, data: DataClass, limit: datetime) -> bool:
    """Days are UTC. What is still in the log may be of any time."""
    return state.fresh > 0 or (data in state.oldest and state.oldest[data] <= limit.date())


def _rollups_older(journal: Journal, data: DataClass, limit: datetime) -> bool:
    """Roll-ups go by whole days of the shop: those of the day that events were last forgotten of
    stay until it is over, when there may be no event of that class any more."""
    manifest = read_manifest(journal.folder)
    last = manifest.forgotten.get(data)
    zone = manifest.timezone
    return data in COUNTED and last is not None and day_at(last, zone) < day_at(limit, zone)


def _rejected_older(journal: Journal, limit: datetime) -> bool:
    """What was rejected may be of any class, so it goes with the first whose time is over."""
    found = oldest_rejected(journal.folder)
    return found is not None and found[0] < limit.astimezone(UTC).date()
