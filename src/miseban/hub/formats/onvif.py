"""ONVIF events as JSON over MQTT, as Profile M has them ("onvif-ej").

Topic and payload are those of the ONVIF Core Specification, "Event Broker"; sources and data of a
rule those of the Analytics Service Specification, annex "Specified Rules".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from miseban.vocabulary.errors import BadInput

CROSSED: Final = "RuleEngine/LineDetector/Crossed"
COUNTER: Final = "RuleEngine/CountAggregation/Counter"
OCCUPANCY: Final = "RuleEngine/CountAggregation/OccupancyCounter"
_LARGEST: Final = 64_000
_PEOPLE: Final = frozenset({"human", "person", "humanbody", "humanface", "face"})
_UNFIT: Final = re.compile(r"[#+/\x00]")


@dataclass(frozen=True, slots=True)
class OnvifEvent:
    """``topic`` is without prefix and namespace (``tns1:``). ``source`` and ``data`` are the simple
    items, as text; elements with an inside of their own are left out."""

    device: str
    topic: str
    time: datetime
    source: dict[str, str]
    data: dict[str, str]

    @property
    def rule(self) -> str:
        return self.source.get("Rule") or self.source.get("RuleName") or ""

    @property
    def of_people(self) -> bool:
        """Whether it tells of people, or does not say of what."""
        told = self.data.get("ClassTypes") or self.data.get("Class") or ""
        kinds = {kind.lower() for kind in told.split()}
        return not kinds or bool(kinds & _PEOPLE)


def read_onvif(topic: str, payload: bytes) -> OnvifEvent | None:
    """The event that a device published; none for an empty payload, which takes a property back.
    Raises ``BadInput`` (``bad-onvif``) naming the topic."""
    found = re.fullmatch(r"(.+?)/onvif-ej/([^&]+?)(?:/&.*)?", topic)
    where = ascii(topic[:200])
    if found is None:
        raise BadInput("bad-onvif", where, "expected a topic of the form PREFIX/onvif-ej/TOPIC")
    if not payload:
        return None
    if len(payload) > _LARGEST:
        raise BadInput("bad-onvif", where, f"expected at most {_LARGEST} bytes")
    try:
        told = json.loads(payload.decode("utf-8-sig"), parse_constant=str)
    except (ValueError, RecursionError):  # no UTF-8, no JSON, a number of thousands of digits
        raise BadInput("bad-onvif", where, "expected JSON in UTF-8") from None
    if not isinstance(told, dict):
        raise BadInput("bad-onvif", where, "expected an object with UtcTime, Source and Data")
    return OnvifEvent(
        device=found[1],
        topic=re.sub(r"\btns1:", "", found[2]),
        time=_time(told.get("UtcTime"), where),
        source=_items(told.get("Source"), where),
        data=_items(told.get("Data"), where),
    )


def write_onvif(event: OnvifEvent) -> tuple[str, bytes]:
    """Topic and payload. Values of the source stand in the topic in the order of ``source``,
    without the signs that mean something in a topic."""
    values = "/".join(_UNFIT.sub("-", value) for value in event.source.values())
    topic = f"{event.device}/onvif-ej/{event.topic}" + (f"/&{values}" if values else "")
    told = {
        "UtcTime": utc(event.time),
        "Source": event.source,
        "Data": event.data,
    }
    return topic, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def utc(time: datetime) -> str:
    """As ONVIF writes it: ``2026-04-01T09:30:00.000Z``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(found: Any, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(found)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        time = time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadInput("bad-onvif", where, "expected UtcTime, a time in UTC") from None
    if not 2000 <= time.year < 2100:
        raise BadInput("bad-onvif", where, "expected UtcTime in this century")
    return time


def _items(found: Any, where: str) -> dict[str, str]:
    """Items as an object, or as some devices still write them:
    ``{"SimpleItem": [{"Name": ..., "Value": ...}]}``."""
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadInput("bad-onvif", where, "expected Source and Data to be objects")
    simple = found.get("SimpleItem")
    if isinstance(simple, list):
        pairs = [(i.get("Name"), i.get("Value")) for i in simple if isinstance(i, dict)]
    else:
        pairs = list(found.items())
    return {str(name): _word(value) for name, value in pairs if _is_simple(value)}


def _is_simple(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _word(value: Any) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)
