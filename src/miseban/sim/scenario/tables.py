"""The tables of a scenario file. Places are metres on the shop's floor, x right, y down."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.geometry import simple_polygon
from miseban.vocabulary.shop.table import Id, Point, Table, wrong

Rate = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100_000)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1_000_000)]
Chance = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=86_400)]
Metres = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=10)]
Speed = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.1, le=3)]
Stops = Annotated[int, Field(strict=True, ge=0, le=100)]


def _rising(values: tuple[float, float]) -> tuple[float, float]:
    if values[0] > values[1]:
        raise wrong("[least, most], the least first", f"[{values[0]:g}, {values[1]:g}]")
    return values


SecondsRange = Annotated[tuple[Seconds, Seconds], AfterValidator(_rising)]
MetresRange = Annotated[tuple[Metres, Metres], AfterValidator(_rising)]
SpeedRange = Annotated[tuple[Speed, Speed], AfterValidator(_rising)]


def _rising_stops(values: tuple[int, int]) -> tuple[int, int]:
    if values[0] > values[1]:
        raise wrong("[least, most], the least first", f"[{values[0]}, {values[1]}]")
    return values


StopsRange = Annotated[tuple[Stops, Stops], AfterValidator(_rising_stops)]


def _local(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise wrong("local date and time without an offset", value.isoformat())
    return value


class Info(Table):
    """``[scenario]``: when it plays."""

    start: Annotated[datetime, Field(strict=True), AfterValidator(_local)] = Field(
        description="Local date and time of the first second; decides hours and weekdays."
    )


class Arrivals(Table):
    """``[arrivals]``: groups of one or more that come into the shop, a Poisson process."""

    per_hour: Annotated[tuple[Rate, ...], Field(min_length=24, max_length=24)] = Field(
        description="Arriving groups an hour, one number for each hour of the day from 0."
    )
    weekday: Annotated[tuple[Rate, ...], Field(min_length=7, max_length=7)] = Field(
        default=(1.0,) * 7, description="Factor for each day of the week, Monday first."
    )
    rush_chance: Chance = Field(default=0.0, description="Chance that an hour is a rush.")
    rush_factor: Rate = Field(default=1.0, description="How many times as many come in a rush.")
    quiet_chance: Chance = Field(
        default=0.0, description="Chance that an hour before noon is quiet, unless it is a rush."
    )
    quiet_factor: Chance = Field(default=1.0, description="What part of them comes then.")


class Passing(Table):
    """``[passing]``: people who walk past from one door to another and do not come in."""

    per_hour: Rate = Field(description="How many an hour, at all hours.")


class Kind(Table):
    """``[[kind]]``: a kind of shopper."""

    id: Id = Field(description="Stands in the truth.")
    share: Share = Field(description="Of the arriving groups, in proportion to the other shares.")
    speed_mps: SpeedRange = Field(description="Walking speed, least and most.")
    height_m: MetresRange = Field(default=(1.5, 1.8), description="Standing height.")
    stops: StopsRange = Field(default=(1, 3), description="How many places are visited.")
    stop_s: SecondsRange = Field(default=(5.0, 30.0), description="How long each visit takes.")
    buys: Chance = Field(
        default=0.9, description="Chance to go to a till afterwards; with goods, to want some."
    )
    reaches: Chance = Field(default=0.5, description="Chance to reach for something at a stop.")
    pieces: StopsRange = Field(
        default=(1, 3), description="How many pieces they mean to buy in all, if they buy."
    )
    carries: Literal["", "basket", "bag", "cart", "walker", "wheelchair"] = Field(
        default="", description="What is carried, pushed or ridden."
    )
    companions: Annotated[tuple[Id, ...], Field(max_length=5)] = Field(
        default=(), description="Kinds of those who come along and stay together."
    )


class Door(Table):
    """``[[door]]``: where people appear and vanish: an opening in the edge of the floor."""

    id: Id = Field(description="Its name.")
    points: tuple[Point, Point] = Field(description="The two ends of the opening.")
    share: Share = Field(default=1.0, description="Of those who come and go, in proportion.")


class Fixture(Table):
    """``[[fixture]]``: what nobody can walk through: shelves, counters, walls."""

    id: Id = Field(description="Its name.")
    polygon: Annotated[tuple[Point, ...], Field(max_length=200), AfterValidator(simple_polygon)] = (
        Field(description="Its outline.")
    )
    height_m: Metres = Field(default=1.4, description="How high it is.")
    style: Literal["auto", "shelf", "counter", "plain"] = Field(
        default="auto",
        description="What it looks like; `auto`: a rectangle of 1.15 m or more is a shelf.",
    )


class Attraction(Table):
    """``[[attraction]]``: a zone of the shop that people visit."""

    zone: Id = Field(description="The zone of the shop file.")
    weight: Share = Field(default=1.0, description="How often, in proportion to the others.")


class Service(Table):
    """``[[service]]``: how a till of the shop serves."""

    till: Id = Field(description="The till of the shop file.")
    service_s: SecondsRange = Field(description="How long serving one customer takes.")
