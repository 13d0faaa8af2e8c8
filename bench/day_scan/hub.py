"""The hub's process: ``python -m bench.day_scan.hub FOLDER START``, a whole one, with TLS.

Its clock is that of the newest event (from ``START`` on), so that alerts and what is told of them
belong to the day that is played.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from miseban.camera.process.logs import start_logging
from miseban.hub.api.app import create_app
from miseban.hub.running.box import open_box
from miseban.hub.running.certificate import certificate_of
from miseban.hub.running.command import intake
from miseban.hub.running.loop import HubLoop
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import load_settings
from miseban.vocabulary.events import Event


def main() -> None:
    folder, moment = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    settings = load_settings(folder / "hub.toml")
    start_logging("json")
    with open_box(folder / "shop.toml", settings, now=lambda: moment) as box:

        def heard(events: Sequence[Event]) -> None:
            nonlocal moment
            moment = max([moment, *(one.time for one in events)])

        box.hub.journal.subscribe(heard)
        tls = certificate_of(settings, box.hub.shop.shop.id, datetime.now(UTC))
        with intake(box, tls):
            serve(
                create_app(box.hub), settings.host, settings.port, tls,
                beside=lambda: HubLoop(box).run(),
            )  # fmt: skip


if __name__ == "__main__":
    main()
