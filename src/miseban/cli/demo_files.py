"""The shop that the demo plays: a copy of a simulated shop's files, at a busy hour of its day."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from pydantic import BaseModel, ConfigDict

from miseban.sim.scenario.file import beside, load_scenario
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

PEOPLE = 0.3
"""So many times as many people come as the scenario says: all cameras are drawn by one core."""
FPS = 2.0
BUSY = 0.6
"""An hour in which so many times as many come as in the busiest shows a living shop."""
FILLED = timedelta(minutes=25)
"""So long before now the world begins, in an empty shop."""
SOON = {"fall": (120.0, 1500.0, 3600.0), "slow_walk": (30.0, 1200.0), "long_search": (0.0, 900.0)}
"""Seconds from the demo's beginning at which somebody comes to need a hand, so that it shows."""
MARK = "made-by-miseban-demo"


class Stage(BaseModel):
    """What the demo plays. Its shop's day is moved by ``moved_h`` hours, so that it is busy now:
    the shop's hour is that of the clock less ``moved_h``. The world of the cameras began ``at``,
    which was ``begins`` of the scenario's day."""

    model_config = ConfigDict(frozen=True)

    shop_file: Path
    seed: int
    speed: float
    now: datetime
    at: datetime
    begins: time
    moved_h: int
    opens_h: int
    open_h: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; ``hour`` is the hour of the scenario that is played now."""

    shop_file: Path
    seed: int = 1
    speed: float = 1.0
    hour: int | None = None


def prepare(folder: Path, wish: Wish, now: datetime) -> Stage:
    """Writes the shop and its scenario anew into ``folder``, which it may have made before and
    then empties. Raises ``BadInput`` for a shop that is not simulated, and for a folder of somebody
    else's."""
    shop = load_shop(wish.shop_file)
    scenario_file = beside(wish.shop_file)
    scenario = load_scenario(scenario_file, shop)
    real = [camera.id for camera in shop.cameras if not camera.source.startswith("sim:")]
    if real or not shop.cameras:
        where = f"{wish.shop_file}: [[camera]] {', '.join(real)}".rstrip()
        raise BadInput("not-simulated", where, "expected simulated cameras, sim:ID; the demo draws")
    _empty(folder)
    zone = ZoneInfo(here() or shop.shop.timezone)
    local = now.astimezone(zone)
    per_hour = scenario.arrivals.per_hour
    hour = wish.hour if wish.hour is not None else _busy_hour(per_hour, local.hour)
    open_hours = [n for n, rate in enumerate(per_hour) if rate > 0]
    at = (now - FILLED).replace(second=0, microsecond=0)
    moved_h = local.hour - hour
    begins = (at.astimezone(zone) - timedelta(hours=moved_h)).time()
    stage = Stage(
        shop_file=folder / "shop.toml", seed=wish.seed, speed=wish.speed, now=now, at=at,
        begins=begins, moved_h=moved_h, opens_h=open_hours[0],
        open_h=open_hours[-1] + 1 - open_hours[0],
    )  # fmt: skip
    document = tomlkit.parse(wish.shop_file.read_text("utf-8"))
    _table(document["shop"])["timezone"] = zone.key
    for camera in document["camera"]:
        one = _table(camera)
        one["source"] = _played(str(one["source"]), stage)
        one["fps"] = min(FPS, float(one.get("fps", FPS)))
    for shelf in document.get("shelf", []):
        _table(shelf)["tells"] = ["state"]
    if "help" not in document:
        document["help"] = tomlkit.table()
    stage.shop_file.write_text(tomlkit.dumps(document), "utf-8")
    played = tomlkit.parse(scenario_file.read_text("utf-8"))
    _table(played["scenario"])["start"] = datetime.combine(local.date(), time(hour=open_hours[0]))
    _table(played["arrivals"])["per_hour"] = [round(rate * PEOPLE, 1) for rate in per_hour]
    incidents: Any = played.setdefault("incident", tomlkit.aot())
    for kind, at_s in SOON.items():
        table = tomlkit.table()
        table.update({"kind": kind, "at_s": [FILLED.total_seconds() + one for one in at_s]})
        incidents.append(table)
    beside(stage.shop_file).write_text(tomlkit.dumps(played), "utf-8")
    load_scenario(beside(stage.shop_file), load_shop(stage.shop_file))
    return stage


def opening(stage: Stage, day: date, zone: ZoneInfo) -> datetime:
    """When the demo's shop opened on ``day``, in UTC."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return midnight + timedelta(hours=stage.opens_h + stage.moved_h)


def here() -> str | None:
    """The name of this machine's time zone, where it is known."""
    names = [os.environ.get("TZ", "").removeprefix(":")]
    link = Path("/etc/localtime")
    if link.is_symlink():
        names.append(str(link.readlink()).partition("zoneinfo/")[2])
    for name in names:
        if "/" in name and not name.startswith("Etc/"):  # of a place; UTC is where servers are
            try:
                return ZoneInfo(name).key
            except (ValueError, OSError):
                continue
    return None


def _busy_hour(per_hour: tuple[float, ...], hour: int) -> int:
    """``hour`` itself where the shop is busy then, else the hour in which most come."""
    most = max(per_hour)
    return hour if per_hour[hour] >= BUSY * most else per_hour.index(most)


def _played(source: str, stage: Stage) -> str:
    camera = source.partition("?")[0]
    more = f"seed={stage.seed}&from={stage.begins:%H:%M}&at={stage.at:%Y-%m-%dT%H:%M:%SZ}"
    return f"{camera}?{more}" + (f"&speed={stage.speed:g}" if stage.speed != 1.0 else "")


def _empty(folder: Path) -> None:
    if folder.exists():
        if not (folder / MARK).is_file():
            raise BadInput("out", folder, "expected no such folder, or one that the demo made")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("The demo empties this folder whenever it starts.\n", "utf-8")


def _table(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = item
    return found
