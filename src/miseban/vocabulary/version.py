"""Which miseban this is, as every result and every page says."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("miseban")
except PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "0"
