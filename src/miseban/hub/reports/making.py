"""A report of this hub's shop, for who may see it."""

from __future__ import annotations

from datetime import date

from miseban.hub.api.answering import answer
from miseban.hub.hub import Hub
from miseban.insight.digest import Kind, Report, Span, make_report
from miseban.insight.digest.sentences import with_sentences


def report_of(hub: Hub, kind: Kind, day: date, language: str, *, devices: bool) -> Report:
    """Of ``day``, or of the week with it, with its sentences. ``devices``: with every camera's
    figures. It reads the journal: in a thread. Raises ``BadInput`` (``day``, ``journal``)."""
    span = Span.around(kind, day, hub.shop.shop.timezone)
    report = make_report(lambda asked: answer(hub, asked), hub.shop, span, devices=devices)
    return with_sentences(report, language)
