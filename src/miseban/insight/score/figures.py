"""What ``miseban score --json`` prints: every figure, schema 1.

An error is always result minus truth. A rate or a relative error without anything to divide by is
null: it is neither zero nor one.
"""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from miseban.vocabulary.events import HelpKind, Touch


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class TrackingScore(_Figures):
    """One camera's tracks; ``moments`` are the frames in which either side has somebody."""

    hota: float
    det_a: float
    ass_a: float
    idf1: float
    mota: float
    switches: int
    fragments: int
    misses: int
    false_boxes: int
    truth_boxes: int
    result_boxes: int
    truth_tracks: int
    result_tracks: int
    moments: int


class HourCount(_Figures):
    """Passages in the clock hour that begins at ``start``."""

    start: AwareDatetime
    truth: int
    result: int


class HourErrors(_Figures):
    """Over clock hours: ``mean_abs`` and ``bias`` in people an hour, ``worst`` the error of the
    hour that is furthest off; the relative ones over hours in which somebody passed."""

    hours: int
    mean_abs: float
    bias: float
    worst: int
    mean_abs_relative: float | None
    worst_relative: float | None


class MatchScore(_Figures):
    """Pairs of the same thing in truth and result."""

    matched: int
    precision: float | None
    recall: float | None


class FoundScore(MatchScore):
    """With how many there are on each side, and ``f1``, 2 matched / (truth + result)."""

    truth: int
    result: int
    f1: float | None


class CountScore(_Figures):
    """Two numbers of the same things."""

    truth: int
    result: int
    error: int
    relative_error: float | None


class DirectionScore(CountScore):
    """Passages of one line in one direction."""

    by_hour: HourErrors
    passages: MatchScore
    hours: list[HourCount]


class LineScore(_Figures):
    in_: DirectionScore = Field(alias="in")
    out: DirectionScore


class DurationScore(_Figures):
    """Seconds of matched stays; ``relative_bias`` is the bias over the mean true duration."""

    error_mean: float
    error_median: float
    bias_mean: float
    bias_median: float
    relative_bias: float | None


class StayScore(_Figures):
    """Visits to one zone; ``dwell_s`` is null when no stay matches."""

    visits: CountScore
    stays: MatchScore
    dwell_s: DurationScore | None


class OccupancyScore(_Figures):
    """People in a zone on average over a minute, minute by minute."""

    minutes: int
    mean_abs_error: float
    bias: float
    worst: float


class QueueScore(_Figures):
    """A queue's length second by second; ``exact`` the share of seconds with the true length."""

    seconds: int
    exact: float
    mean_abs_error: float
    waiting_s: DurationScore | None


class HeatScore(_Figures):
    """Pearson's correlation of time spent per cell of ``cell`` ``unit``, over ``cells`` cells."""

    correlation: float
    cells: int
    cell: float
    unit: str


class Coverage(_Figures):
    """How many of the result's 95 % intervals hold the true count."""

    intervals: int
    covered: int
    share: float | None


class CoverageScore(_Figures):
    """Lines and directions over the whole recording, and hour by hour."""

    recording: Coverage
    hours: Coverage


class TouchScore(_Figures):
    """Hands at one facing, or all: by kind, ``all`` kinds added up, and ``any_kind`` where a touch
    is right whatever its kind."""

    kinds: dict[Touch, FoundScore]
    all: FoundScore
    any_kind: FoundScore


class TouchesScore(_Figures):
    """By ``shelf/facing``, and added up for the shop."""

    shop: TouchScore
    facings: dict[str, TouchScore]


class EmptyingScore(_Figures):
    """Times a facing stood empty: in the truth, in the result, those ``found``, those ``unseen``
    while the result said nothing, ``false_alarms`` of it; delays of those found."""

    truth: int
    result: int
    found: int
    unseen: int
    false_alarms: int
    recall: float | None
    precision: float | None
    delay_s_median: float | None
    delay_s_worst: float | None


class ShelfScore(_Figures):
    """``seconds`` of which the truth tells; in ``unknown_s`` of them the result says nothing.
    ``empty`` and ``low`` are in seconds of the rest, the fill's error in percentage points."""

    seconds: int
    unknown_s: int
    unknown_share: float | None
    empty: FoundScore
    low: FoundScore
    emptyings: EmptyingScore
    fill_samples: int
    fill_error_points: float | None


class ShelvesScore(_Figures):
    """By ``shelf/facing``, and added up for the shop."""

    shop: ShelfScore
    facings: dict[str, ShelfScore]


class IncidentScore(FoundScore):
    """Calls for help; ``in_time`` those within 10 s, ``false_per_day`` in 24 hours."""

    in_time: int
    recall_in_time: float | None
    delay_s_median: float | None
    false_per_day: float | None


class HelpScore(_Figures):
    """All kinds together, and each."""

    all: IncidentScore
    kinds: dict[HelpKind, IncidentScore]


class ReceiptScore(_Figures):
    """``exact`` receipts, money in ``total`` in the smallest unit of ``currency``, ``pieces`` sold
    in all and the ``quantity`` by product, whose errors without sign add up to
    ``quantity_abs_error``."""

    receipts: CountScore
    exact: FoundScore
    total: CountScore
    currency: str | None
    pieces: CountScore
    quantity: dict[str, CountScore]
    quantity_abs_error: int


class FloorScore(_Figures):
    """Visits on the floor of the whole shop, over places at whole seconds. A place fits a true one
    the better the nearer it is (not at all from 2 m on); for ``switches``, ``pieces`` (visits of
    the result a person), ``misses`` and ``false_places`` it must be within 1 m.

    Of the ``person_s`` seconds of people in the truth, the part ``covered`` counts: some camera has
    the person in view. ``error_m_median`` and ``error_m_p90`` are the distances of pairs.
    """

    hota: float
    det_a: float
    ass_a: float
    error_m_median: float | None
    error_m_p90: float | None
    switches: int
    pieces: float | None
    truth_visits: int
    result_visits: int
    person_s: int
    covered: float
    misses: int
    false_places: int


class RateScore(_Figures):
    """A part of a whole on both sides; ``error`` in parts of 1."""

    truth: float
    result: float
    error: float


class ReachScore(_Figures):
    """Over the areas, the part of visitors who stayed there: ``worst`` in ``worst_zone``."""

    mean_abs_error: float
    worst: float
    worst_zone: str


class VisitorsScore(_Figures):
    """The inputs of conversion; null is what one side does not tell."""

    visitors: CountScore
    passers_by: CountScore
    groups: CountScore | None
    bounced: CountScore
    begun_inside: CountScore
    capture_rate: RateScore | None
    conversion: RateScore | None
    group_conversion: RateScore | None
    reach: ReachScore | None


class Missing(_Figures):
    """What was not compared, and why."""

    what: str
    why: str


class Score(_Figures):
    """The whole. Tables are empty, and all else null, for what the folders do
    not hold; ``missing`` says why. ``tracking`` and ``heat`` are by camera, ``lines`` by line,
    ``zones``, ``occupancy`` and ``queues`` by zone."""

    schema_: int = Field(default=1, alias="schema")
    shop: str | None
    start: AwareDatetime | None
    duration_s: float | None
    tracking: dict[str, TrackingScore]
    lines: dict[str, LineScore]
    intervals: CoverageScore | None
    people: CountScore | None
    floor: FloorScore | None = None
    zones: dict[str, StayScore]
    occupancy: dict[str, OccupancyScore]
    queues: dict[str, QueueScore]
    heat: dict[str, HeatScore]
    shoppers: CountScore | None = None
    visits: FoundScore | None = None
    staff: FoundScore | None = None
    staff_pieces: FoundScore | None = None
    staff_seconds: FoundScore | None = None
    groups: FoundScore | None = None
    visitors: VisitorsScore | None = None
    touches: TouchesScore | None = None
    shelves: ShelvesScore | None = None
    help: HelpScore | None = None
    receipts: ReceiptScore | None = None
    missing: list[Missing]
