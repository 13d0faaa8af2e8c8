"""``sim:ID?…``: which camera of which simulated shop, when, and how fast."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import is_name

FORM = (
    "sim:ID[?shop=FILE&scenario=FILE&seed=N&from=HH:MM&pace=live|full"
    "&at=YYYY-MM-DDTHH:MM:SSZ&speed=N]"
)
SLOWEST, FASTEST = 0.1, 10.0


@dataclass(frozen=True, slots=True)
class Address:
    """What ``sim:...`` says; ``shop`` and ``scenario`` are none where it leaves them out. ``at``
    is when its scenario begins to be played, ``speed`` how many times as fast as time."""

    camera: str
    shop: Path | None = None
    scenario: Path | None = None
    seed: int = 1
    begins: dt.time | None = None
    paced: bool = True
    at: dt.datetime | None = None
    speed: float = 1.0


def parse_simulated(address: str, base: Path | None = None) -> Address:
    """Reads ``FORM``; relative files start from ``base`` (else the working folder). Raises
    ``BadInput``."""
    camera, _, query = address.removeprefix("sim:").partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise bad_address(address, f"expected {FORM}") from None
    options = dict(pairs)
    if not is_name(camera) or len(options) < len(pairs):
        raise bad_address(address, f"expected {FORM}")
    known = ("shop", "scenario", "seed", "from", "pace", "at", "speed")
    unknown = [key for key in options if key not in known]
    if unknown:
        raise bad_address(address, f"expected {', '.join(known)} after ?, found {unknown[0]!r}")
    seed, begins, pace = options.get("seed", "1"), options.get("from"), options.get("pace", "live")
    if not re.fullmatch(r"[0-9]{1,9}", seed):
        raise bad_address(address, f"expected seed=0 to seed=999999999, found {seed!r}")
    if pace not in ("live", "full"):
        raise bad_address(address, f"expected pace=live or pace=full, found {pace!r}")
    at, speed = _moment(options.get("at"), address), _speed(options.get("speed"), address)
    if pace == "full" and (at is not None or speed != 1.0):
        raise bad_address(address, "expected at= and speed= with pace=live alone")
    files = {
        key: (base or Path()) / options[key] if options.get(key) else None
        for key in ("shop", "scenario")
    }
    return Address(
        camera,
        files["shop"],
        files["scenario"],
        int(seed),
        None if begins is None else time_of_day(begins, address),
        pace == "live",
        at,
        speed,
    )


def time_of_day(text: str, where: str) -> dt.time:
    """``HH:MM``. Raises ``BadInput``."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if match is None:
        raise bad_address(where, f"expected from 00:00 to 23:59, found {text!r}")
    return dt.time(int(match[1]), int(match[2]))


def bad_address(address: str, what: str) -> BadInput:
    return BadInput("bad-simulated-camera", address, what)


def _moment(text: str | None, where: str) -> dt.datetime | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        what = f"expected a moment in UTC such as 2026-04-07T08:00:00Z, found {text!r}"
        raise bad_address(where, what) from None


def _speed(text: str | None, where: str) -> float:
    if text is None:
        return 1.0
    if re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", text) and SLOWEST <= float(text) <= FASTEST:
        return float(text)
    raise bad_address(where, f"expected speed={SLOWEST:g} to speed={FASTEST:g}, found {text!r}")
