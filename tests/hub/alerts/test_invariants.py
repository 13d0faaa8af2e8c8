"""Whatever happens at the shop and to the hub, this holds of every alert."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vocabulary.events import AlertStep, HelpStep
from tests.hub.alerts.floor import Hub, rules_of
from tests.hub.shopfront import Making, at

RULES = rules_of("""
defaults = false
[[rule]]
id = "long"
when = "queue.length"
at_least = 5.0
back = 3.0
hold_s = 3.0
clear_s = 4.0
cooldown_s = 20.0
[[rule.escalate]]
after_s = 8.0
[[rule.escalate]]
after_s = 16.0
roles = ["head_office"]
[[rule]]
id = "slow"
when = "queue.waiting_s"
at_least = 30.0
[[rule]]
id = "empty"
when = "shelf.empty"
cooldown_s = 5.0
clear_s = 2.0
[[rule]]
id = "help"
when = "help.needed"
cooldown_s = 0.0
[[rule.escalate]]
after_s = 5.0
""")
COOLDOWN_S = {"long": 20.0, "slow": 300.0, "empty": 5.0, "help": 0.0}

acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["queue", "queue", "queue-2", "shelf", "help", "help", "helped", "wait", "wait",
             "accept", "done", "done", "escalate", "restart", "undelivered"]
        ),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=40,
)  # fmt: skip


def play(told: list[tuple[str, int]]) -> Hub:
    hub, make, calls = Hub(RULES), Making(), 0
    for act, n in told:
        found = hub.alerts.open()
        now = hub.seconds
        if act == "queue":
            hub.tell(make.queue(now, n, 4.0 * n))
        elif act == "queue-2":
            hub.tell(make.queue(now, n, 0.0, "queue-2"))
        elif act == "shelf":
            hub.tell(make.shelf(now, ["full", "empty", "blocked"][n % 3]))
        elif act == "help":
            calls += 1
            hub.tell(make.help(now, f"call-{calls}", ["fall", "lost_child"][n % 2]))
        elif act == "helped":
            hub.tell(make.helped(now, f"call-{max(1, calls - n // 4)}"))
        elif act == "wait":
            hub.wait(2 * n + 1)
        elif act == "restart":
            delivers, notices = hub.deliver, hub.notices
            hub = hub.restarted(n)
            hub.deliver, hub.notices = delivers, notices
        elif act == "undelivered":
            hub.deliver = n > 4
        elif found:
            alert, when = found[n % len(found)].alert, at(hub.seconds)
            if act == "escalate":
                hub.told(hub.alerts.escalate(alert, "a", when))
            else:
                {"accept": hub.alerts.accept, "done": hub.alerts.done}[act](alert, "a", when)
        check(hub)
    return hub


def steps_of(hub: Hub) -> dict[str, list[AlertStep | HelpStep]]:
    found: defaultdict[str, list[AlertStep | HelpStep]] = defaultdict(list)
    for event in sorted(hub.journal.kept.values(), key=lambda one: (one.time, one.id)):
        if isinstance(event, AlertStep | HelpStep):
            found[event.alert].append(event)
    return found


def check(hub: Hub) -> None:
    """At every moment: one open alert of a rule and a subject, and all say the same of it."""
    found = hub.alerts.open()
    keys = Counter((a.rule, a.help or a.subject) for a in found)
    assert all(n == 1 for n in keys.values())
    now = at(hub.seconds)
    shown = (*hub.live.snapshot(now).alerts, *hub.live.help(now).alerts)
    assert sorted(shown, key=lambda a: a.alert) == sorted(found, key=lambda a: a.alert)


@settings(max_examples=120)
@given(acts)
def test_invariants_of_alerts(told: list[tuple[str, int]]) -> None:
    hub = play(told)
    closed: dict[tuple[str, str | None], datetime] = {}
    for steps in sorted(steps_of(hub).values(), key=lambda one: one[0].time):
        names = [step.step for step in steps]
        # A life: raised first and once, closed last and once.
        assert names[0] == "raised"
        assert names.count("raised") == 1
        assert sum(name in ("done", "ended") for name in names) <= 1
        assert not any(name in ("done", "ended") for name in names[:-1])
        # Never two takers in a row, nobody is told twice by a way before it is passed on.
        told_by: set[str | None] = set()
        taken = False
        for step in steps:
            if step.step == "escalated":
                told_by, taken = set(), False
            elif step.step == "accepted":
                assert not taken
                taken = True
            elif step.step == "delivered":
                assert step.channel not in told_by
                told_by.add(step.channel)
        # Quiet after the end; a call for help is told once for ever.
        first = steps[0]
        subject = first.help if isinstance(first, HelpStep) else first.subject
        key = (first.rule, subject)
        if key in closed:
            assert first.rule != "help"
            assert (first.time - closed[key]).total_seconds() >= COOLDOWN_S[first.rule] - 1e-3
        if names[-1] in ("done", "ended"):
            closed[key] = steps[-1].time


@settings(max_examples=60)
@given(acts)
def test_what_was_delivered_is_not_delivered_again_by_a_restart(
    told: list[tuple[str, int]],
) -> None:
    hub = play(told)
    reached: defaultdict[str, set[str | None]] = defaultdict(set)
    for alert, steps in steps_of(hub).items():
        for step in steps:
            if step.step == "escalated":
                reached[alert].clear()
            elif step.step == "delivered":
                reached[alert].add(step.channel)
    levels = {alert.alert: alert.escalated for alert in hub.alerts.open()}
    again = hub.restarted(0)
    again.wait(1)
    for notice in again.notices:
        alert = notice.alert.alert
        if notice.alert.escalated == levels.get(alert):  # not passed on in this very second
            assert not reached[alert] & set(notice.channels)


@settings(max_examples=60)
@given(st.lists(st.integers(4, 5), min_size=1, max_size=60))
def test_a_figure_at_its_threshold_raises_once(lengths: list[int]) -> None:
    hub, make = Hub(RULES), Making()
    for length in lengths:
        hub.tell(make.queue(hub.seconds, length))
        hub.wait(4)
    assert hub.steps("long").count("raised") <= 1
    assert "ended" not in hub.steps("long")


@settings(max_examples=60)
@given(acts, st.integers(0, 39))
def test_a_restart_anywhere_changes_no_open_alert(told: list[tuple[str, int]], where: int) -> None:
    told = [(act, n) for act, n in told if act not in ("restart", "undelivered")]
    where = min(where, len(told))
    hub = play(told[:where])
    again = hub.restarted(0)
    assert again.alerts.open() == hub.alerts.open()
    assert again.live.snapshot(at(hub.seconds)) == hub.live.snapshot(at(hub.seconds))
