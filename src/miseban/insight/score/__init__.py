"""How right a result is: a result folder beside a truth folder.

In: two folders in the product's own formats. Out: figures, and what could not be compared. Never:
a score for something that one of the folders does not hold.
"""

from miseban.insight.score.compare import score_folders
from miseban.insight.score.figures import Score

__all__ = ["Score", "score_folders"]
