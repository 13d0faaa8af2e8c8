"""``python -m miseban.learn.shelf``: learns how full shelves look, from drawn walls of goods."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import miseban.vision.shelf
from miseban.learn.shelf.judging import judged
from miseban.learn.shelf.material import Looks, wall
from miseban.learn.shelf.network import trained
from miseban.learn.shelf.others import judged_others, other_looks
from miseban.vision.shelf.columns import WEIGHTS, ColumnModel
from miseban.vision.shelf.features import features
from miseban.vision.shelf.patches import inputs

SEEDS = (1, 2, 3, 4, 5)
REMEMBERED = 4.0
"""Log odds of columns that were seen before."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m miseban.learn.shelf", description=__doc__)
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS, help="walls to draw")
    parser.add_argument("--hours", type=float, default=1.0, help="played on each")
    parser.add_argument(
        "--out", type=Path, default=Path(miseban.vision.shelf.__file__).with_name(WEIGHTS),
        help="where the network goes; the weights of the judge are printed",
    )  # fmt: skip
    parser.add_argument(
        "--others", action="store_true", help="learn only, with the network that is there, whether "
        "other goods stand in a facing; those weights are printed",
    )  # fmt: skip
    options = parser.parse_args()
    if options.others:
        others = judged_others([other_looks(seed, options.hours) for seed in options.seeds])
        for name, weight in others.items():
            sys.stdout.write(f'    "{name}": {weight},\n')
        return
    walls = []
    for seed in options.seeds:
        walls.append(wall(seed, options.hours, np.random.default_rng(seed)))
        sys.stderr.write(f"wall {seed}: {len(walls[-1].fill)} looks\n")
    model, table = learned(walls)
    options.out.write_bytes(model.written())
    for name, weights in table.items():
        sys.stdout.write(f'    "{name}": ({", ".join(map(str, weights))}),\n')


def learned(walls: list[Looks]) -> tuple[ColumnModel, dict[str, tuple[float, ...]]]:
    """The network for columns, and by feature the weights of the judge."""
    columns = [inputs(one.patches) for one in walls]
    model = trained(
        np.concatenate([one.reshape(-1, one.shape[-1]) for one in columns]),
        np.concatenate([one.taken.ravel() for one in walls]),
        seed=1,
    )
    numbers = [
        features(one.patches, _held(one, model.of(column)))
        for one, column in zip(walls, columns, strict=True)
    ]
    fill, weight = (
        np.concatenate([getattr(w, name) for w in walls]) for name in ("fill", "weight")
    )
    return model, judged(np.concatenate(numbers), fill, weight)


def _held(wall: Looks, odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns that are hidden hold what was there when they were seen."""
    remembered = np.where(wall.taken > 0.5, REMEMBERED, -REMEMBERED)
    return np.asarray(np.where(wall.patches.seen, odds, remembered), np.float32)


if __name__ == "__main__":
    main()
