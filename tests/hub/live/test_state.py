"""The live state: figure by figure, and whatever the order in which it is heard."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.hub.live import LiveSnapshot, LiveState
from miseban.hub.live.balance import Balance
from miseban.hub.live.hashed import Moments, hashed
from miseban.insight.inside import empty_moments, people_inside
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import parse_shop
from tests.hub.shopfront import SHOP, SHOP_TEXT, START, ListJournal, Making, at

HOUR, DAY = 3600, 86400


def after(events: Sequence[Event], seconds: float) -> LiveSnapshot:
    live = LiveState(SHOP)
    live.take(events, at(seconds))
    return live.snapshot(at(seconds))


def test_people_inside_are_the_balance_and_never_fewer_than_none() -> None:
    make = Making()
    inside = after(
        [
            make.crossed(0, "out", "a"),
            make.crossed(10, "in", "b"),
            make.crossed(20, "in", "c"),
            make.crossed(30, "out", "b"),
        ],
        40,
    ).inside
    assert inside is not None
    assert (inside.people, inside.most, inside.entered, inside.left) == (1, 2, 2, 2)
    assert inside.drift == -1


def test_staff_are_not_counted_also_when_that_is_known_later() -> None:
    make = Making()
    events: list[Event] = [
        make.crossed(0, "in", "clerk"),
        make.crossed(1, "in", "shopper"),
        make.entered(2, "fruit", "clerk", "door"),
        make.entered(3, "fruit", "shopper", "door"),
    ]
    before = after(events, 10)
    later = after([*events, make.labelled(20, "clerk", "staff")], 30)
    for seen, people in ((before, 2), (later, 1)):
        assert seen.inside is not None
        assert seen.inside.people == people
        assert seen.visits == people
        assert {z.zone: z.people for z in seen.zones}["fruit"] == people
    again = after(
        [*events, make.labelled(20, "clerk", "staff"), make.labelled(25, "clerk", None)], 30
    )
    assert again.inside is not None
    assert again.inside.people == 2


def test_at_night_the_shop_is_empty_and_what_was_off_is_told() -> None:
    make = Making()
    live = LiveState(SHOP)
    live.take([make.crossed(0, "in", "a"), make.crossed(9, "in", "b")], at(10))
    morning = live.snapshot(START + timedelta(days=1))  # past three at night, in Tokyo
    assert morning.inside is not None
    assert (morning.inside.people, morning.inside.drift) == (0, 0)
    assert live.balance is not None
    ended = live.balance.tally_before
    assert ended is not None
    assert (ended.drift, ended.wrong, ended.entered) == (2, 2, 2)


def test_a_passage_that_is_told_the_next_day_finds_its_place() -> None:
    make = Making()
    first, late = make.crossed(0, "in", "a"), make.crossed(100, "out", "a")
    live = LiveState(SHOP)
    live.take([first], at(10))
    live.take([late], at(DAY))
    assert live.balance is not None
    before = live.balance.tally_before
    assert before is not None
    assert before.drift == 0


def test_a_stay_ends_by_leaving_by_the_end_of_the_visit_or_when_nobody_is_there() -> None:
    make = Making()
    come: list[Event] = [make.entered(i, "queue-1", f"v{i}") for i in range(4)]

    def there(*events: Event, when: float = 60) -> int:
        seen = after([*come, *events], when)
        return {z.zone: z.people for z in seen.zones}["queue-1"]

    assert there() == 4
    assert there(make.left(10, "queue-1", "v1")) == 3
    assert there(make.ended(10, "v1")) == 3
    assert there(make.occupancy(50, "queue-1", 0)) == 0
    assert there(make.occupancy(50, "queue-1", 0), make.entered(55, "queue-1", "v9")) == 1
    assert there(when=5 * HOUR) == 0, "nobody stays for so long unseen"


def test_nobody_comes_back_by_what_is_told_once_more() -> None:
    """Also when nothing is kept of the visit but that it is over."""
    make = Making()
    come: list[Event] = [make.entered(0, "queue-1", "v"), make.entered(0, "fruit", "w", "door")]
    live = LiveState(SHOP)
    live.take([*come, make.ended(10, "v"), make.crossed(10, "out", "w")], at(10))
    for seconds in (60, 1200, 3 * HOUR):
        live.take([], at(seconds))
        live.take(come, at(seconds))
        seen = live.snapshot(at(seconds))
        assert seen.visits == 0
        assert all(zone.people == 0 for zone in seen.zones)
    live.take([make.entered(3 * HOUR, "fruit", "w", "door")], at(3 * HOUR))
    assert live.snapshot(at(3 * HOUR)).visits == 1, "who went out may come in again"


def test_who_comes_in_again_is_not_where_they_were_before() -> None:
    """Also when a camera tells of that only then, and nothing was kept but that they went out."""
    make = Making()
    told: list[Event] = [
        make.crossed(10, "out", "w"),
        make.entered(400, "fruit", "w", "door"),
        make.entered(5, "queue-1", "w"),
    ]
    live = LiveState(SHOP)
    for seconds, event in zip((10, 400, 401), told, strict=True):
        live.take([event], at(seconds))
        live.take([], at(seconds + 300))
    seen = live.snapshot(at(701))
    assert seen == after(told, 701)
    assert {zone.zone: zone.people for zone in seen.zones if zone.people} == {"fruit": 1}


def test_a_queue_grows_older_and_is_not_known_when_its_camera_is_silent() -> None:
    make = Making()
    events: list[Event] = [make.queue(0, 3, 20.0)]

    def queue(seconds: float, *more: Event) -> tuple[int | None, float | None]:
        seen = next(q for q in after([*events, *more], seconds).queues if q.zone == "queue-1")
        return seen.length, seen.waiting_s

    assert queue(0) == (3, 20.0)
    assert queue(30) == (3, 50.0)
    assert queue(40, make.queue(35, 0)) == (0, 0.0)
    assert queue(1300) == (None, None)
    assert queue(1300, make.health(900)) == (3, 1320.0)


def test_staff_in_a_queue_do_not_wait() -> None:
    make = Making()
    events: list[Event] = [
        make.entered(0, "queue-1", "clerk"),
        make.entered(30, "queue-1", "a"),
        make.queue(30, 2, 30.0),
        make.labelled(40, "clerk", "staff"),
    ]
    seen = next(q for q in after(events, 50).queues if q.zone == "queue-1")
    assert (seen.length, seen.waiting_s) == (1, 20.0)


def test_a_till_is_open_while_it_serves() -> None:
    make = Making()

    def is_open(seconds: float, *events: Event) -> bool:
        return after(events, seconds).tills[0].open

    assert not is_open(0)
    assert is_open(60, make.receipt(0, "till-1", "1"))
    assert not is_open(601, make.receipt(0, "till-1", "1"))
    assert not is_open(60, make.receipt(0, "till-2", "1"))
    come, gone = make.entered(0, "counter-1", "a"), make.left(30, "counter-1", "a")
    assert is_open(20, come)
    assert is_open(100, come, gone)
    assert not is_open(700, come, gone)
    assert not is_open(100, come, gone, make.ended(60, "a", "staff"))


def test_a_camera_is_up_until_it_is_silent_or_blind() -> None:
    make = Making()

    def camera(seconds: float, *events: Event) -> tuple[bool, list[str]]:
        seen = after(events, seconds).cameras[1]
        return seen.up, list(seen.troubles)

    ok = make.health(0)
    dark, bright = make.health(10, "dark", "begins"), make.health(300, "dark", "ends", 60.0)
    assert camera(0) == (False, [])
    assert camera(600, ok) == (True, [])
    assert camera(1500, ok) == (False, [])
    assert camera(60, ok, dark) == (False, ["dark"])
    assert camera(60, ok, make.health(10, "moved", "begins")) == (True, ["moved"])
    assert camera(400, ok, dark, bright) == (True, [])
    assert camera(400, bright, dark, ok) == (True, [])
    assert camera(1000, dark, make.health(900, "dark", "lasts")) == (False, ["dark"])
    assert camera(1300, dark, make.queue(1290, 0)) == (True, []), "it is not told of any more"
    assert after([ok, dark, bright], 400).cameras[1].coverage == 1 - 60 / 3600


def test_a_camera_without_pictures_is_not_up_though_it_tells_so() -> None:
    make = Making()
    gaps = [make.health(5 + 15 * n, "gap", None, 15.0) for n in range(100)]  # from -10 s on

    def seen(seconds: float, *more: Event) -> tuple[bool, float | None, int | None]:
        told = [one for one in gaps if one.time <= at(seconds)]
        show = after([make.health(-20), make.queue(-15, 3), *told, *more], seconds)
        since = show.cameras[1].gone_since
        queue = next(q for q in show.queues if q.zone == "queue-1")
        return (
            show.cameras[1].up,
            None if since is None else (since - at(0)).total_seconds(),
            queue.length,
        )

    assert seen(0) == (True, None, 3)
    assert seen(10) == (False, -10.0, 3)
    assert seen(60) == (False, -10.0, None), "for a minute: what it said is not believed"
    assert seen(1400) == (False, -10.0, None)
    assert seen(1404, make.queue(1403, 0)) == (True, None, 0)
    last_s = (gaps[-1].time - at(0)).total_seconds()
    assert seen(last_s + 60)[:2] == (True, None), "it tells no more of it: pictures come again"


def test_events_of_the_future_are_left_out() -> None:
    make = Making()
    seen = after([make.queue(0, 2), make.queue(400_000, 9)], 10)
    assert seen.queues[0].length == 2
    assert seen.cameras[1].ahead == 1


def test_help_is_not_in_the_snapshot_and_ends() -> None:
    make = Making()
    live = LiveState(SHOP)
    live.take([make.helped(9, "h2"), make.help(1, "h1"), make.help(2, "h2")], at(10))
    assert [call.help for call in live.help().calls] == ["h1"]
    text = live.snapshot().model_dump_json()
    assert "h1" not in text
    assert "fall" not in text


def test_facings_with_one_id_on_two_shelves_are_told_apart() -> None:
    shelf = '[[shelf]]\nid = "{}"\ncamera = "tills"\n[[shelf.facing]]\nid = "egg"\n'
    shelf += 'gtin = "2000000000015"\npolygon = [[1, 1], [9, 1], [9, 9]]\ncapacity = 3\n'
    shop = parse_shop(SHOP_TEXT + shelf.format("top") + shelf.format("low"), "x")
    names = list(LiveState(shop).shelves.names.values())
    assert names == ["lunch-egg", "ham", "top-egg", "low-egg"]


ZONES = ("fruit", "queue-1", "counter-1")
VISITS = tuple("abcdef")


@st.composite
def streams(draw: st.DrawFn) -> dict[str, list[Event]]:
    """What two cameras and the floor tell, each in the order in which it happened."""
    make = Making(draw(st.integers(0, 1000)))
    steps = st.tuples(
        st.integers(0, 50),
        st.sampled_from(
            ["crossed", "entered", "left", "queue", "ended", "label", "shelf", "health", "none",
             "help", "helped", "receipt"]
        ),
        st.sampled_from(VISITS),
        st.sampled_from(ZONES),
        st.integers(0, 5),
    )  # fmt: skip
    found: dict[str, list[Event]] = {}
    for stream in ("door", "tills", "floor"):
        now, lives = 0, dict.fromkeys(VISITS, 0)
        events: list[Event] = []
        for pause, what, visit, zone, n in draw(st.lists(steps, max_size=14)):
            now += pause * (400 if n == 5 else 1)
            name, visit = visit, f"{stream}-{visit}-{lives[visit]}"
            event: Event
            if what == "crossed":
                event = make.crossed(now, "in" if n % 2 else "out", visit)
            elif what == "entered":
                event = make.entered(now, zone, visit, stream)
            elif what == "left":
                event = make.left(now, zone, visit, stream)
            elif what == "queue":
                event = make.queue(now, n, n * 10.0)
            elif what == "ended":
                event = make.ended(now, visit, "staff" if n == 4 else None)
                lives[name] += 1  # nothing is told of a visit after its end but what it was
            elif what == "label":
                event = make.labelled(now, visit, ["staff", "shopper", None][n % 3])
            elif what == "shelf":
                event = make.shelf(now, ["full", "low", "empty", "blocked"][n % 4])
            elif what == "health":
                phase = ["begins", "lasts", "ends"][n % 3]
                event = make.health(now, "dark", phase, float(n))
            elif what == "none":
                event = make.occupancy(now, zone, n % 2)
            elif what == "help":
                event = make.help(now, visit)
            elif what == "helped":
                event = make.helped(now, visit)
            else:
                event = make.receipt(now, "till-1", str(n))
            events.append(event)
        found[stream] = events
    return found


def woven(streams: dict[str, list[Event]], rng: random.Random) -> list[Event]:
    left = {name: list(events) for name, events in streams.items() if events}
    found = []
    while left:
        name = rng.choice(sorted(left))
        found.append(left[name].pop(0))
        if not left[name]:
            del left[name]
    return found


@settings(max_examples=150)
@given(streams(), st.integers(0, 10_000), st.integers(1, 5))
def test_any_order_between_cameras_gives_the_same_state(
    told: dict[str, list[Event]], seed: int, size: int
) -> None:
    """In batches of any size, twice where it happens, kept up to date or made anew."""
    rng = random.Random(seed)
    events = [event for stream in told.values() for event in stream]
    end = max((event.time for event in events), default=START)
    now = end + timedelta(seconds=rng.choice([0, 30, 2000, 20_000]))
    one = LiveState(SHOP)
    one.take(events, now)

    two = LiveState(SHOP)
    order = woven(told, rng)
    again = [event for event in order if rng.random() < 0.3]
    for i in range(0, len(order), size):
        batch = order[i : i + size]
        two.take(batch, now - timedelta(seconds=90))
        if rng.random() < 0.3:
            two.snapshot(now - timedelta(seconds=90))
    two.snapshot(now)  # what is over is forgotten, and then told once more
    two.take(again, now)

    three = LiveState(SHOP)  # as time goes on, and not at its end
    for event in order:
        three.take([event])

    four = LiveState.from_journal(ListJournal(order), SHOP, now)
    for other in (two, three, four):
        assert other.snapshot(now) == one.snapshot(now)
        assert other.help(now) == one.help(now)


passages = st.lists(
    st.tuples(st.integers(0, 2 * DAY - 4 * HOUR), st.booleans(), st.sampled_from("abcdefgh")),
    max_size=40,
    unique_by=lambda one: one[0],
)


@settings(max_examples=100)
@given(passages, st.sets(st.sampled_from("abc")), st.randoms(use_true_random=False))
def test_the_balance_is_that_of_the_summary(
    told: list[tuple[int, bool, str]], staff: set[str], rng: random.Random
) -> None:
    make = Making()
    events: list[Event] = [make.crossed(s, "in" if way else "out", v) for s, way, v in told]
    events += [make.labelled(0, visit, "staff") for visit in sorted(staff)]
    end_s = 2 * DAY - 4 * HOUR
    empty = empty_moments(SHOP.shop.empty, SHOP.shop.timezone, START, end_s)
    summary = people_inside(events, {"entrance"}, empty)
    assert summary is not None

    balance = Balance(lambda: {hashed(visit) for visit in staff})
    mixed: list[object] = [*told, *empty]
    rng.shuffle(mixed)
    ids: defaultdict[object, str] = defaultdict(make.ids_next)
    for one in mixed:
        if isinstance(one, tuple):
            seconds, way, visit = one
            balance.passed(at(seconds), ids[one], "in" if way else "out", visit)
        else:
            balance.empty(one)  # type: ignore[arg-type]
    assert balance.tally.inside == summary.people_end


def test_late_passages_of_a_long_day_are_put_in_their_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More steps than lie between two remembered tallies, and than there is room for at first;
    staff told late; a day forgotten."""
    monkeypatch.setattr("miseban.hub.live.balance._AHEAD", 100)
    make, rng = Making(), random.Random(3)
    told = sorted(rng.sample(range(DAY), 900))
    passages = [
        (at(second), make.ids_next(), rng.choice(["in", "in", "out"]), f"v{rng.randrange(200)}")
        for second in told
    ]
    staff: set[int] = set()
    balance = Balance(lambda: staff)
    late = passages.copy()
    rng.shuffle(late)
    for time, event, way, visit in [*passages[::2], *late]:
        balance.passed(time, event, "in" if way == "in" else "out", visit)
        if rng.random() < 0.1:
            assert balance.tally.inside >= 0
    works = {f"v{i}" for i in range(0, 200, 9)}
    staff |= {hashed(visit) for visit in works}
    balance.relabelled(*works)

    def expected(since: int) -> tuple[int, int]:
        inside = drift = 0
        for time, _, way, visit in passages:
            if time < at(since) or visit in works:
                continue
            inside += 1 if way == "in" else -1
            drift -= inside < 0
            inside = max(0, inside)
        return inside, drift

    assert (balance.tally.inside, balance.tally.drift) == expected(0)
    balance.forget(at(DAY // 2))
    assert (balance.tally.inside, balance.tally.drift) == expected(DAY // 2)
    balance.passed(*(passages[-1][:2]), "in", "v0")
    assert (balance.tally.inside, balance.tally.drift) == expected(DAY // 2), "told twice"


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 1000)), max_size=60), st.integers(0, 1000)
)
def test_moments_remember_the_newest_of_each(told: list[tuple[int, int]], before: int) -> None:
    moments = Moments()
    moments._TOGETHER = 7
    for i in range(0, len(told), 5):
        moments.add([one for one, _ in told[i : i + 5]], [m for _, m in told[i : i + 5]])
    moments.forget(before)
    for one in range(31):
        left = [m for who, m in told if who == one and m >= before]
        assert moments.get(one) == max(left, default=None)
