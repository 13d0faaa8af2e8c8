"""A shop in which more people than usual come to need a hand, played with the noise of the
simulated detector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from bench.help_cameras import add_cameras
from bench.process import cost
from miseban.sim.scenario.file import beside

SHOPS = Path(__file__).parents[1] / "shops"
AIDS = ("walker", "wheelchair")
TRUTH, DETECTED = "truth", "detected.csv"


def simulated(
    folder: Path,
    name: str,
    seed: int,
    begins: str,
    minutes: float,
    incidents: Iterable[Mapping[str, Any]],
    more_aids: float,
    *,
    exact: bool = False,
    twice: bool = False,
) -> Path:
    """Plays ``minutes`` of the shop ``name`` from ``begins`` on into ``folder``/``TRUTH``, without
    the exact boxes unless ``exact``, and with ``twice`` the cameras. Returns the shop file."""
    shop = folder / f"{name}.toml"
    staged(SHOPS / f"{name}.toml", shop, incidents, more_aids)
    if twice:
        add_cameras(shop)
    length = ("--minutes", f"{minutes:g}", "--from", begins, "--seed", str(seed))
    truth = folder / TRUTH
    cost("simulate", "--shop", str(shop), *length, "--detector", "default", "--out", str(truth))
    if not exact:
        (truth / "tracks.csv").unlink()
    return shop


def staged(
    source: Path, target: Path, incidents: Iterable[Mapping[str, Any]], more_aids: float
) -> None:
    """A copy of the shop and its scenario with help switched on, ``incidents`` besides its own, and
    more people with aids."""
    shop = tomlkit.parse(source.read_text("utf-8"))
    if "help" not in shop:
        shop["help"] = tomlkit.table()
    target.write_text(tomlkit.dumps(shop), "utf-8")
    scenario = tomlkit.parse(beside(source).read_text("utf-8"))
    kinds: Any = scenario["kind"]
    for kind in kinds:
        if kind.get("carries") in AIDS:
            kind["share"] = float(kind["share"]) * more_aids
    tables: Any = scenario.setdefault("incident", tomlkit.aot())
    small = any(kind.get("height_m", [1.5])[0] < 1.4 for kind in kinds)
    for incident in incidents:
        if incident["kind"] != "lost_child" or small:
            table = tomlkit.table()
            table.update(incident)
            tables.append(table)
    beside(target).write_text(tomlkit.dumps(scenario), "utf-8")
