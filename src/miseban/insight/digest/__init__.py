"""What a manager should know of a day or a week: on a page, on paper, in a table, in a mail.

In: answers of ``insight.questions``, through the one gate that says what may be told of people.
Out: a ``Report`` with units, intervals and bases, and the same as sentences, PDF and CSV. Never: a
figure that no question answered, a comparison with a time that was not seen, a statement without
its base.
"""

from miseban.insight.digest.making import make_report
from miseban.insight.digest.report import Report
from miseban.insight.digest.span import Kind, Span

__all__ = ["Kind", "Report", "Span", "make_report"]
