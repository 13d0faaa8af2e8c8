"""Minding the shop: cameras become anonymous facts, beside the lens."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from miseban.vocabulary.version import VERSION

if TYPE_CHECKING:
    from miseban.client.questions import Shop

# ONNX Runtime's own packages (from 1.29 on) otherwise keep a number for this machine in the user's
# cache and tell its maker of every model that is run. Read once, when it is first loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = VERSION


def open(  # noqa: A001
    where: str | Path,
    *,
    shop: str | Path | None = None,
    token: str | None = None,
    ca: str | Path | None = None,
) -> Shop:
    """The shop whose journal lies in the folder ``where``, or whose hub has that address, to be
    asked: ``docs/client.md``. Loaded here, since a camera's process has no pandas."""
    try:
        opening = import_module("miseban.client.opening")
    except ModuleNotFoundError as error:
        from miseban.vocabulary.errors import BadInput

        what = f"needs what a camera does not: {error.name} (the extra hub)"
        raise BadInput("hub-packages", "miseban.open", what) from None
    opened: Shop = opening.open_shop(where, shop=shop, token=token, ca=ca)
    return opened
