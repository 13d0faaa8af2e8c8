"""How many of the unseen seeds a suite plays: enough for its figure in some ten minutes of
processor time, or all of them."""

from __future__ import annotations

import os

LONG = os.environ.get("MISEBAN_LONG", "") not in ("", "0")


def unseen(few: int, many: int, first: int = 11) -> range:
    """The ``few`` first of ``many`` seeds from ``first`` on; all with ``MISEBAN_LONG=1``. Always
    the first ones: which seeds are played never hangs on what came out."""
    return range(first, first + (many if LONG else few))


def told(seeds: range) -> str:
    """In words: ``seed 11`` or ``seeds 11 to 13``."""
    return f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"seed {seeds[0]}"
