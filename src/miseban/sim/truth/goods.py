"""The exact events of goods: hands at shelves, shelves that empty and fill, receipts."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

from miseban.sim.world.goods import Goods
from miseban.sim.world.records import Receipt
from miseban.vocabulary.events import (
    Event,
    ReceiptLine,
    ShelfState,
    ShelfTouched,
    Stocked,
    TillReceipt,
    Touch,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop

LOW = 3
"""A facing with one part in so many of its capacity, or less, is low."""
_TOUCHES: dict[str, Touch] = {"touch": "reach", "take": "pick_up", "put_back": "put_back"}


def stocked(pieces: int, capacity: int) -> Stocked:
    """How a facing with so many pieces looks."""
    if pieces == 0:
        return "empty"
    return "low" if LOW * pieces <= capacity else "full"


def goods_events(
    goods: Goods, shop: Shop, visits: dict[int, str], start: datetime, duration_s: float, seed: int
) -> list[Event]:
    """What happened to the goods in the first ``duration_s`` seconds after ``start`` (UTC), in
    order of time. ``visits`` are the visit ids by person."""
    ids = EventIds(random.Random(f"{seed}/goods"))
    cameras = {shelf.id: shelf.camera for shelf in shop.shelves}
    states: dict[str, Stocked] = {}
    events: list[Event] = []

    def see(key: str, pieces: int, time_s: float) -> None:
        place = goods.places[key]
        state = stocked(pieces, place.capacity)
        if states.get(key) != state:
            states[key] = state
            events.append(
                ShelfState(
                    id=ids.at(start.timestamp() + time_s),
                    time=start + timedelta(seconds=time_s),
                    shop=shop.shop.id,
                    camera=cameras[place.shelf],
                    shelf=place.shelf,
                    facing=place.facing,
                    fill=pieces / place.capacity,
                    state=state,
                    confidence=1.0,
                )
            )

    for key, pieces in goods.on_shelf_at_start.items():
        see(key, pieces, 0.0)
    for change in goods.changes:
        if change.time_s > duration_s:
            break
        touch = _TOUCHES.get(change.what)
        place = goods.places[change.key]
        if touch is not None and change.person_id is not None:
            events.append(
                ShelfTouched(
                    id=ids.at(start.timestamp() + change.time_s),
                    time=start + timedelta(seconds=change.time_s),
                    shop=shop.shop.id,
                    camera=cameras[place.shelf],
                    shelf=place.shelf,
                    facing=place.facing,
                    kind=touch,
                    visit=visits[change.person_id],
                    confidence=1.0,
                )
            )
        see(change.key, change.pieces_after, change.time_s)
    events += [
        _printed(receipt, goods.terms.currency, shop.shop.id, start, ids)
        for receipt in goods.receipts
        if receipt.time_s <= duration_s
    ]
    return sorted(events, key=lambda event: (event.time, event.id))


def _printed(
    receipt: Receipt, currency: str, shop_id: str, start: datetime, ids: EventIds
) -> TillReceipt:
    """Pieces of one product at one price share a line, from whatever facing."""
    sold: Counter[tuple[str, int]] = Counter()
    for sale in receipt.lines:
        sold[sale.gtin, sale.price] += sale.quantity
    lines = tuple(
        ReceiptLine(gtin=gtin, quantity=quantity, price=price)
        for (gtin, price), quantity in sold.items()
    )
    return TillReceipt(
        id=ids.at(start.timestamp() + receipt.time_s),
        time=start + timedelta(seconds=receipt.time_s),
        shop=shop_id,
        till=receipt.till,
        receipt=str(receipt.number),
        currency=currency,
        lines=lines,
        total=sum(line.quantity * line.price for line in lines),
    )
