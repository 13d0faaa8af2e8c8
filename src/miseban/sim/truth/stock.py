"""Writes what happened to the goods as tables: stock by facing and minute, and every receipt."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np

from miseban.sim.truth.occupancy import PERIOD_S
from miseban.sim.world.goods import Goods
from miseban.sim.world.records import What

_COUNTED: dict[str, What] = {
    "taken": "take",
    "put_back": "put_back",
    "refilled": "refilled",
    "lost": "lost",
    "substituted": "substituted",
    "delivered": "delivered",
    "sold": "sold",
    "stolen": "stolen",
}
"""Columns, and the changes whose pieces they count."""


def write_stock(path: Path, goods: Goods, start: datetime, duration_s: float) -> None:
    """``stock.csv``: at the end of each minute of the clock, ``time_s`` seconds after the start,
    how many pieces of each facing there are, and what happened in that minute."""
    first = PERIOD_S - start.timestamp() % PERIOD_S
    ends = [*np.arange(first, duration_s, PERIOD_S).tolist(), duration_s]
    shelf, back = dict(goods.on_shelf_at_start), dict(goods.in_back_at_start)
    changes = goods.changes
    with path.open("w", encoding="utf-8", newline="\n") as file:
        columns = ",".join(_COUNTED)
        file.write(f"time_s,shelf,facing,pieces,fill,back_room,{columns}\n")
        k = 0
        for end_s in ends:
            counts: Counter[tuple[str, What]] = Counter()
            while k < len(changes) and changes[k].time_s <= end_s:
                change = changes[k]
                counts[change.key, change.what] += change.count
                shelf[change.key], back[change.key] = change.pieces_after, change.back_room_after
                k += 1
            for key, place in goods.places.items():
                fill = shelf[key] / place.capacity
                stock = f"{shelf[key]},{fill:.4f},{back[key]}"
                numbers = ",".join(str(counts[key, what]) for what in _COUNTED.values())
                file.write(f"{end_s:.3f},{place.shelf},{place.facing},{stock},{numbers}\n")


def write_receipts(path: Path, goods: Goods, duration_s: float) -> None:
    """``receipts.csv``: a row for each line of each receipt, with who paid, of which group."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("time_s,till,receipt,group,person,shelf,facing,gtin,quantity,price\n")
        for receipt in goods.receipts:
            if receipt.time_s > duration_s:
                break
            row = f"{receipt.time_s:.6f},{receipt.till},{receipt.number}"
            for sale in receipt.lines:
                place = goods.places[sale.key]
                who = f"{receipt.group},{receipt.person}"
                what = f"{place.shelf},{place.facing},{sale.gtin},{sale.quantity},{sale.price}"
                file.write(f"{row},{who},{what}\n")
