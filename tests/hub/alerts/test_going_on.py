"""Other rules, or another live state, under alerts that are open: nothing is raised or told twice,
and nothing begins anew."""

from __future__ import annotations

from datetime import timedelta

from miseban.hub.live import LiveState
from tests.hub.alerts.floor import Hub, rules_of
from tests.hub.shopfront import SHOP, Making, at

LONG = """
defaults = false
[[rule]]
id = "long"
when = "queue.length"
at_least = 4
hold_s = 20
clear_s = 0
cooldown_s = 60
[[rule.escalate]]
after_s = 100
"""
LONGER = LONG.replace("at_least = 4", "at_least = 6")


def go_on(hub: Hub, text: str) -> None:
    """As a hub does it that reads its rules again."""

    def live() -> LiveState:
        hub.live = LiveState.from_journal(hub.journal, SHOP, at(hub.seconds))
        return hub.live

    hub.alerts.go_on(rules_of(text), live, at(hub.seconds))


def waiting(hub: Hub, make: Making, length: int) -> None:
    hub.tell(make.queue(hub.seconds, length))


def test_what_is_open_stays_open_and_is_not_told_again() -> None:
    hub, make = Hub(rules_of(LONG)), Making()
    waiting(hub, make, 5)
    hub.wait(30)
    (told,) = hub.notices
    before = hub.alerts.open()
    go_on(hub, LONG)
    hub.wait(30)
    assert hub.alerts.open() == before
    assert hub.notices == [told]
    hub.wait(60)
    assert hub.steps() == ["raised", "escalated"]


def test_a_hold_time_and_a_cool_down_go_on() -> None:
    hub, make = Hub(rules_of(LONG)), Making()
    waiting(hub, make, 5)
    hub.wait(15)
    go_on(hub, LONG)
    hub.wait(6)
    assert hub.steps() == ["raised"], "after 20 s in all"
    waiting(hub, make, 0)
    hub.wait(1)
    assert hub.steps() == ["raised", "ended"]
    go_on(hub, LONG)
    waiting(hub, make, 5)
    hub.wait(50)
    assert hub.steps() == ["raised", "ended"]
    hub.wait(30)
    assert hub.steps() == ["raised", "ended", "raised"]


def test_another_figure_holds_at_once_and_a_rule_that_is_gone_ends_its_alert() -> None:
    hub, make = Hub(rules_of(LONG)), Making()
    waiting(hub, make, 5)
    hub.wait(30)
    go_on(hub, LONGER.replace("after_s = 100", "after_s = 40"))
    hub.wait(35)
    assert hub.steps() == ["raised", "escalated"], "as many seconds after it was raised"
    go_on(hub, LONG.replace('id = "long"', 'id = "other"'))
    assert hub.steps() == ["raised", "escalated", "ended"]
    assert [one.rule for one in hub.alerts.open()] == []


def test_steps_of_an_alert_keep_their_order_when_the_clock_is_put_back_a_day() -> None:
    hub, make = Hub(rules_of(LONG)), Making()
    waiting(hub, make, 5)
    hub.wait(30)
    (alert,) = hub.alerts.open()
    hub.seconds -= 86_400
    go_on(hub, LONG)
    hub.alerts.accept(alert.alert, "a", at(hub.seconds))
    hub.alerts.done(alert.alert, "a", at(hub.seconds))
    assert hub.steps() == ["raised", "accepted", "done"]
    (record,) = hub.live.alerts.records()
    assert record.closed is not None
    assert record.closed - alert.raised < timedelta(seconds=1)
    hub.wait(120)
    waiting(hub, make, 5)
    hub.wait(30)
    (newer,) = hub.alerts.open()
    assert newer.raised < at(0), "a new one has the new time"
    again = hub.restarted()
    assert [one.alert for one in again.alerts.open()] == [newer.alert]


def test_a_call_for_help_is_heeded_whatever_its_clock_says() -> None:
    text = 'defaults = false\n[[rule]]\nid = "help"\nwhen = "help.needed"\nhold_s = 0\n'
    hub, make = Hub(rules_of(text)), Making()
    hub.tell(make.help(7200.0, "a"))
    assert [one.help for one in hub.alerts.open()] == ["a"]
    assert hub.live.cameras.newest("door") is None, "its other news is left out"
    hub.tell(make.helped(7300.0, "a"))
    assert hub.alerts.open() == []
