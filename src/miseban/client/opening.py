"""``miseban.open``."""

from __future__ import annotations

from pathlib import Path

from miseban.client.local import LocalShop
from miseban.client.questions import Shop
from miseban.client.remote import RemoteShop
from miseban.vocabulary.errors import BadInput


def open_shop(
    where: str | Path,
    *,
    shop: str | Path | None = None,
    token: str | None = None,
    ca: str | Path | None = None,
) -> Shop:
    """The shop whose journal lies in the folder ``where`` (or in ``journal`` below it), or at the
    hub of that address.

    ``shop`` is the shop file of a folder; without it, ``shop.toml`` there or one above. A hub needs
    an API ``token``, and ``ca``, a file of certificates, where it made its own.

    Raises ``BadInput`` where there is no journal or no shop file, and for a token that is missing.
    """
    if isinstance(where, Path) or "://" not in where:
        if token is not None or ca is not None:
            raise BadInput("folder", where, "expected no token and no ca: this is a folder")
        return LocalShop(Path(where), None if shop is None else Path(shop))
    if shop is not None:
        raise BadInput("address", "shop", "expected no shop file: the hub has its own")
    if token is None:
        raise BadInput("token", "token", "expected an API token: a hub answers nobody without")
    return RemoteShop(where, token=token, ca=ca)
