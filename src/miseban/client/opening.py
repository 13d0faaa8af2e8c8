"""``miseban.open``."""

from __future__ import annotations

from pathlib import Path

from miseban.client.local import LocalShop


def open_shop(folder: str | Path, *, shop: str | Path | None = None) -> LocalShop:
    """The shop whose journal lies in ``folder`` (or in ``journal`` below it). ``shop`` is its shop
    file; without it, ``shop.toml`` in that folder or the one above.

    Raises ``BadInput`` where there is no journal or no shop file.
    """
    return LocalShop(Path(folder), None if shop is None else Path(shop))
