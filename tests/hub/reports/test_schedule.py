"""Reports go to real mail servers on loopback: once, late, again where they were refused."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from miseban.hub.database import open_database
from miseban.hub.notify.settings import Channel, ReportSettings
from miseban.hub.reports.ledger import Delivery, Ledger
from miseban.hub.reports.post import Letter, letter
from miseban.hub.reports.schedule import Schedule
from miseban.insight.digest import Kind
from miseban.insight.digest.sentences import with_sentences
from miseban.vocabulary.errors import BadInput, Failed
from tests.hub.notify.receivers import http_receiver
from tests.hub.reports.mailbox import mailbox
from tests.insight.digest.papers import text_of
from tests.insight.digest.shop_days import TUESDAY, Day, journal, report

pytestmark = pytest.mark.anyio
MORNING = datetime(2026, 3, 25, 7, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


class Clock:
    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Kind, date, str], Letter]:
    """Of a real journal of one day."""
    place = journal(tmp_path_factory.mktemp("journal"), [Day(TUESDAY).seen().came(40)])

    def written(kind: Kind, day: date, language: str) -> Letter:
        return letter(with_sentences(report(place, kind, day), language), "https://shop.local:8443")

    return written


def plain(kind: Kind, day: date, language: str) -> Letter:
    """Says of what it is, for those who only count letters."""
    return Letter(f"{kind} {day} {language}", "text", "link", "attached", "a.pdf", b"%PDF-1.4")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield opened
    opened.dispose()


def schedule(
    engine: Engine,
    write: Callable[[Kind, date, str], Letter],
    urls: list[str],
    clock: Clock,
    **report_keys: Any,
) -> Schedule:
    told = {"id": "morning", "kind": "day", "channels": ("mail",)} | report_keys
    return Schedule(
        Ledger(engine),
        [ReportSettings.model_validate(told)],
        [Channel(id="mail", urls=tuple(urls))],
        write,
        timezone=lambda: "Asia/Tokyo",
        language=lambda: "en",
        now=clock,
    )


async def test_a_mail_has_the_sentences_a_link_and_the_pdf(engine: Engine, write: Any) -> None:
    async with mailbox() as box:
        await schedule(engine, write, [box.url], Clock(), language="ja").round()
        (mail,) = box.mails
        assert mail.subject == "small 日報 2026年3月24日火曜日 来店40人"
        assert "火曜日の来店者は40人でした" in mail.text
        assert "https://shop.local:8443/reports?kind=day&day=2026-03-24" in mail.text
        ((name, pdf),) = mail.files.items()
        assert name == "small-day-2026-03-24.pdf"
        assert "来店者は40人" in text_of(pdf).replace(" ", "").replace("火曜日の", "")


async def test_a_chat_that_takes_files_gets_it_too(engine: Engine, write: Any) -> None:
    with http_receiver() as receiver:
        receiver.answer = lambda _: 200
        url = receiver.url.replace("http", "json")
        await schedule(engine, write, [url], Clock()).round()
        told = json.loads(receiver.received[0].body)
        assert told["title"] == "small: Tuesday, 24 March 2026: 40 visitors"
        assert "40 visitors" in told["message"]
        assert [file["filename"] for file in told["attachments"]] == ["small-day-2026-03-24.pdf"]


async def test_a_chat_that_takes_no_files_gets_the_sentences(engine: Engine, write: Any) -> None:
    with http_receiver() as receiver:
        receiver.answer = lambda _: 200
        port = receiver.url.rpartition(":")[2]
        url = f"mmost://127.0.0.1:{port}/{'a' * 24}"
        await schedule(engine, write, [url], Clock()).round()
        (got,) = receiver.received
        assert b"40 visitors" in got.body
        assert b"/reports?kind=day" in got.body
        assert b"%PDF" not in got.body
        assert b"is attached" not in got.body


async def test_it_goes_once_however_often_it_is_looked_and_the_hub_begins_anew(
    engine: Engine,
) -> None:
    clock = Clock(MORNING - timedelta(minutes=1))
    async with mailbox() as box:
        first = schedule(engine, plain, [box.url], clock)
        await first.round()
        subjects = [mail.subject for mail in box.mails]
        assert len(subjects) == 1, "yesterday's, late"
        assert "2026-03-23" in subjects[0]
        clock.at = MORNING
        await first.round()
        await first.round()
        # At this very minute the hub is started again, and once more later on the day.
        await schedule(engine, plain, [box.url], clock).round()
        clock.at = MORNING + timedelta(hours=9)
        await schedule(engine, plain, [box.url], clock).round()
        assert ["2026-03-24" in mail.subject for mail in box.mails] == [False, True]
        clock.at = MORNING + timedelta(days=1)
        await first.round()
        assert "2026-03-25" in box.mails[2].subject
        assert len(box.mails) == 3


async def test_a_hub_that_was_off_sends_late_but_not_after_a_day(engine: Engine) -> None:
    async with mailbox() as box:
        week = {"id": "week", "kind": "week"}
        monday = datetime(2026, 3, 30, 7, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
        clock = Clock(monday + timedelta(days=1, seconds=1))
        await schedule(engine, plain, [box.url], clock, **week).round()
        assert box.mails == []
        clock.at = monday + timedelta(hours=23)
        await schedule(engine, plain, [box.url], clock, **week).round()
        assert [mail.subject for mail in box.mails] == ["week 2026-03-23 en"]


async def test_two_hubs_on_one_database_send_it_once(engine: Engine) -> None:
    async with mailbox() as box:
        both = [schedule(engine, plain, [box.url], Clock()) for _ in range(2)]
        await asyncio.gather(*(one.round() for one in both))
        assert len(box.mails) == 1


async def test_who_refuses_is_asked_again_and_the_others_are_not(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    async with mailbox() as good, mailbox() as bad:
        bad.answers = lambda n: "refuse" if n <= 2 else "take"
        one = schedule(engine, plain, [bad.url, good.url], clock)
        await one.round()
        assert (len(bad.mails), len(good.mails)) == (0, 1)
        await one.round()
        assert bad.tried == 1, "not before its time"
        for minutes, tried in ((1, 2), (2, 2), (6, 3), (60, 3)):
            clock.at = MORNING + timedelta(minutes=minutes)
            await schedule(engine, plain, [bad.url, good.url], clock).round()
            assert bad.tried == tried, minutes
        assert (len(bad.mails), len(good.mails)) == (1, 1)
        assert caplog.text.count("did not take it") == 1


async def test_who_refuses_all_day_is_left_alone_then(engine: Engine) -> None:
    clock = Clock()
    async with mailbox() as bad:
        bad.answers = lambda _: "refuse"
        for minutes in (0, 60, 600, 24 * 60 - 1, 24 * 60, 24 * 60 + 30):
            clock.at = MORNING + timedelta(minutes=minutes)
            if minutes >= 24 * 60:
                bad.answers = lambda _: "take"
            # Anew each time: Apprise lets one and the same wait between two mails.
            await schedule(engine, plain, [bad.url], clock).round()
        assert bad.tried == 5
        assert all("2026-03-24" not in mail.subject for mail in bad.mails)
        assert ["2026-03-25" in mail.subject for mail in bad.mails] == [True]


async def test_a_hub_that_stops_while_it_sends_notes_what_it_sent(engine: Engine) -> None:
    async with mailbox() as box:
        box.answers = lambda _: "wait"
        running = asyncio.create_task(schedule(engine, plain, [box.url], Clock()).run())
        await asyncio.wait_for(box.reached.wait(), 20)
        running.cancel()
        box.let_go.set()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 20)
        assert len(box.mails) == 1
        await schedule(engine, plain, [box.url], Clock()).round()
        assert len(box.mails) == 1


async def test_a_hub_that_was_killed_while_it_sent_does_not_send_again_and_says_so(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    one = Delivery("morning", TUESDAY, "mail", 1)
    assert Ledger(engine).claim(one, MORNING), "and here the power went"
    async with mailbox() as box:
        again = schedule(engine, plain, [box.url], Clock())
        with caplog.at_level(logging.WARNING):
            running = asyncio.create_task(again.run())
            for _ in range(200):
                await asyncio.sleep(0.1)
                if "may not have arrived" in caplog.text:
                    break
            await asyncio.sleep(0.3)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert box.mails == []
        assert "may not have arrived" in caplog.text


async def test_a_report_that_cannot_be_made_is_made_later(engine: Engine) -> None:
    answers: list[Any] = [Failed("journal", "journal", "cannot be read"), None]

    def fails_once(kind: Kind, day: date, language: str) -> Letter:
        found = answers.pop(0)
        if found is not None:
            raise found
        return plain(kind, day, language)

    async with mailbox() as box:
        one = schedule(engine, fails_once, [box.url], Clock())
        await one.round()
        assert box.mails == []
        await one.round()
        assert len(box.mails) == 1


def test_an_address_that_nobody_knows_is_refused_at_start(engine: Engine) -> None:
    with pytest.raises(BadInput) as caught:
        schedule(engine, plain, ["nothing://geheim@host"], Clock())
    assert "geheim" not in str(caught.value)


def test_the_ledger_forgets_what_is_never_due_again(engine: Engine) -> None:
    ledger = Ledger(engine)
    one = Delivery("morning", TUESDAY, "mail", 1)
    assert ledger.claim(one, MORNING)
    assert not ledger.claim(one, MORNING)
    assert ledger.in_doubt() == [one]
    ledger.sent(one, MORNING)
    ledger.tidy(MORNING + timedelta(days=59))
    assert not ledger.waiting(one, MORNING)
    ledger.tidy(MORNING + timedelta(days=62))
    assert ledger.waiting(one, MORNING)
