"""Events of shelves, help, tills and visits with roles, at seconds since the start."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from miseban.vocabulary.events import (
    Event,
    HelpEnded,
    HelpKind,
    HelpNeeded,
    ReceiptLine,
    Role,
    ShelfState,
    ShelfTouched,
    Stocked,
    TillReceipt,
    Touch,
    VisitEnded,
)
from tests.insight.sample import Maker

FILL: dict[Stocked, float] = {"full": 1.0, "low": 0.25, "empty": 0.0}


class Floor(Maker):
    """A maker of such events; ``green`` and ``oolong`` stand on the shelf ``tea``."""

    def touch(self, at_s: float, facing: str = "green", kind: Touch = "pick_up") -> None:
        fields = {"shelf": "tea", "facing": facing, "kind": kind, "confidence": 1.0}
        self._add(ShelfTouched.model_validate(self._fields(at_s) | fields))

    def state(self, at_s: float, state: Stocked, facing: str = "green") -> None:
        fields: dict[str, object] = {"shelf": "tea", "facing": facing, "state": state}
        fields |= {"fill": FILL.get(state, 0.5), "confidence": 1.0}
        self._add(ShelfState.model_validate(self._fields(at_s) | fields))

    def help(
        self,
        at_s: float,
        kind: HelpKind = "fall",
        *,
        until_s: float | None = None,
        x: float = 5.0,
        unit: Literal["m", "px"] = "m",
    ) -> None:
        name = f"h{len(self.events)}"
        fields: dict[str, object] = {"help": name, "kind": kind, "place": (x, 5.0)}
        fields |= {"unit": unit, "confidence": 1.0}
        self._add(HelpNeeded.model_validate(self._fields(at_s) | fields))
        if until_s is not None:
            self._add(HelpEnded.model_validate(self._fields(until_s) | {"help": name}))

    def receipt(
        self,
        at_s: float,
        *lines: tuple[str, int, int],
        till: str = "till-1",
        currency: str = "JPY",
    ) -> None:
        """Lines of (gtin, quantity, price)."""
        sold = [ReceiptLine(gtin=g, quantity=q, price=p) for g, q, p in lines]
        fields: dict[str, object] = {
            "till": till,
            "receipt": str(len(self.events)),
            "currency": currency,
        }
        fields |= {"lines": sold, "total": sum(q * p for _, q, p in lines)}
        self._add(TillReceipt.model_validate(self._fields(at_s) | fields))

    def walk(
        self,
        at_s: float,
        visit: str,
        seconds: int = 60,
        *,
        y: float = 0.0,
        x: float = 0.0,
        role: Role | None = None,
        group: str | None = None,
    ) -> None:
        """Along x at half a metre a second."""
        t = tuple(at_s + n for n in range(seconds + 1))
        ended: dict[str, object] = {
            "visit": visit, "t": t, "x": tuple(x + n / 2 for n in range(seconds + 1)),
            "y": tuple(y for _ in t), "unit": "m", "areas": (), "stitched": 1, "role": role,
            "group": group,
        }  # fmt: skip
        fields = self._fields(at_s + seconds)
        ended["started"] = self.time(at_s)
        self._add(VisitEnded.model_validate(fields | ended))

    def time(self, at_s: float) -> object:
        return self._fields(at_s)["time"]

    def _add(self, event: Event) -> None:
        self.events.append(event)


def sooner(event: Event, by_s: float) -> Event:
    return event.model_copy(update={"time": event.time - timedelta(seconds=by_s)})
