"""A shop to be asked: the same methods, whether its journal lies here or at a hub."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from types import TracebackType
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

import pandas as pd
from pydantic import ValidationError

from miseban.client.frames import frame
from miseban.insight.questions import QUESTIONS, Answer, By, Question, Weekday
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event

Day = Literal["hour", "day", "whole"]
When = str | date | datetime
"""A moment, or a day of the shop ("2026-04-07"): its beginning, or its end where an end is asked
for. Times without a zone are the shop's."""
Compare = tuple[When, When] | None


class Shop(ABC):
    """Every method asks one question (docs/questions.md) about the time from ``since`` to ``until``
    and answers with a data frame, as ``frames.frame`` describes. ``compare`` is another time, to
    compare with. Without ``until`` the day of ``since`` is asked about.

    Methods raise ``BadInput`` where the question is wrong or the data cannot be read.
    """

    @abstractmethod
    def ask(self, question: Question) -> Answer:
        """The answer as it is, with units, intervals, coverage and bases."""

    @property
    @abstractmethod
    def id(self) -> str:
        """The shop's."""

    @property
    @abstractmethod
    def timezone(self) -> str:
        """The zone of the shop's days, an IANA name."""

    @abstractmethod
    def events(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """Single events, in order of time, as far as they are kept and may be seen."""

    @abstractmethod
    def close(self) -> None: ...

    def visitors(
        self,
        since: When,
        until: When | None = None,
        *,
        by: By = "hour",
        lines: Iterable[str] | None = None,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """``in``, ``out`` and ``visitors`` of all entrances (place "") and every line."""
        return self._frame("visitors", since, until, compare, by=by, lines=lines)

    def occupancy(
        self,
        since: When,
        until: When | None = None,
        *,
        by: By = "hour",
        zones: Iterable[str] | None = None,
        shop_only: bool = False,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """``people_mean``, ``people_max``, ``people_end`` of the shop (place "") and every zone."""
        more = {"zones": zones, "shop_only": shop_only}
        return self._frame("occupancy", since, until, compare, by=by, **more)

    def dwell(
        self,
        since: When,
        until: When | None = None,
        *,
        by: Day = "whole",
        zones: Iterable[str] | None = None,
        weekdays: Iterable[Weekday] | None = None,
        from_hour: int = 0,
        to_hour: int = 24,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """``stays`` in every zone and their lengths: ``mean_s``, ``median_s``, ``p10_s`` to
        ``p90_s``; of some days of the week only, and of some hours of each day."""
        more = {"weekdays": weekdays, "from_hour": from_hour, "to_hour": to_hour}
        return self._frame("dwell", since, until, compare, by=by, zones=zones, **more)

    def queues(
        self,
        since: When,
        until: When | None = None,
        *,
        by: Day = "hour",
        compare: Compare = None,
    ) -> pd.DataFrame:
        """``length_mean``, ``length_max`` and the waiting of every queue."""
        return self._frame("queues", since, until, compare, by=by)

    def areas(
        self,
        since: When,
        until: When | None = None,
        *,
        weekdays: Iterable[Weekday] | None = None,
        from_hour: int = 0,
        to_hour: int = 24,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """Zones by the time spent in them, most first."""
        more = {"weekdays": weekdays, "from_hour": from_hour, "to_hour": to_hour}
        return self._frame("areas", since, until, compare, **more)

    def heat(
        self,
        since: When,
        until: When | None = None,
        *,
        cell_m: float = 0.5,
        weekdays: Iterable[Weekday] | None = None,
        from_hour: int = 0,
        to_hour: int = 24,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """``person_s`` in every cell of the floor, ``x_m``, ``y_m`` its top left corner; of some
        days of the week only, and of some hours of each day."""
        more = {"weekdays": weekdays, "from_hour": from_hour, "to_hour": to_hour}
        return self._frame("heat", since, until, compare, cell_m=cell_m, **more)

    def paths(
        self, since: When, until: When | None = None, *, compare: Compare = None
    ) -> pd.DataFrame:
        """``people`` who went from zone ``place`` straight to zone ``detail``."""
        return self._frame("paths", since, until, compare)

    def routes(
        self, since: When, until: When | None = None, *, compare: Compare = None
    ) -> pd.DataFrame:
        """``people`` who went through the zones of ``place`` (``a>b>c``) one after the other, where
        ``detail`` is ``way``; those who were in a zone ``first`` or ``last``, or in ``none``."""
        return self._frame("routes", since, until, compare)

    def funnel(
        self,
        since: When,
        until: When | None = None,
        *,
        of: Literal["facing", "shelf"] = "facing",
        shelves: Iterable[str] | None = None,
        weekdays: Iterable[Weekday] | None = None,
        from_hour: int = 0,
        to_hour: int = 24,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """From ``passed`` to ``bought`` of every facing, or of every shelf."""
        more = {"weekdays": weekdays, "from_hour": from_hour, "to_hour": to_hour}
        return self._frame("funnel", since, until, compare, of=of, shelves=shelves, **more)

    def instead(
        self,
        since: When,
        until: When | None = None,
        *,
        shelves: Iterable[str] | None = None,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """What ``people`` took at the facing ``detail`` while the facing ``place`` was empty."""
        return self._frame("instead", since, until, compare, shelves=shelves)

    def stock(
        self,
        since: When,
        until: When | None = None,
        *,
        by: Day = "whole",
        shelves: Iterable[str] | None = None,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """Minutes in each state, and the mean ``fill``, of every facing."""
        return self._frame("stock", since, until, compare, by=by, shelves=shelves)

    def cameras(
        self, since: When, until: When | None = None, *, by: Day = "whole", compare: Compare = None
    ) -> pd.DataFrame:
        """What every camera saw, lost and suffered from."""
        return self._frame("cameras", since, until, compare, by=by)

    def alerts(
        self, since: When, until: When | None = None, *, by: Day = "whole", compare: Compare = None
    ) -> pd.DataFrame:
        """How many alerts of every rule, and how soon they were answered."""
        return self._frame("alerts", since, until, compare, by=by)

    def help(
        self, since: When, until: When | None = None, *, by: Day = "whole", compare: Compare = None
    ) -> pd.DataFrame:
        """How often somebody needed a hand, where, and how soon one came."""
        return self._frame("help", since, until, compare, by=by)

    def receipts(
        self, since: When, until: When | None = None, *, by: By = "hour", compare: Compare = None
    ) -> pd.DataFrame:
        """``receipts`` and their ``amount`` by till and currency."""
        return self._frame("receipts", since, until, compare, by=by)

    def sold(
        self,
        since: When,
        until: When | None = None,
        *,
        unplaced: bool = False,
        compare: Compare = None,
    ) -> pd.DataFrame:
        """``pieces`` and ``receipts`` of every product, with where it stands."""
        return self._frame("sold", since, until, compare, unplaced=unplaced)

    def conversion(
        self, since: When, until: When | None = None, *, by: Day = "day", compare: Compare = None
    ) -> pd.DataFrame:
        """``receipts`` through ``visitors``."""
        return self._frame("conversion", since, until, compare, by=by)

    def _frame(
        self, name: str, since: When, until: When | None, compare: Compare, **options: Any
    ) -> pd.DataFrame:
        asked: dict[str, Any] = {"question": name, **self._period(since, until)}
        if compare is not None:
            asked["compare"] = self._period(*compare)
        for key, value in options.items():
            if isinstance(value, str) or not isinstance(value, Iterable):
                asked |= {} if value is None else {key: value}
            else:
                asked[key] = tuple(value)
        try:
            question = QUESTIONS.validate_python(asked)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"][1:])) or name
            raise BadInput("question", where, first["msg"]) from None
        return frame(self.ask(question))

    def _period(self, since: When, until: When | None) -> dict[str, datetime]:
        end = since if until is None else until
        if until is None and not _is_day(since):
            raise BadInput("question", "until", "expected an end, or a day as since")
        return {"since": self._moment(since, end=False), "until": self._moment(end, end=True)}

    def _moment(self, when: When, *, end: bool) -> datetime:
        """A day as an end is all of that day."""
        zone = ZoneInfo(self.timezone)
        if _is_day(when):
            day = date.fromisoformat(when) if isinstance(when, str) else when
            return datetime.combine(day + timedelta(days=end), time(), zone)
        try:
            moment = datetime.fromisoformat(when) if isinstance(when, str) else when
        except ValueError:
            what = f'expected a time such as "2026-04-07T09:00" or a day, found "{when}"'
            raise BadInput("question", "time", what) from None
        assert isinstance(moment, datetime)  # noqa: S101 - days were told apart
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _is_day(when: When) -> bool:
    if isinstance(when, str):
        try:
            date.fromisoformat(when)
        except ValueError:
            return False
        return len(when) <= 10
    return not isinstance(when, datetime)
