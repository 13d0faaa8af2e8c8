"""``python -m miseban.learn.people``: learns the weights of staff and groups, and prints them."""

from __future__ import annotations

import argparse
import sys
from datetime import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.learn.people import groups, staff
from miseban.learn.people.days import Seen, day
from miseban.learn.people.fitting import fit
from miseban.sim.scenario.file import beside, load_scenario
from miseban.space.groups.pairs import FEATURES as GROUPS
from miseban.space.staff.evidence import FEATURES as STAFF
from miseban.vocabulary.shop import Shop, load_shop

PIECES_S = (600.0, 1e9, 150.0)
"""People are lost so often: every ten minutes, never, every two and a half minutes."""
LONG_S = 500.0
"""Groups are learned where pieces are longer: of shorter ones hardly any tells."""
WEIGHT = 2000.0
"""So much does a day weigh, whatever its number of examples."""

Examples = tuple[NDArray[np.float64], NDArray[np.bool_]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m miseban.learn.people", description=__doc__)
    parser.add_argument("--shops", nargs="+", type=Path, default=_shops())
    parser.add_argument("--hours", type=float, default=5.0, help="of each day, from 8 on")
    options = parser.parse_args()
    learned: dict[str, list[Examples]] = {"staff": [], "groups": []}
    for path in options.shops:
        shop = load_shop(path)
        scenario = load_scenario(beside(path), shop).starting_at(time(8))
        for seed, piece_s in enumerate(PIECES_S, start=1):
            seen = Seen(piece_s=piece_s)
            found = day(shop, scenario, seed, options.hours * 3600, seen)
            learned["staff"] += [staff.examples(one, found) for one in _drawings(shop)]
            if piece_s > LONG_S:
                learned["groups"].append(groups.examples(shop, found))
    for name, signs in (("staff", STAFF), ("groups", GROUPS)):
        x, y = (np.concatenate(part) for part in zip(*learned[name], strict=True))
        weight = np.concatenate([np.full(len(y), WEIGHT / len(y)) for _, y in learned[name]])
        for feature, value in fit(x, y, weight, signs).items():
            sys.stdout.write(f"{name} {feature} {value}\n")


def _drawings(shop: Shop) -> list[Shop]:
    """The shop as it is, and without crew zones: not everybody draws them."""
    zones = tuple(zone for zone in shop.zones if zone.kind != "crew")
    same = len(zones) == len(shop.zones)
    return [shop] if same else [shop, shop.model_copy(update={"zones": zones})]


def _shops() -> list[Path]:
    folder = Path(__file__).parents[4] / "shops"
    return [folder / "konbini.toml", folder / "supermarket.toml"]


if __name__ == "__main__":
    main()
