"""From the live state to the tables that show it."""

from __future__ import annotations

from datetime import datetime, timedelta

from miseban.hub.live.snapshot import (
    AlertNow,
    CameraNow,
    FacingNow,
    HelpCall,
    HelpSnapshot,
    InsideNow,
    LiveSnapshot,
    QueueNow,
    TillNow,
    ZoneNow,
)
from miseban.hub.live.state import State
from miseban.hub.live.window import KEPT_DAYS, window_start

BLINDING = frozenset({"blocked", "dark", "frozen"})
"""Troubles with which a camera sees nothing."""


def show(live: State, now: datetime) -> LiveSnapshot:
    """The whole of ``live`` at ``now``, in the order of the shop file."""
    shop = live.shop
    return LiveSnapshot(
        time=now,
        newest=live.newest,
        age_s=_age_s(live.newest, now),
        inside=_inside(live),
        visits=live.visits.in_progress(now, live.labels.staff),
        zones=tuple(
            ZoneNow(zone=zone.id, people=live.people(zone.id, now))
            for zone in shop.zones
            if zone.kind != "private"
        ),
        queues=tuple(_queue(live, z.id, now) for z in shop.zones if z.kind == "queue"),
        shelves=tuple(_facing(live, place, now) for place in live.shelves.names),
        tills=tuple(_till(live, till.id, till.queue, now) for till in shop.tills),
        cameras=tuple(_camera(live, camera.id, now) for camera in shop.cameras),
        alerts=_alerts(live, now, about_help=False),
    )


def show_help(live: State, now: datetime) -> HelpSnapshot:
    """Calls that have not ended, the oldest first."""
    since = now - timedelta(days=KEPT_DAYS)
    calls = sorted(
        (
            call
            for call in live.calls.values()
            if call.help not in live.calls_ended and call.time >= since
        ),
        key=lambda call: (call.time, call.id),
    )
    shown = tuple(
        HelpCall(
            help=call.help,
            kind=call.kind,
            camera=call.camera,
            zone=call.zone,
            place=call.place,
            unit=call.unit,
            since=call.time,
            confidence=call.confidence,
        )
        for call in calls
    )
    return HelpSnapshot(time=now, calls=shown, alerts=_alerts(live, now, about_help=True))


def _inside(live: State) -> InsideNow | None:
    if live.balance is None:
        return None
    tally = live.balance.tally
    return InsideNow(
        people=tally.inside,
        most=tally.most,
        entered=tally.entered,
        left=tally.left,
        drift=tally.drift,
    )


def _queue(live: State, zone: str, now: datetime) -> QueueNow:
    known = live.queue(zone, now)
    length, waiting_s = known if known is not None else (None, None)
    return QueueNow(zone=zone, length=length, waiting_s=waiting_s)


def _facing(live: State, place: tuple[str, str], now: datetime) -> FacingNow:
    said = live.shelves.get(place, now - timedelta(days=KEPT_DAYS))
    since, state, fill = said if said is not None else (None, None, None)
    return FacingNow(shelf=place[0], facing=place[1], state=state, fill=fill, since=since)


def _till(live: State, till: str, queue: str, now: datetime) -> TillNow:
    waiting = live.queue(queue, now)
    receipt = live.receipts.get(till, window_start(live.shop, now))
    return TillNow(
        till=till,
        open=live.till_open(till, now),
        waiting=None if waiting is None else waiting[0],
        last_receipt=None if receipt is None else receipt[0],
    )


def _camera(live: State, camera: str, now: datetime) -> CameraNow:
    newest = live.cameras.newest(camera)
    troubles = live.cameras.troubles(camera, now)
    gone_since = live.cameras.gone_since(camera, now)
    sees = gone_since is None and not BLINDING & troubles.keys()
    return CameraNow(
        camera=camera,
        up=sees and not live.cameras.silent(camera, now),
        gone_since=gone_since,
        newest=newest,
        age_s=_age_s(newest, now),
        troubles=troubles,
        coverage=live.cameras.coverage(camera, now),
        ahead=live.ahead[camera],
    )


def _alerts(live: State, now: datetime, *, about_help: bool) -> tuple[AlertNow, ...]:
    records = live.alerts.open(now - timedelta(days=KEPT_DAYS))
    return tuple(one.now() for one in records if (one.about == "help") == about_help)


def _age_s(newest: datetime | None, now: datetime) -> float | None:
    return None if newest is None else max(0.0, (now - newest).total_seconds())
