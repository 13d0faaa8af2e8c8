"""Retention: each class of data is gone when its days are over, with a receipt (``privacy.md``
rule 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from miseban.journal.journal import Journal
from miseban.journal.manifest import Receipt
from miseban.journal.rejected import oldest_rejected
from miseban.journal.state import JournalState
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import Policy


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
        if not (_may_hold_older(journal.state, data, limit) or _rejected_older(journal, limit)):
            continue
        receipt = journal.forget(data, limit, now=now)
        if receipt.events or receipt.rejected:
            receipts.append(receipt)
    return receipts


def _may_hold_older(state: JournalState, data: DataClass, limit: datetime) -> bool:
    """Days are UTC. What is still in the log may be of any time."""
    return state.fresh > 0 or (data in state.oldest and state.oldest[data] <= limit.date())


def _rejected_older(journal: Journal, limit: datetime) -> bool:
    """What was rejected may be of any class, so it goes with the first whose time is over."""
    found = oldest_rejected(journal.folder)
    return found is not None and found[0] < limit.astimezone(UTC).date()
