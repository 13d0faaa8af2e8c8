"""A hub with a year of a shop behind it, in a process of its own: ``python -m bench.screens_hub``.

Its clock begins a minute before the year's newest event. A line ``{"port": …}`` on standard output
says that its door is open; it ends when standard input does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.shop_year import SHOP_FILE
from miseban.hub.people.identity import CONSOLE
from miseban.hub.running.box import Box
from miseban.hub.running.command import run_hub
from miseban.journal.reader import JournalReader
from miseban.web.site import add_pages

LOGIN = "bench"
PASSWORD = "a sentence for the bench alone"


def moved_clock(journal: Path) -> Callable[[], datetime]:
    """The machine's clock, set to the end of what stands in ``journal``."""
    reader = JournalReader(journal)
    newest = reader.newest()
    reader.close()
    if newest is None:
        raise ValueError(f"{journal}: no events")
    moved = newest - timedelta(minutes=1) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + moved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a hub's data folder, with a journal")
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    began = time.perf_counter()
    settings = chosen.data / "hub.toml"
    settings.write_text("[tls]\non = false\n", encoding="utf-8")
    ends = threading.Event()

    def ready(box: Box, port: int) -> None:
        people = box.hub.people.accounts
        if not any(one.login == LOGIN for one in people.all()):
            people.add(LOGIN, "manager", PASSWORD, CONSOLE, box.hub.now())
        told = {"port": port, "seconds": time.perf_counter() - began, "pid": os.getpid()}
        print(json.dumps(told), flush=True)

    def wait() -> None:
        sys.stdin.read()
        ends.set()

    threading.Thread(target=wait, daemon=True).start()
    run_hub(
        SHOP_FILE,
        settings,
        data=chosen.data,
        listen=f"127.0.0.1:{chosen.port}",
        log_form="json",
        until=ends,
        on_ready=ready,
        now=moved_clock(chosen.data / "journal"),
        pages=add_pages,
    )


if __name__ == "__main__":
    main()
