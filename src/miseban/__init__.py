"""Minding the shop: cameras become anonymous facts, beside the lens."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("miseban")
except PackageNotFoundError:  # run from a checkout that was not installed
    __version__ = "0"
