"""The disclosure gate: what is told of people is told of at least k of them at once.

In: roll-ups of what people did, and a question's stretches of time. Out: the part of them that may
be told. Never: a figure from which, with any others, fewer than k people can be worked out.
"""

from miseban.insight.disclosure.by_month import told_whole
from miseban.insight.disclosure.figures import DURATIONS_ONLY, GATED, PLAIN, least_k
from miseban.insight.disclosure.gate import Told, told

__all__ = ["DURATIONS_ONLY", "GATED", "PLAIN", "Told", "least_k", "told", "told_whole"]
