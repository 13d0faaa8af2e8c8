"""When which report is due, by the shop's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.hub.notify.settings import ReportSettings
from miseban.hub.reports.due import LATE, due


def settings(kind: Literal["day", "week"] = "day", at: str = "07:00") -> ReportSettings:
    return ReportSettings(id="r", kind=kind, at=at, channels=("mail",))


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("kind", "now", "first"),
    [
        ("day", "2026-03-25T07:00", date(2026, 3, 24)),
        ("day", "2026-03-25T06:59", date(2026, 3, 23)),  # of the morning before: late
        ("day", "2026-03-25T23:59", date(2026, 3, 24)),
        ("day", "2026-03-26T06:59", date(2026, 3, 24)),
        ("week", "2026-03-23T07:00", date(2026, 3, 16)),  # a Monday
        ("week", "2026-03-24T06:59", date(2026, 3, 16)),
        ("week", "2026-03-24T07:00", None),
        ("week", "2026-03-23T06:59", None),
        ("week", "2026-03-29T12:00", None),
    ],
)
def test_what_is_due(kind: Literal["day", "week"], now: str, first: date | None) -> None:
    found = due(settings(kind), "Asia/Tokyo", tokyo(now))
    assert (found.first if found else None) == first


@given(
    st.integers(0, 230 * 24 * 60),  # minutes, over both changes of clocks
    st.sampled_from(["00:00", "02:30", "07:00", "23:59"]),
    st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"]),
)
def test_every_day_has_one_report_and_none_is_early_or_too_late(
    minutes: int, clock: str, zone: str
) -> None:
    now = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(minutes=minutes)
    found = due(settings(at=clock), zone, now)
    if found is not None:
        assert timedelta(0) <= now - found.at < LATE
        local = now.astimezone(ZoneInfo(zone)).date()
        assert 1 <= (local - found.first).days <= 2
    # Looked at every 20 minutes for two days: each report once, one after the other.
    seen: list[date] = []
    for step in range(144):
        one = due(settings(at=clock), zone, now + timedelta(minutes=20 * step))
        if one is not None and (not seen or seen[-1] != one.first):
            seen.append(one.first)
    assert seen == [seen[0] + timedelta(days=n) for n in range(len(seen))]
    assert 2 <= len(seen) <= 3
