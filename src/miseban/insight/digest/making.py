"""``make_report``: asks what a report needs, and puts the answers together."""

from __future__ import annotations

from datetime import datetime

from miseban.insight.digest.asking import Asking
from miseban.insight.digest.counted import inside_of, visitors_of
from miseban.insight.digest.places import areas_of, bought_of, shelves_of, waiting_of
from miseban.insight.digest.report import Alerts, CameraSeen, Report, Seen
from miseban.insight.digest.span import Span
from miseban.insight.digest.tables import Ask, row_of, rows
from miseban.insight.disclosure import least_k
from miseban.vocabulary.shop import Shop


def make_report(ask: Ask, shop: Shop, span: Span, *, devices: bool = False) -> Report:
    """The report of ``span``, without sentences (``sentences.with_sentences``). ``devices``: with
    every camera's own figures, for who may see them.

    A span that is not over ends with what is newest, and one of which nothing is known has no
    figures. Raises what ``ask`` raises.
    """
    asking = Asking(ask, shop)
    first = asking("visitors", span.since, span.until, by="whole")
    until = _known_until(span, asking.as_of)
    if until is None:
        return _unknown(shop, span)
    if until < span.until:
        first = asking("visitors", span.since, until, by="whole")
    entrances = row_of(first)
    since = span.since
    visitors = visitors_of(asking, span, until, entrances) if entrances else None
    areas = areas_of(asking, since, until)
    waiting = waiting_of(asking, span, until)
    return Report(
        shop=shop.shop.id,
        shop_name=shop.shop.name,
        kind=span.kind,
        first=span.first,
        last=span.last,
        timezone=span.timezone,
        since=since,
        until=until,
        whole=until >= span.until,
        k=least_k(shop),
        visitors=visitors,
        inside=inside_of(asking, since, until) if entrances else None,
        areas=areas,
        waiting=waiting,
        shelves=shelves_of(asking, since, until),
        bought=bought_of(asking, since, until),
        alerts=_alerts(asking, since, until),
        seen=Seen(
            entrances=entrances.coverage if entrances else None,
            cameras=_cameras(asking, since, until) if devices else None,
        ),
        withheld=asking.withheld,
    )


def _known_until(span: Span, as_of: datetime | None) -> datetime | None:
    """How far anything is known of it, in whole minutes; none where nothing is."""
    if as_of is None:
        return None
    until = min(span.until, as_of.replace(second=0, microsecond=0))
    return until if until > span.since else None


def _unknown(shop: Shop, span: Span) -> Report:
    return Report(
        shop=shop.shop.id, shop_name=shop.shop.name, kind=span.kind, first=span.first,
        last=span.last, timezone=span.timezone, since=span.since, until=None, whole=False,
        k=least_k(shop), withheld=False, visitors=None, inside=None, areas=(), waiting=None,
        shelves=None, bought=None, alerts=None, seen=Seen(entrances=None, cameras=None),
    )  # fmt: skip


def _alerts(asking: Asking, since: datetime, until: datetime) -> Alerts | None:
    row = row_of(asking("alerts", since, until, by="whole"))
    if row is None:
        return None
    steps = {step: row.value(step) or 0.0 for step in ("raised", "accepted", "done", "escalated")}
    return Alerts(**steps, accepted_median_s=row.value("accepted_median_s"))


def _cameras(asking: Asking, since: datetime, until: datetime) -> tuple[CameraSeen, ...]:
    answer = asking("cameras", since, until, by="whole")
    names = {camera.id: camera.name for camera in asking.shop.cameras}
    troubles: dict[str, list[str]] = {}
    for row in rows(answer):
        if row.detail:
            troubles.setdefault(row.place, []).append(row.detail)
    return tuple(
        CameraSeen(
            camera=row.place,
            name=names.get(row.place, row.place),
            coverage=row.coverage,
            lost_min=row.value("lost_min"),
            troubles=tuple(troubles.get(row.place, ())),
        )
        for row in rows(answer)
        if not row.detail
    )
