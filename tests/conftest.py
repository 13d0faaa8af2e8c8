"""What holds for all tests."""

from __future__ import annotations

import sys

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem: str) -> None:
    """Says at once which test ended its process: the summary that names it comes only when all
    others have run, and whoever waits for it may have given up by then."""
    print(f"\n{crashitem} ended its process", file=sys.stderr, flush=True)
