"""Live state and alerts on a real journal: closed, compacted, opened again, and all goes on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from miseban.hub.alerts import Alerts, Notice, default_rules
from miseban.hub.live import LiveState
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.vocabulary.events import AlertStep, Event, HelpStep, PlainEvent
from tests.hub.shopfront import SHOP, Making, at

RULES = default_rules().limited(SHOP)
AT_ONCE = RULES.model_copy(
    update={
        "rules": tuple(r.model_copy(update={"hold_s": 0.0, "clear_s": 0.0}) for r in RULES.rules)
    }
)
"""Hold times begin anew after a restart."""


class Box:
    """A hub's journal, live state and alerts in ``folder``, opened ``seconds`` after the start."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.seconds = seconds
        self.journal = Journal.open(folder, shop="kado", timezone="Asia/Tokyo")
        with closing(JournalReader(folder)) as reader:
            self.live = LiveState.from_journal(reader, SHOP, at(seconds))
        self.alerts = Alerts(AT_ONCE, self.live, self.journal.append)
        self.alerts.restore(self.live.alerts.records(), at(seconds))
        self.journal.subscribe(lambda events: self.live.take(events, at(self.seconds)))

    def tell(self, seconds: float, events: Sequence[Event]) -> list[Notice]:
        self.seconds = seconds
        self.journal.append(events)
        notices = [*self.alerts.take(events, at(seconds)), *self.alerts.tick(at(seconds))]
        for notice in notices:
            for channel in notice.channels:
                self.alerts.delivered(notice.alert.alert, channel, at(seconds))
        return notices


def day(make: Making) -> list[tuple[float, list[Event]]]:
    """An hour of a small shop: people come and go, wait, fall; shelves empty; a clerk works. No
    step falls on the very moment of an escalation."""
    rng = random.Random(5)
    told: list[tuple[float, list[Event]]] = []
    there: list[str] = []
    for second in range(0, 3600, 19):
        events: list[Event] = []
        if rng.random() < 0.6:
            visit = f"{rng.getrandbits(64):016x}"
            there.append(visit)
            events += [make.crossed(second, "in", visit), make.entered(second, "fruit", visit)]
        if there and rng.random() < 0.5:
            visit = there.pop(rng.randrange(len(there)))
            events += [make.left(second, "fruit", visit), make.crossed(second, "out", visit)]
            events.append(make.ended(second, visit, "staff" if rng.random() < 0.1 else None))
        if rng.random() < 0.3:
            events.append(make.queue(second, rng.randint(0, 8), rng.uniform(0, 400)))
        if rng.random() < 0.05:
            events.append(make.shelf(second, rng.choice(["full", "low", "empty"])))
        if rng.random() < 0.02:
            events.append(make.help(second, f"h{second}", rng.choice(["fall", "long_search"])))
        if rng.random() < 0.02:
            events.append(make.receipt(second, "till-1", str(second)))
        if second % 900 < 19:
            events += [make.health(second), make.health(second, camera="door")]
        told.append((float(second), events))
    return told


def test_a_hub_that_was_closed_and_opened_again_goes_on_as_if_it_had_not(tmp_path: Path) -> None:
    make = Making()
    steps = day(make)
    through, cut = Box(tmp_path / "through", 0.0), Box(tmp_path / "cut", 0.0)
    for number, (seconds, events) in enumerate(steps):
        one = through.tell(seconds, events)
        two = cut.tell(seconds, events)
        told = [
            [(n.alert.rule, n.alert.subject, n.roles, n.why) for n in some] for some in (one, two)
        ]
        assert told[0] == told[1], seconds
        if number % 60 == 40:
            cut.journal.compact(at(seconds))
        if number % 40 == 39:
            before = cut.live.snapshot(at(seconds)), cut.live.help(at(seconds)), cut.alerts.open()
            cut.journal.close()
            cut = Box(tmp_path / "cut", seconds)
            after = cut.live.snapshot(at(seconds)), cut.live.help(at(seconds)), cut.alerts.open()
            assert after == before
    kinds = [[], []]  # type: list[list[tuple[str, str, object]]]
    for box, found in zip((through, cut), kinds, strict=True):
        box.journal.close()
        with closing(JournalReader(box.journal.folder)) as reader:
            for event in reader.events(types=("alert.step", "help.step")):
                assert isinstance(event, AlertStep | HelpStep)
                found.append((event.rule, event.step, event.time.replace(microsecond=0)))
    assert sorted(kinds[0], key=str) == sorted(kinds[1], key=str)
    assert {step for _, step, _ in kinds[0]} >= {"raised", "delivered", "escalated", "ended"}


def test_yesterday_is_told_from_the_day_before(tmp_path: Path) -> None:
    make = Making()
    box = Box(tmp_path / "journal", 0.0)
    events = [make.crossed(i, "in", f"v{i}") for i in range(30)]
    events += [make.crossed(100 + i, "out", f"v{i}") for i in range(20)]
    box.tell(200.0, events)
    box.journal.close()
    later = Box(tmp_path / "journal", timedelta(days=1, hours=1).total_seconds())
    balance = later.live.balance
    assert balance is not None
    assert balance.tally.inside == 0
    assert balance.tally_before is not None
    assert balance.tally_before.drift == 10, "ten people were still inside at three at night"
    later.journal.close()


@pytest.mark.parametrize("call", [Making().help(0, "h1"), Making().helped(0, "h1")])
def test_what_is_read_as_an_event_for_everybody_is_no_call_for_help(call: Event) -> None:
    reader: TypeAdapter[PlainEvent] = TypeAdapter(PlainEvent)
    with pytest.raises(ValidationError):
        reader.validate_json(call.model_dump_json())
    with pytest.raises(ValidationError):
        reader.validate_python(call)
