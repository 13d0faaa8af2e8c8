"""A process that works for another."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from miseban.camera.process.aside import begin_aside
from miseban.camera.process.logs import log
from miseban.journal.apart import Apart


def warns(what: str) -> None:
    log("aside").warning("look.failed", why=what)


def test_it_logs_a_line_of_json_each_as_all_others(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(Apart(before=begin_aside)) as apart:
        apart.call(warns, "店の\nfile is gone")
        (line,) = capfd.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["why"]) == (
        "look.failed",
        "warning",
        "店の\nfile is gone",
    )
    assert told["timestamp"].endswith("Z")
