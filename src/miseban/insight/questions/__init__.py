"""Questions over the journal.

In: a question, the shop file, a reader of its journal. Out: an answer with units, intervals,
coverage and bases. Never: a figure that did not come out of ``answer``, or a zero where nothing was
seen.
"""

from miseban.insight.questions.answering import answer
from miseban.insight.questions.answers import Answer, Measure, Unit
from miseban.insight.questions.asking import QUESTIONS, By, Period, Question, Weekday

__all__ = [
    "QUESTIONS", "Answer", "By", "Measure", "Period", "Question", "Unit", "Weekday", "answer",
]  # fmt: skip
