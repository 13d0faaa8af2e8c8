"""Which figures are of what people did, and so need k of them, and which are told as they are."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.tables import PolicyName

GATED: Final = frozenset({"stay", "visit", "path", "route", "touch", "instead", "heat", "help"})
"""Roll-ups (``what``) that are told of k people or more: how long somebody stayed or waited, which
way they went, what they touched or took instead, where they stood, and who needed help. Each of
their figures is made from what single visits did, so a small one describes somebody."""

DURATIONS_ONLY: Final = frozenset({"alert"})
"""How many alerts there were is told as it is; how soon they were answered, which is somebody's
work, of k alerts or more."""

PLAIN: Final = frozenset(
    {"line", "occupancy", "queue", "shelf", "gap", "receipt", "sold", "closing", "counted"}
)
"""Told as they are. Passages of a line, people in a zone and the length of a queue are what anybody
who stands there sees, and what the live page shows at the moment: they say how many, not who, not
for how long one of them stayed, and no two of them belong to one person. The rest is of shelves,
cameras and tills."""


def least_k(shop: Shop) -> int:
    """Of how many people, at least, anything is told in this shop."""
    return _k(shop.shop.policy)


@lru_cache
def _k(policy: PolicyName) -> int:
    return load_policy(policy).attribute.k
