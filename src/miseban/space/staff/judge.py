"""Who works here and who shops: from where people are and for how long, never who they are."""

from __future__ import annotations

import numpy as np

from miseban.space.layout import Layout
from miseban.space.seconds import Second, Seconds
from miseban.space.staff.evidence import FEATURES, features
from miseban.space.staff.model import WEIGHTS
from miseban.space.staff.presences import Presences
from miseban.space.staff.settings import StaffSettings
from miseban.space.staff.uniform import UniformCue, Wearing
from miseban.vocabulary.events import Role
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import Shop

_WEIGHTS = np.array([WEIGHTS[name] for name in FEATURES])


class StaffJudge:
    """Decides for each visit on the floor whether it is staff's, at any moment, from all that has
    been seen up to then; so a role may change while a visit lasts, and after it (``changed``).

    The log odds of a second are a sum of a few numbers of what was seen lately
    (``evidence.FEATURES``) times learned weights, and of what the clothes say (``Wearing``), where
    there is a cue. A visit's seconds vote: where cameras take a shopper for a member of staff, and
    go on with the one as the other, the role is that of the greater part. Nothing is kept of
    anybody beyond ``forget``; no figure of a person leaves this class but the role and how sure it
    is.
    """

    def __init__(
        self,
        shop: Shop,
        settings: StaffSettings | None = None,
        *,
        uniform: UniformCue | None = None,
    ) -> None:
        self._settings = settings or StaffSettings()
        self._presences = Presences(Layout(shop), self._settings)
        self._seconds = Seconds()
        self._wearing = (
            Wearing(uniform, self._settings, self._presences) if uniform is not None else None
        )
        self._staff: set[int] = set()  # presences held to be staff
        self._odds: dict[int, float] = {}
        self._told: dict[int, Role] = {}

    def update(self, rows: FloorRows) -> None:
        """Takes positions in order of time."""
        for second in self._seconds.of(rows):
            self._take(second)

    def role(self, visit: int) -> tuple[Role | None, float]:
        """The role as it is judged now, with its probability; (None, 0.0) of a visit that was not
        on the floor for a second yet."""
        presence = self._presences.of(visit)
        if presence is None or presence not in self._odds:
            return None, 0.0
        role = self._role(presence)
        self._told[visit] = role
        certainty = 1.0 / (1.0 + np.exp(-abs(self._odds[presence])))
        return role, float(certainty)

    def changed(self) -> list[int]:
        """Visits, not forgotten, that have another role now than ``role`` last told."""
        found = []
        for visit, role in self._told.items():
            presence = self._presences.of(visit)
            if presence is not None and self._role(presence) != role:
                found.append(visit)
        return found

    def forget(self, visit: int) -> None:
        """Nothing more will be asked of ``visit``."""
        presence = self._presences.of(visit)
        self._presences.forget(visit)
        self._told.pop(visit, None)
        if presence is not None and not self._presences.visits(presence):
            self._odds.pop(presence, None)
            self._staff.discard(presence)

    def _take(self, second: Second) -> None:
        at = self._presences.add(second)
        s = self._settings
        odds = features(self._presences, at) @ _WEIGHTS
        if self._wearing is not None:
            odds = odds + self._wearing.odds(second, at, odds)
        vote = self._presences.column("vote")
        vote[at] += np.clip(odds, -s.vote_most, s.vote_most)
        voted = np.clip(vote[at] / s.vote_s, -s.surest, s.surest)
        for presence, value in zip(at.tolist(), voted.tolist(), strict=True):
            self._odds[presence] = value
            if value > s.threshold - s.keep * (presence in self._staff):
                self._staff.add(presence)
            else:
                self._staff.discard(presence)

    def _role(self, presence: int) -> Role:
        return "staff" if presence in self._staff else "shopper"
