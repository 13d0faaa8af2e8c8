"""The life of an alert, step by step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from miseban.hub.alerts import Alerts, default_rules
from miseban.hub.live import LiveState
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import AlertAnswered, AlertStep, Event, HelpStep, plain
from miseban.vocabulary.shop import parse_shop
from tests.hub.alerts.floor import Hub, rules_of
from tests.hub.shopfront import SHOP, SHOP_TEXT, Making, at

LONG = """
defaults = false
[[rule]]
id = "long"
when = "queue.length"
at_least = 5.0
back = 3.0
hold_s = 20.0
clear_s = 10.0
cooldown_s = 100.0
[[rule.escalate]]
after_s = 60.0
roles = ["manager"]
[[rule.escalate]]
after_s = 120.0
roles = ["head_office"]
channels = ["mail"]
"""


def hub(text: str = LONG) -> tuple[Hub, Making]:
    return Hub(rules_of(text)), Making()


def test_it_is_raised_after_the_hold_time_and_ends_by_itself() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 6))
    shop.wait(19)
    assert shop.steps() == []
    shop.wait(1)
    assert shop.steps() == ["raised"]
    alert = shop.alerts.open()[0]
    assert (alert.rule, alert.about, alert.subject, alert.value) == ("long", "queue", "queue-1", 6)
    assert [(n.roles, n.channels, n.why) for n in shop.notices] == [
        (("staff",), ("page", "push"), "raised")
    ]
    shop.tell(make.queue(shop.seconds, 3))
    shop.wait(9)
    assert shop.steps() == ["raised"]
    shop.wait(1)
    assert shop.steps() == ["raised", "ended"]
    assert shop.alerts.open() == []
    assert shop.live.snapshot(at(shop.seconds)).alerts == ()


def test_a_dip_begins_the_hold_time_anew() -> None:
    shop, make = hub()
    for length in (5, 4, 5, 4, 5):
        shop.tell(make.queue(shop.seconds, length))
        shop.wait(15)
    assert shop.steps() == []


def test_between_threshold_and_back_nothing_changes() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    for i in range(30):
        shop.tell(make.queue(shop.seconds, 4 + i % 2))
        shop.wait(15)
    assert shop.steps().count("raised") == 1
    assert "ended" not in shop.steps()


def test_after_it_has_ended_there_is_quiet() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    shop.tell(make.queue(20, 0))
    shop.wait(10)
    shop.tell(make.queue(30, 9))
    shop.wait(99)
    assert shop.steps() == ["raised", "ended"]
    shop.wait(1)
    assert shop.steps() == ["raised", "ended", "raised"]


def test_what_nobody_takes_is_passed_on_and_on() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20 + 60)
    assert shop.steps() == ["raised", "escalated"]
    shop.wait(60)
    assert shop.steps() == ["raised", "escalated", "escalated"]
    assert [(n.roles, n.channels) for n in shop.notices] == [
        (("staff",), ("page", "push")),
        (("manager",), ("page", "push")),
        (("head_office",), ("mail",)),
    ]
    shop.wait(600)
    assert len(shop.steps()) == 3
    assert shop.alerts.open()[0].channels == ("mail", "page", "push")


def test_what_somebody_took_is_not_passed_on() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    alert = shop.alerts.open()[0].alert
    assert shop.alerts.accept(alert, "hana", at(30)).accepted == at(30)
    shop.alerts.accept(alert, "ken", at(31))
    shop.wait(600)
    assert shop.steps() == ["raised", "accepted"]
    shop.alerts.done(alert, "hana", at(shop.seconds))
    assert shop.steps() == ["raised", "accepted", "done"]
    answered = [e for e in shop.journal.kept.values() if isinstance(e, AlertAnswered)]
    assert [(e.step, e.by) for e in answered] == [("accepted", "hana"), ("done", "hana")]
    for act in (shop.alerts.accept, shop.alerts.done, shop.alerts.escalate):
        with pytest.raises(BadInput) as caught:
            act(alert, "ken", at(shop.seconds))
        assert caught.value.code == "no-such-alert"


def test_who_took_it_may_pass_it_on_and_it_waits_there_as_long() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    alert = shop.alerts.open()[0].alert
    shop.alerts.accept(alert, "hana", at(shop.seconds))
    shop.wait(500)
    shop.told(shop.alerts.escalate(alert, "hana", at(shop.seconds)))
    assert shop.notices[-1].roles == ("manager",)
    assert shop.alerts.open()[0].accepted is None
    shop.wait(59)
    assert shop.steps() == ["raised", "accepted", "escalated"]
    shop.wait(1)
    assert shop.steps()[-1] == "escalated"
    assert shop.notices[-1].roles == ("head_office",)


def test_a_rule_without_escalation_is_passed_to_managers_by_hand() -> None:
    shop, make = hub(LONG.partition("[[rule.escalate]]")[0])
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    told = shop.alerts.escalate(shop.alerts.open()[0].alert, "hana", at(20))
    assert told[0].roles == ("manager",)


def test_each_queue_has_its_own_alert() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5), make.queue(0, 7, zone="queue-2"))
    shop.wait(20)
    assert {a.subject for a in shop.alerts.open()} == {"queue-1", "queue-2"}


def test_outside_its_hours_a_rule_is_silent_and_its_alerts_end() -> None:
    shop, make = hub(LONG.replace("hold_s", 'hours = ["09:00-10:01"]\nhold_s'))
    shop.tell(make.queue(0, 5))
    shop.wait(59)
    assert shop.steps() == ["raised"]
    shop.wait(1)
    assert shop.steps() == ["raised", "ended"]
    shop.wait(600)
    assert shop.steps() == ["raised", "ended"]


def test_what_cannot_be_told_neither_raises_nor_ends() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    shop.wait(2000, step=10)
    assert shop.live.queue("queue-1", at(shop.seconds)) is None
    assert "ended" not in shop.steps()


def test_another_till_only_while_one_is_closed() -> None:
    shop = Hub(rules_of("defaults = true"))
    make = Making()
    full = [make.queue(0, 4), make.queue(0, 4, zone="queue-2")]
    shop.tell(*full, make.receipt(0, "till-1", "1"), make.receipt(0, "till-2", "1"))
    shop.wait(60)
    assert shop.steps("open-till") == []
    one_open = Hub(rules_of("defaults = true"))
    one_open.tell(*full, make.receipt(0, "till-1", "2"))
    one_open.wait(60)
    assert one_open.steps("open-till") == ["raised"]
    alert = next(a for a in one_open.alerts.open() if a.rule == "open-till")
    assert (alert.about, alert.subject, alert.value) == ("till", None, 8.0)


def test_an_empty_shelf_is_told_soon_and_not_if_somebody_fills_it_at_once() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.shelf(0, "empty"))
    shop.wait(10)
    shop.tell(make.shelf(shop.seconds, "full"))
    shop.wait(60)
    assert shop.steps("shelf-empty") == []
    shop.tell(make.shelf(shop.seconds, "empty"))
    shop.wait(20)
    assert shop.steps("shelf-empty") == ["raised"]


def test_an_empty_shelf_is_told_once_and_low_no_more() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.shelf(0, "low"))
    shop.wait(300)
    assert shop.steps("shelf-low") == ["raised"]
    shop.tell(make.shelf(shop.seconds, "empty"))
    shop.wait(80)
    assert shop.steps("shelf-low") == ["raised", "ended"]
    assert shop.steps("shelf-empty") == ["raised"]
    assert [a.subject for a in shop.alerts.open()] == ["egg"]
    shop.tell(make.shelf(shop.seconds, "blocked"))
    shop.wait(60)
    assert shop.steps("shelf-empty") == ["raised"], "what stands before it tells nothing"
    shop.tell(make.shelf(shop.seconds, "full"))
    shop.wait(20)
    assert shop.steps("shelf-empty") == ["raised", "ended"]


def test_a_room_over_its_limit() -> None:
    shop = Hub(default_rules().limited(SHOP))
    limit = int(10.0 * 8.0 / 2)
    make = Making()
    for i in range(limit - 1):
        shop.tell(make.crossed(0, "in", f"v{i}"))
    shop.wait(30)
    assert shop.steps("room-full") == []
    shop.tell(make.crossed(shop.seconds, "in", "one-more"))
    shop.wait(10)
    assert shop.steps("room-full") == ["raised"]
    assert shop.notices[-1].alert.value == limit


def test_an_ill_or_silent_camera_and_counts_that_are_off() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.health(0, camera="door"), make.health(0, "dark", "begins", 700, camera="door"))
    shop.wait(60)
    assert shop.steps("camera-ill") == ["raised"]
    shop.tell(make.health(70, "blocked", "begins", 800, camera="door"))
    shop.wait(100)
    assert shop.steps("counts-gaps") == ["raised"]
    out = [make.crossed(shop.seconds - 1, "out", f"o{i}") for i in range(4)]
    come = [make.crossed(shop.seconds, "in", f"i{i}") for i in range(20)]
    shop.tell(*out, *come)
    shop.wait(400)
    assert shop.steps("counts-off") == ["raised"]
    shop.wait(1200, step=10)
    assert shop.steps("camera-silent") == ["raised"]


def test_cameras_that_come_back_with_the_hub_in_the_morning_are_not_silent() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.health(-25_000, camera="door"))
    shop.wait(60)
    shop.tell(make.health(shop.seconds, camera="door"))
    shop.wait(1000, step=10)
    assert shop.steps("camera-silent") == []
    shop.wait(600, step=10)
    assert shop.steps("camera-silent") == ["raised"], "now it is"


def test_a_camera_that_was_switched_off_is_ill_though_its_process_tells_so() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.health(0, camera="door"))
    for _ in range(8):  # two minutes
        shop.wait(15)
        shop.tell(make.health(shop.seconds, "gap", None, 15.0, camera="door"))
    assert shop.steps("camera-ill") == ["raised"]
    shop.tell(make.health(shop.seconds + 2, camera="door"))
    shop.wait(120)
    assert shop.steps("camera-ill") == ["raised", "ended"]


def test_a_call_for_help_is_told_at_once_and_ends_with_the_need() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.help(0, "h1"))
    assert shop.steps() == ["raised"], "before a second has passed"
    notice = shop.notices[0]
    assert (notice.kind, notice.alert.subject, notice.alert.help) == ("fall", "fruit", "h1")
    assert notice.alert.urgency == "urgent"
    assert not plain(e for e in shop.journal.kept.values() if isinstance(e, HelpStep | AlertStep))
    shop.tell(make.helped(5, "h1"))
    assert shop.steps() == ["raised", "ended"]


def test_a_call_is_told_once_whatever_comes_after() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.help(0, "h1"))
    shop.alerts.done(shop.alerts.open()[0].alert, "hana", at(3))
    shop.wait(600)
    assert shop.steps() == ["raised", "done"]
    assert shop.restarted(5).steps() == ["raised", "done"]


def test_the_same_need_again_waits_for_the_cool_down() -> None:
    shop = Hub(default_rules().limited(SHOP))
    make = Making()
    shop.tell(make.help(0, "h1", "long_search"), make.helped(2, "h1"))
    assert shop.steps() == [], "it was over before it was told"
    shop.tell(make.help(5, "h2", "long_search"))
    shop.tell(make.helped(9, "h2"))
    shop.tell(make.help(10, "h3", "long_search"), make.help(11, "h4", "long_search", None))
    assert shop.steps() == ["raised", "ended", "raised"], "elsewhere it is another need"
    shop.wait(119)
    assert shop.steps().count("raised") == 2
    shop.wait(2)
    assert shop.steps().count("raised") == 3


def test_an_old_call_is_told_to_nobody() -> None:
    shop = Hub(default_rules().limited(SHOP))
    shop.wait(7200, step=600)
    shop.tell(Making().help(100, "h1"))
    assert shop.steps() == []


def test_after_a_restart_alerts_go_on_and_nobody_is_told_twice() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(40)
    again = shop.restarted(5)
    assert again.alerts.open() == shop.alerts.open()
    again.wait(34)
    assert again.notices == []
    again.wait(1)
    assert again.steps() == ["raised", "escalated"], "sixty seconds after it was raised"
    third = again.restarted()
    alert = third.alerts.open()[0].alert
    third.alerts.accept(alert, "hana", at(third.seconds))
    fourth = third.restarted(1)
    fourth.wait(600)
    assert fourth.notices == []
    fourth.alerts.done(alert, "hana", at(fourth.seconds))
    fifth = fourth.restarted(1)
    fifth.tell(make.queue(fifth.seconds, 6))
    fifth.wait(98)
    assert fifth.notices == [], "the cool-down goes on too"
    fifth.wait(1)
    assert len(fifth.notices) == 1


def test_what_reached_nobody_before_a_restart_is_delivered_after_it() -> None:
    shop, make = hub()
    shop.deliver = False
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    shop.alerts.delivered(shop.alerts.open()[0].alert, "page", at(20))
    again = shop.restarted(1)
    again.wait(1)
    assert [n.channels for n in again.notices] == [("push",)]
    assert again.restarted(0).notices == []
    again.wait(10)
    assert len(again.notices) == 1


def test_alerts_of_rules_that_are_no_more_end() -> None:
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    again = shop.restarted(1, rules_of("defaults = false"))
    assert again.steps() == ["raised", "ended"]
    assert again.alerts.open() == []


def test_a_jump_of_the_wall_clock_is_no_time() -> None:
    live = LiveState(SHOP)
    live.take([Making().queue(0, 5)])
    steps: list[Event] = []
    alerts = Alerts(rules_of(LONG), live, steps.extend)
    hour = timedelta(hours=1)
    alerts.tick(at(0), 100.0)
    alerts.tick(at(1) + hour / 6, 101.0)
    assert steps == []
    alerts.tick(at(2) - hour, 120.0)
    assert len(steps) == 1
    alerts.tick(at(3) + hour / 6, 125.0)
    assert len(steps) == 1, "a minute has not passed"
    alerts.tick(at(4) - 2 * hour, 180.0)
    told = [(s.step, s.time) for s in steps if isinstance(s, AlertStep)]
    assert [step for step, _ in told] == ["raised", "escalated"]
    assert told[0][1] < told[1][1], "their order can be told from their times"


def test_who_has_only_the_wall_clock_fits_in_with_who_has_both() -> None:
    """Pages say when something is done by the wall clock; the hub looks by a steady one, which
    begins at any number."""
    shop, make = hub()
    shop.tell(make.queue(0, 5))
    shop.wait(25)
    again = Alerts(shop.rules, shop.live, shop.append)
    again.restore(shop.live.alerts.records(), at(25))
    for steady_s in range(26, 79):
        assert again.tick(at(steady_s), 1000.0 + steady_s) == []
    assert len(again.tick(at(80), 1080.0)) == 1, "sixty seconds after it was raised"
    jump = timedelta(days=30)
    again.tick(at(81) + jump, 1081.0)
    shop.live.take([make.queue(0, 6)])
    again.done(again.open()[0].alert, "hana", at(82) + jump)
    shop.live.queues.put("queue-1", (at(82) + jump, "x"), (6, 0.0))
    shop.live.cameras.heard("tills", at(200) + jump)
    assert again.tick(at(181) + jump, 1181.0) == []
    assert len(again.tick(at(203) + jump, 1203.0)) == 1, "the cool-down was a hundred seconds"


def test_a_full_disk_stops_no_alert() -> None:
    shop, make = hub()
    real, shop.journal.append = shop.journal.append, None  # type: ignore[method-assign,assignment]

    def full(_: object) -> int:
        raise Failed("journal-full", "journal", "the disk is full")

    shop.live.take([make.queue(0, 5)])
    shop.append = full  # type: ignore[method-assign,assignment]
    alerts = Alerts(shop.rules, shop.live, lambda events: shop.append(events))
    assert alerts.tick(at(0)) == []
    assert len(alerts.tick(at(20))) == 1
    assert shop.steps() == []
    shop.append = real  # type: ignore[method-assign]
    alerts.tick(at(21))
    assert shop.steps() == ["raised"]


def test_who_took_an_alert_is_told_only_where_the_policy_keeps_it() -> None:
    strict = parse_shop(SHOP_TEXT.replace('"jp"', '"strict"'), "x")
    shop = Hub(rules_of(LONG, strict), shop=strict)
    make = Making()
    shop.tell(make.queue(0, 5))
    shop.wait(20)
    shop.alerts.accept(shop.alerts.open()[0].alert, "hana", at(21))
    assert shop.steps() == ["raised", "accepted"]
    assert "hana" not in " ".join(e.model_dump_json() for e in shop.journal.kept.values())
