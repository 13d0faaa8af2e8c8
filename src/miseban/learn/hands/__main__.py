"""``python -m miseban.learn.hands SHOP…``: learns how goods look that go or come, by hands."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import miseban.vision.hands
from miseban.learn.hands.filming import Film, cameras, filmed
from miseban.learn.hands.fitting import fitted
from miseban.learn.hands.material import joined, material
from miseban.vision.hands.judge import WEIGHTS, PieceJudge
from miseban.vocabulary.shop import load_shop

SEEDS = (1, 2, 3, 4, 5)
LONG_S = 240.0
ROUNDS = 1
"""First the shelf is shown as the truth has it, then so often as the network of before takes it
to be: what follows from its mistakes is learnt too (S. Ross and others, AISTATS 2011)."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m miseban.learn.hands", description=__doc__)
    parser.add_argument("shops", nargs="+", type=Path, metavar="SHOP",
                        help="shop files with a scenario beside them")  # fmt: skip
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS, help="days to draw")
    parser.add_argument("--seconds", type=float, default=LONG_S, help="played of each")
    parser.add_argument(
        "--out", type=Path, default=Path(miseban.vision.hands.__file__).with_name(WEIGHTS),
        help="where the network goes",
    )  # fmt: skip
    options = parser.parse_args()
    films = []
    for file in options.shops:
        for camera in cameras(load_shop(file)):
            for seed in options.seeds:
                films.append(filmed(file, camera, seed, options.seconds))
                sys.stderr.write(f"{file.stem} {seed}: {len(films[-1].deeds)} deeds\n")
    options.out.write_bytes(learned(films).written())


def learned(films: list[Film]) -> PieceJudge:
    known = [material(film) for film in films]
    judge = fitted(joined(known), seed=0)
    for _ in range(ROUNDS):
        known += [material(film, judge) for film in films]
        judge = fitted(joined(known), seed=0)
    return judge


if __name__ == "__main__":
    main()
