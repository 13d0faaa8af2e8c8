"""A line a thing that happened, which a program can read."""

from __future__ import annotations

import io
import json
import logging
from datetime import datetime

from miseban.camera.process.logs import log, start_logging
from tests.logging_as_before import logging_as_before as _as_before  # noqa: F401


def test_every_line_is_json_with_time_level_and_what_happened() -> None:
    out = io.StringIO()
    start_logging("json", to=out)
    log("hub").info("started", shop="kawaguchi", title="店番")
    logging.getLogger("elsewhere").warning("odd %s", "thing")
    logging.getLogger("elsewhere").info("nobody needs this")
    try:
        raise OSError("no space left")
    except OSError:
        log("hub").exception("failed")
    first, second, third = map(json.loads, out.getvalue().splitlines())
    assert (first["event"], first["level"], first["shop"]) == ("started", "info", "kawaguchi")
    assert first["title"] == "店番"
    assert datetime.fromisoformat(first["timestamp"]).utcoffset() is not None
    assert (second["event"], second["level"]) == ("odd thing", "warning")
    assert "no space left" in third["exception"]


def test_text_is_for_people() -> None:
    out = io.StringIO()
    start_logging("text", to=out)
    log("hub").warning("the disk is full", free_mb=3)
    (line,) = out.getvalue().splitlines()
    assert "the disk is full" in line
    assert "free_mb=3" in line
