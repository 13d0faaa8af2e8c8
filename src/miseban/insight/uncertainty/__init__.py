"""How sure a number is: what a camera misses and invents, learned, and the interval of the truth.

In come events and what is known of each camera's errors (``accuracy.py``); out go, for every count,
the ends between which the truth lies 95 times in 100. Nothing here changes a count.
"""

from miseban.insight.uncertainty.accuracy import EXACT, Accuracy

__all__ = ["EXACT", "Accuracy"]
