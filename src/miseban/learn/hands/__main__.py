"""``python -m miseban.learn.hands FOLDER``: learns how goods look that go or come, and hands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import miseban.vision.hands
from miseban.learn.hands.days import GOODS, HANDS, SHORT_S, Days, Known, named, of_folder
from miseban.learn.hands.filming import Film, cameras, filmed
from miseban.learn.hands.fitting import fitted, fitted_together
from miseban.learn.hands.hands import held_out
from miseban.learn.hands.material import joined, material
from miseban.vision.hands.judge import HAND_WEIGHTS, WEIGHTS, PieceJudge, judge
from miseban.vocabulary.shop import load_shop

SEEDS = (1, 2, 3, 4, 5)
ROUNDS = 1
"""First the shelf is shown as the truth has it, then so often as the network of before takes it
to be: what follows from its mistakes is learnt too (S. Ross and others, AISTATS 2011)."""

MEMBERS = 5
"""The network of hands is the mean of so many."""
HANDS_DECAY = 3e-3
"""How much its large weights cost: fewer hands are known than goods."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m miseban.learn.hands", description=__doc__)
    parser.add_argument(
        "shops", nargs="+", metavar="FOLDER|SHOP[=SEED,…]",
        help="the shops of a folder, on the days that the networks here were learnt from; or shop "
        "files with a scenario beside them, on days of their own",
    )  # fmt: skip
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=SEEDS, help="days of shops that name none"
    )
    parser.add_argument("--seconds", type=float, default=SHORT_S, help="played of these shops")
    parser.add_argument(
        "--out", type=Path, default=Path(miseban.vision.hands.__file__).parent,
        help="the folder where the networks go",
    )  # fmt: skip
    parser.add_argument(
        "--hands-only", action="store_true", help="keeps the network for goods as it is"
    )
    options = parser.parse_args()
    played = partial(days, options.shops, options.seeds, options.seconds)
    if options.hands_only:
        pieces = judge()
    else:
        pieces = learned(list(_filmed(played(GOODS))))  # looked at more than once
        options.out.joinpath(WEIGHTS).write_bytes(pieces.written())
    hands = hands_learned(_filmed(played(HANDS)), pieces)
    options.out.joinpath(HAND_WEIGHTS).write_bytes(hands.written())


def days(shops: Sequence[str], seeds: Sequence[int], until_s: float, known: Known) -> list[Days]:
    """Of ``shops``, those ``known`` where one is a folder."""
    found = []
    for shop in shops:
        if Path(shop).is_dir():
            found += of_folder(Path(shop), known)
        else:
            found.append(named(shop, seeds, until_s))
    return found


def _filmed(played: Sequence[Days]) -> Iterator[Film]:
    """One after the other: each takes a minute and more, and 80 MB for four minutes."""
    for one in played:
        for camera in cameras(load_shop(one.file)):
            for seed in one.seeds:
                film = filmed(one.file, camera, seed, one.until_s)
                sys.stderr.write(f"{one.file.stem} {seed}: {len(film.deeds)} deeds\n")
                yield film


def hands_learned(films: Iterable[Film], pieces: PieceJudge) -> PieceJudge:
    """What tells hands, where ``pieces`` tells goods."""
    known = joined([held_out(film, pieces) for film in films])
    return fitted_together(known, range(MEMBERS), HANDS_DECAY)


def learned(films: list[Film]) -> PieceJudge:
    known = [material(film) for film in films]
    network = fitted(joined(known), seed=0)
    for _ in range(ROUNDS):
        known += [material(film, network) for film in films]
        network = fitted(joined(known), seed=0)
    return network


if __name__ == "__main__":
    main()
