"""Events become answers: the summary, the report, the pictures of heat.

In: events and aggregates. Out: numbers and pages. Never: a frame, or a person's picture.
"""
