"""What holds for all tests."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, settings

# A test is about what comes out, and these machines are busy: nothing here is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem: str) -> None:
    """Says at once which test ended its process: the summary that names it comes only when all
    others have run, and whoever waits for it may have given up by then."""
    print(f"\n{crashitem} ended its process", file=sys.stderr, flush=True)
