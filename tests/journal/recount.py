"""Roll-ups counted again from single events, one after the other, with nothing of the journal's own
code: plain dictionaries, and clocks of the standard library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import floor, log2
from zoneinfo import ZoneInfo

from miseban.vocabulary.events import (
    EVENT_CLASSES,
    AlertStep,
    CameraHealth,
    Event,
    HelpNeeded,
    HelpStep,
    LineCrossed,
    QueueState,
    ShelfFaced,
    ShelfState,
    ShelfTouched,
    TillReceipt,
    VisitEnded,
    VisitLabelled,
    ZoneLeft,
    ZoneOccupancy,
)

Key = tuple[datetime, str, str, str]
"""Start, what, place, detail."""
Span = tuple[datetime, datetime]
COARSE = {"path", "route", "touch", "instead", "shelf", "sold", "heat"}
TIMED = {"stay", "visit", "alert"}
LAST_BIN = 137
"""Of whatever lasted longer than a day and a half."""


@dataclass
class Row:
    n: int = 0
    total: float = 0.0
    top: float = 0.0
    covered_s: float = 0.0
    bins: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def seconds(a: datetime, b: datetime) -> float:
    return (b - a).total_seconds()


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def stretches(day: date, zone: str, level: str) -> list[datetime]:
    """Where they begin, and the end of the day."""
    start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    if level == "day":
        return [start, end]
    found, at = [start], start
    while (at := at + timedelta(minutes=1)) < end:
        if level == "minute" or at.astimezone(ZoneInfo(zone)).minute == 0:
            found.append(at)
    return [*found, end]


def recount(
    events: Sequence[Event], day: date, zone: str, level: str, carried: dict[str, tuple[str, float]]
) -> tuple[dict[Key, Row], dict[str, tuple[str, float]]]:
    """The rows of a day, and in what its queues and facings ended."""
    return Recount(events, day, zone, level).rows(carried)


class Recount:
    def __init__(self, events: Sequence[Event], day: date, zone: str, level: str) -> None:
        self.start, self.end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        first, last = (midnight(day + timedelta(days=n), zone) for n in (-1, 2))
        by_id = {event.id: event for event in events if first <= event.time < last}
        self.events = sorted(by_id.values(), key=lambda event: (event.time, event.id))
        self.edges = stretches(day, zone, level)
        self.level = level
        self.found: dict[Key, Row] = defaultdict(Row)
        self.staff = self._staff()

    def rows(
        self, carried: dict[str, tuple[str, float]]
    ) -> tuple[dict[Key, Row], dict[str, tuple[str, float]]]:
        counted = (e.time for e in self.events if EVENT_CLASSES[e.type] == "count")
        if not any(self.start <= time < self.end for time in counted):
            carried = {}
        for event in self.events:
            self._event(event)
        self._firsts()
        if self.level == "day":
            self._ways()
        self._alerts()
        self._cameras()
        ends = self._lasting(carried)
        if self.level == "minute":
            kept = {key: row for key, row in self.found.items() if key[1] not in COARSE}
            return kept, ends
        return dict(self.found), ends

    def _staff(self) -> set[str]:
        told = [e for e in self.events if isinstance(e, VisitEnded | VisitLabelled)]
        told.sort(key=lambda e: (isinstance(e, VisitLabelled), e.time, e.id))
        roles: dict[str, str | None] = {}
        for event in told:
            if event.role is not None or isinstance(event, VisitLabelled):
                roles[event.visit] = event.role
        return {visit for visit, role in roles.items() if role == "staff"}

    def _row(self, when: datetime, what: str, place: str, detail: str = "") -> Row | None:
        if not self.start <= when < self.end:
            return None
        begin = max(edge for edge in self.edges[:-1] if edge <= when)
        return self.found[begin, what, place, detail]

    def _add(
        self,
        when: datetime,
        what: str,
        place: str,
        detail: str = "",
        value: float | None = None,
        top: float | None = None,
        covered_s: float = 0.0,
    ) -> None:
        row = self._row(when, what, place, detail)
        if row is None:
            return
        row.n += 1
        row.covered_s += covered_s
        row.top = max(row.top, top if top is not None else value or 0.0)
        if value is not None:
            row.total += value
            if what in TIMED and self.level != "minute":
                row.bins[0 if value < 1 else min(floor(8 * log2(value) + 1e-12) + 1, LAST_BIN)] += 1

    def _span(
        self,
        span: Span,
        what: str,
        place: str,
        detail: str,
        rate: float,
        *,
        covers: bool,
        top: float = 0,
    ) -> None:
        for begin, end in zip(self.edges, self.edges[1:], strict=False):
            a, b = max(span[0], begin), min(span[1], end)
            if b > a:
                row = self.found[begin, what, place, detail]
                row.total += rate * seconds(a, b)
                row.n += (what, detail) == ("occupancy", "staff")
                row.top = max(row.top, top)
                row.covered_s += seconds(a, b) if covers else 0.0

    def _event(self, e: Event) -> None:
        crew = getattr(e, "visit", None) in self.staff
        if isinstance(e, LineCrossed):
            self._add(e.time, "line", e.line, e.direction)
            if crew:
                self._add(e.time, "line", e.line, f"{e.direction}/staff")
        elif isinstance(e, ZoneLeft):
            self._add(e.time, "stay", e.zone, "staff" if crew else "", e.dwell_s)
            if crew:
                span = e.time - timedelta(seconds=e.dwell_s), e.time
                self._span(span, "occupancy", e.zone, "staff", 1.0, covers=False)
        elif isinstance(e, ZoneOccupancy):
            began = e.time - timedelta(seconds=e.period_s)
            covered = e.period_s * e.coverage
            self._add(began, "occupancy", e.zone, "", e.person_s, e.people_max, covered)
        elif isinstance(e, VisitEnded):
            stay = seconds(e.started, e.time)
            self._add(e.time, "visit", e.camera or "", "staff" if crew else "", stay)
            pairs = set(zip(e.areas, e.areas[1:], strict=False))
            for a, b in (pair for pair in pairs if pair[0] != pair[1] and not crew):
                self._add(e.time, "path", a, b)
        elif isinstance(e, ShelfTouched) and not crew:
            self._add(e.time, "touch", f"{e.shelf}/{e.facing}", e.kind)
        elif isinstance(e, TillReceipt):
            self._add(e.time, "receipt", e.till, e.currency, e.total)
            for gtin in {line.gtin for line in e.lines}:
                pieces = sum(line.quantity for line in e.lines if line.gtin == gtin)
                self._add(e.time, "sold", gtin, "", float(pieces))
        elif isinstance(e, HelpNeeded):
            self._add(e.time, "help", e.zone or "", e.kind)
        elif isinstance(e, QueueState):
            self._add(e.time, "queue", e.zone, "first", None, e.waiting_s)

    def _firsts(self) -> None:
        seen: set[tuple[str, str, str]] = set()
        for e in self.events:
            if not isinstance(e, ShelfTouched) or e.visit is None or e.visit in self.staff:
                continue
            if not self.start <= e.time < self.end:
                continue
            place = f"{e.shelf}/{e.facing}"
            for name in ("visits", "picked") if e.kind == "pick_up" else ("visits",):
                if (e.visit, place, name) not in seen:
                    seen.add((e.visit, place, name))
                    self._add(e.time, "touch", place, name)
        self._kept()
        self._faced()

    def _faced(self) -> None:
        day = [e for e in self.events if self.start <= e.time < self.end]
        stood = [e for e in day if isinstance(e, ShelfFaced) and e.visit not in self.staff]
        first: dict[tuple[str, str], datetime] = {}
        for e in [*stood, *self._today()] if stood else ():
            key = (e.visit or "", f"{e.shelf}/{e.facing}")
            first[key] = min(first.get(key, e.time), e.time)
        for (_, place), when in first.items():
            self._add(when, "touch", place, "faced")

    def _today(self) -> list[ShelfTouched]:
        return [
            e
            for e in self.events
            if isinstance(e, ShelfTouched) and e.visit is not None
            if e.visit not in self.staff and self.start <= e.time < self.end
        ]

    def _kept(self) -> None:
        began: dict[tuple[str, str, str], datetime] = {}
        net: dict[tuple[str, str, str], int] = defaultdict(int)
        for e in self._today():
            key = (e.visit or "", e.shelf, e.facing)
            net[key] += {"pick_up": 1, "put_back": -1, "reach": 0}[e.kind]
            if e.kind == "pick_up":
                began.setdefault(key, e.time)
        for key, first in began.items():
            if net[key] > 0:
                self._add(first, "touch", f"{key[1]}/{key[2]}", "kept", float(net[key]))

    def _instead(self, empty: list[tuple[str, datetime, datetime]]) -> None:
        seen: set[tuple[str, str, str]] = set()
        for e in self._today():
            there = f"{e.shelf}/{e.facing}"
            for place, since, until in empty:
                if place.split("/")[0] != e.shelf or not since <= e.time < until:
                    continue
                details = [""] if place == there or e.kind != "pick_up" else ["", there]
                for detail in details:
                    if (e.visit or "", place, detail) not in seen:
                        seen.add((e.visit or "", place, detail))
                        self._add(e.time, "instead", place, detail)

    def _ways(self) -> None:
        walked: list[list[str]] = []
        whole = [e for e in self.events if isinstance(e, VisitEnded) and e.visit not in self.staff]
        whole = [e for e in whole if self.start <= e.time < self.end]
        for e in whole:
            if any(one.camera is None for one in whole) and e.camera is not None:
                continue
            areas = [b for a, b in zip([None, *e.areas], e.areas, strict=False) if a != b]
            walked.append(areas)
            self._add(e.time, "route", "", "visits")
        told = [("", way, n) for way, n in ways(walked).items()]
        first = ends([areas[0] if areas else "" for areas in walked])
        last = ends([areas[-1] if areas else "" for areas in walked])
        told += [("first", area, n) for area, n in first.items() if area]
        told += [("last", area, n) for area, n in last.items() if area]
        if first.get("") and last.get(""):
            told.append(("none", "", first[""]))
        for detail, place, n in told:
            for _ in range(n):
                self._add(self.start, "route", place, detail)

    def _alerts(self) -> None:
        for kind in (AlertStep, HelpStep):
            steps = [e for e in self.events if isinstance(e, kind)]
            raised = [(e.alert, e.time) for e in steps if e.step == "raised"]
            for e in steps:
                before = [time for alert, time in raised if alert == e.alert and time <= e.time]
                value = seconds(max(before), e.time) if before and e.step != "raised" else None
                if isinstance(e, AlertStep):
                    self._add(e.time, "alert", e.rule, e.step, value)
                else:
                    self._add(e.time, "help", e.zone or "", f"step-{e.step}", value)

    def _lost(self) -> dict[str, list[Span]]:
        lost: dict[str, list[Span]] = defaultdict(list)
        for e in self.events:
            if isinstance(e, CameraHealth):
                lost[e.camera or ""].append((e.time - timedelta(seconds=e.gap_s), e.time))
        return {camera: union(spans) for camera, spans in lost.items()}

    def _cameras(self) -> None:
        lost = self._lost()
        there: dict[str, list[Span]] = defaultdict(list)
        ill: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for e in self.events:
            if isinstance(e, CameraHealth):
                camera = e.camera or ""
                if e.fps > 0 and e.state != "gap":
                    there[camera].append((e.time - timedelta(seconds=930), e.time))
                if e.state == "gap":
                    self._add(e.time, "gap", camera)
                elif e.state != "ok":
                    ill[camera, e.state].append((e.since or e.time, e.time))
                    if e.phase == "begins":
                        self._add(e.time, "gap", camera, e.state)
            elif isinstance(e, ZoneOccupancy) and e.camera:
                there[e.camera].append((e.time - timedelta(seconds=e.period_s), e.time))
        for camera, spans in there.items():
            for span in less(union(spans), lost.get(camera, [])):
                self._span(span, "gap", camera, "", 0.0, covers=True)
        for camera, spans in lost.items():
            for span in spans:
                self._span(span, "gap", camera, "", 1.0, covers=False)
        for (camera, state), spans in ill.items():
            for span in union(spans):
                self._span(span, "gap", camera, state, 1.0, covers=False)

    def _lasting(self, carried: dict[str, tuple[str, float]]) -> dict[str, tuple[str, float]]:
        counted = [e.time for e in self.events if EVENT_CLASSES[e.type] == "count"]
        known_until = min(self.end, max(counted, default=self.start))
        now = {place: (self.start, state) for place, state in carried.items()}
        eyes: dict[str, str] = {}
        steps: list[tuple[str, datetime, datetime, tuple[str, float]]] = []
        for e in self.events:
            if isinstance(e, QueueState):
                place, state = f"queue/{e.zone}", ("", float(e.length))
                if self.start <= e.time < self.end:
                    eyes[place] = e.camera or ""
            elif isinstance(e, ShelfState):
                place, state = f"shelf/{e.shelf}/{e.facing}", (e.state, e.fill)
            else:
                continue
            if self.start <= e.time < self.end:
                if isinstance(e, ShelfState) and now.get(place, ("", ("",)))[1][0] != e.state:
                    self._add(e.time, "shelf", f"{e.shelf}/{e.facing}", e.state)
                if place in now:
                    steps.append((place, now[place][0], e.time, now[place][1]))
                now[place] = (e.time, state)
        steps += [(place, since, known_until, state) for place, (since, state) in now.items()]
        self._instead([
            (place.partition("/")[2], since, until)
            for place, since, until, (word, _) in steps
            if place.startswith("shelf/") and word == "empty"
        ])  # fmt: skip
        lost = self._lost()
        for place, since, until, (word, number) in steps:
            kind, _, name = place.partition("/")
            if kind == "shelf":
                self._span((since, until), "shelf", name, word, 1.0, covers=True)
                self._span((since, until), "shelf", name, "fill", number, covers=True)
                continue
            for span in less([(since, until)], lost.get(eyes.get(place, ""), [])):
                self._span(span, "queue", name, "", number, covers=True, top=number)
        return {place: state for place, (_, state) in now.items()}


def ends(areas: list[str]) -> dict[str, int]:
    told = sorted((areas.count(one), one) for one in set(areas) if areas.count(one) >= 5)
    while told and len(areas) - sum(n for n, _ in told) in range(1, 5):
        told.pop(0)
    return {one: n for n, one in told}


def ways(walked: list[list[str]]) -> dict[str, int]:
    """By what stands at each place, and by looking through all visits again and again."""

    def went(way: tuple[str, ...]) -> set[int]:
        text = f"|{'|'.join(way)}|"
        return {n for n, areas in enumerate(walked) if text in f"|{'|'.join(areas)}|"}

    names = sorted({name for areas in walked for name in areas})
    told: list[tuple[str, ...]] = [(a, b) for a in names for b in names if len(went((a, b))) >= 5]
    found: dict[str, int] = {}
    for _ in range(4):
        longer = [(*way, name) for way in told for name in names if (*way[1:], name) in told]
        longer = [way for way in longer if len(went(way)) >= 5]
        longer = [w for w in longer if len(went(w[:-1])) - len(went(w)) not in range(1, 5)]
        longer = [w for w in longer if len(went(w[1:])) - len(went(w)) not in range(1, 5)]
        numbers = sorted((len(went(way)) for way in longer), reverse=True)
        longer = [way for way in longer if len(numbers) <= 100 or len(went(way)) > numbers[100]]
        due = sorted({(way[:-1], 0) for way in longer} | {(way[1:], 1) for way in longer})
        while due:
            changed = set()
            for part, at in due:
                while True:
                    beyond = [way for way in longer if way[at : len(way) - 1 + at] == part]
                    rest = went(part).difference(*map(went, beyond))
                    if not beyond or not 0 < len(rest) < 5:
                        break
                    least = min(beyond, key=lambda way: (len(went(way)), way))
                    longer.remove(least)
                    changed |= {(least[:-1], 0), (least[1:], 1)}
            due = sorted(changed)
        told = longer
        found |= {">".join(way): len(went(way)) for way in longer}
    return found


def union(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for a, b in sorted(spans):
        if b <= a:
            continue
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        else:
            found.append((a, b))
    return found


def less(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    found = list(spans)
    for c, d in taken:
        found = [
            part for a, b in found for part in ((a, min(b, c)), (max(a, d), b)) if part[0] < part[1]
        ]
    return found
