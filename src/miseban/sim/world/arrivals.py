"""When the next group arrives: a Poisson process whose rate follows hour and weekday."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from miseban.sim.scenario import Scenario


def start_of(scenario: Scenario, timezone: str) -> datetime:
    """The first second of the scenario, in UTC."""
    return scenario.scenario.start.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def arrival_times(scenario: Scenario, timezone: str, seed: int) -> Iterator[float]:
    """Seconds since the start at which groups arrive, without end, unless nobody ever comes.

    Hour by hour of local time; within an hour the gaps between arrivals are exponential.
    """
    if not any(scenario.arrivals.per_hour) or not any(scenario.arrivals.weekday):
        return
    rng = random.Random(f"{seed}/arrivals")
    start = start_of(scenario, timezone)
    zone = ZoneInfo(timezone)
    begin = start
    while True:
        local = begin.astimezone(zone)
        into = timedelta(minutes=local.minute, seconds=local.second)
        end = begin + timedelta(hours=1) - into - timedelta(microseconds=local.microsecond)
        rate = scenario.arrivals.per_hour[local.hour] * scenario.arrivals.weekday[local.weekday()]
        if rng.random() < scenario.arrivals.rush_chance:
            rate *= scenario.arrivals.rush_factor
        elif _is_quiet(scenario, local.hour, rng):
            rate *= scenario.arrivals.quiet_factor
        yield from _poisson(
            rng, rate, (begin - start).total_seconds(), (end - start).total_seconds()
        )
        begin = end


def _is_quiet(scenario: Scenario, hour: int, rng: random.Random) -> bool:
    """Only mornings are. Nothing is drawn where no morning ever is."""
    chance = scenario.arrivals.quiet_chance
    return chance > 0 and hour < 12 and rng.random() < chance


def passing_times(scenario: Scenario, seed: int) -> Iterator[float]:
    """Seconds since the start at which somebody walks past, without end."""
    if scenario.passing.per_hour <= 0 or len(scenario.doors) < 2:
        return
    rng = random.Random(f"{seed}/passing")
    at_s = 0.0
    while True:
        at_s += rng.expovariate(scenario.passing.per_hour / 3600)
        yield at_s


def _poisson(rng: random.Random, per_hour: float, from_s: float, to_s: float) -> Iterator[float]:
    if per_hour <= 0:
        return
    at_s = from_s + rng.expovariate(per_hour / 3600)
    while at_s < to_s:
        yield at_s
        at_s += rng.expovariate(per_hour / 3600)
