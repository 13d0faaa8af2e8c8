"""A camera that tells numbered events: ``python -m bench.soak.teller SETTINGS`` (JSON).

The true outbox and the true sender; only what it tells is made up. What it is about to tell is
written down before: a line with number and id. A number that is there twice, since the process was
killed before its outbox took it, counts by its last line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from bench.soak.facts import SHOP, event
from miseban.camera.delivery.address import HubAddress
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.process.logs import start_logging
from miseban.camera.process.memory import GivingBack, begin_plainly, settled
from miseban.vocabulary.identifiers import EventIds

END_S = 60.0


def main() -> None:
    """Until SIGTERM; then it ends when the hub has everything."""
    begin_plainly()  # memory is taken and given back as camera processes do
    settings = json.loads(sys.argv[1])
    name, folder, index = settings["name"], Path(settings["folder"]), settings["index"]
    start_logging("json")
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    outbox = Outbox(folder / "told" / f"{name}.sqlite", name)
    sender = MqttSender(outbox, SHOP, HubAddress("127.0.0.1", settings["port"]))
    sender.start()
    ids = EventIds()
    told = os.open(folder / "told" / f"{name}.told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    give_back = GivingBack()
    with settled():
        while not over.wait(1.0 / settings["rate"]):
            give_back()
            one = event(name, index, outbox.next, ids)
            os.write(told, f"{outbox.next} {one.id}\n".encode())
            outbox.add([one])
            sender.wake()
    sender.stop(END_S)
    outbox.close()


if __name__ == "__main__":
    main()
