"""What stands on the shelves: numbers of looks become states of facings that do not flicker.

In: for each facing and look some twenty numbers, and what staff confirm. Out: verdicts. Never: a
picture, or anything about people.
"""

from miseban.space.shelf.judge import FacingJudge, Opinion, ShelfSettings, Verdict
from miseban.space.shelf.learning import FacingLearner, Learnt
from miseban.space.shelf.model import ShelfModel
from miseban.space.shelf.watching import ShelfSpace
from miseban.space.shelf.weights import COMMON

__all__ = [
    "COMMON",
    "FacingJudge",
    "FacingLearner",
    "Learnt",
    "Opinion",
    "ShelfModel",
    "ShelfSettings",
    "ShelfSpace",
    "Verdict",
]
