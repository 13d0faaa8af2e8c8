"""Minding the shop: cameras become anonymous facts, beside the lens."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miseban.client.local import LocalShop

try:
    __version__ = version("miseban")
except PackageNotFoundError:  # run from a checkout that was not installed
    __version__ = "0"


def open(folder: str | Path, *, shop: str | Path | None = None) -> LocalShop:  # noqa: A001
    """The shop whose journal lies in ``folder``, to be asked: ``docs/client.md``. Loaded here,
    since a camera's process has no pandas."""
    opened: LocalShop = import_module("miseban.client.opening").open_shop(folder, shop=shop)
    return opened
