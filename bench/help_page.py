"""From the time of a call for help to the phones of staff, in real time and through real parts.

The rows of a busy supermarket's eight simulated cameras, of an unseen seed, come as frames do, five
times a second and each ``SEEN_S`` after its moment, as long as it takes to decode one and to find
people in it; from there on all is as in a shop: the fusion, who needs a hand, the outbox on the
disk, the socket, and a hub in a process of its own, ``python -m bench.help_page FOLDER URL``, with
its journal, alerts and doors. A phone listens and asks as the page of alerts does, and another is
sent messages by web push. People fall every few seconds, which is the scenario's doing alone.
"""

from __future__ import annotations

import json
import math
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np

from bench.help_shop import DETECTED, TRUTH, simulated
from bench.push_service import PushService, push_service
from bench.result import CannotRunError, Result
from miseban.camera.delivery.calling import HubCall
from miseban.camera.delivery.direct import DirectSender
from miseban.camera.delivery.keeper import Keeper
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.in_time import in_order_of_time
from miseban.camera.shop_opening import open_floor
from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import public_bytes
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLE_RIGHTS, TOKEN_RIGHTS
from miseban.hub.running.box import Box
from miseban.hub.running.command import SOCKET, run_hub
from miseban.vocabulary.events import HelpNeeded
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.tracks import TrackRows

SEEN_S = 0.1
FPS = 5
BEFORE_S, PLAYED_S, EVERY_S = 360, 120, 4
"""So long the shop fills, as quickly as may be; then so long it is played, with a fall every few
seconds."""
LEAD_S = 120
"""The shop has been filled so long after it began, on a machine with little to spare, too."""
BAR_S = 2.0
PASSWORD = "a sentence for the bench alone"


def pages(seed: int) -> list[Result]:
    """The delays of one seed; some four minutes, however quick the machine is."""
    with tempfile.TemporaryDirectory() as place, push_service() as service:
        folder = Path(place)
        falls = [float(s) for s in range(BEFORE_S - 30, BEFORE_S + PLAYED_S, EVERY_S)]
        incident = {"kind": "fall", "at_s": falls, "lasts_s": [20.0, 40.0]}
        minutes = (BEFORE_S + PLAYED_S + 20) / 60
        shop = simulated(folder, "supermarket", seed, "10:00", minutes, [incident], 1.0)
        with hub(folder, shop, service) as (url, token):
            phone = Phone(url, token)
            phone.start()
            told = play(folder, shop)
            time.sleep(3.0)
            phone.stop()
        since_1970_s = time.time() - time.perf_counter()
        handed = {alert: at_s + since_1970_s for alert, at_s in service.handed().items()}
    pushed = {call: handed[alert] for call, alert in phone.alerts.items() if alert in handed}
    found = []
    for name, at in (("page", phone.shown), ("push", pushed)):
        delays = [at[call] - since for call, since in told.items() if call in at]
        missing = len(told) - len(delays)
        if not delays:
            raise CannotRunError(f"none of {len(told)} calls came by {name}: too slow a machine?")
        p50, p95 = (float(np.percentile(delays, q)) for q in (50, 95))
        note = f"from the time of {len(told)} falls' calls to a phone by {name}, {missing} never "
        note += f"came, supermarket at 10:00, seed {seed}"
        found += [
            Result(f"help-{name}, median", p50, "s", note),
            Result(f"help-{name}, p95", p95 if not missing else math.inf, "s", note, BAR_S),
        ]
    return found


def play(folder: Path, shop_file: Path) -> dict[str, float]:
    """Plays the rows and delivers what comes of them; the time of each fall's call, as soon as the
    pace is that of the clock."""
    shop = load_shop(shop_file)
    cameras = [camera.id for camera in shop.cameras]
    blocks = list(in_order_of_time({folder / TRUTH / DETECTED: True}))
    names = np.concatenate([block[0] for block in blocks])
    rows = TrackRows.concatenate([block[1] for block in blocks])
    of = {name: rows.take(names == name) for name in cameras}
    start = datetime.now(UTC) - timedelta(seconds=BEFORE_S - LEAD_S)
    outbox = Outbox(folder / "outbox.sqlite", "cameras")
    sender = DirectSender(outbox, HubCall(folder / "data" / SOCKET, "cameras"))
    keeper = Keeper(outbox, shop.shop.id, cameras, sender.wake)
    sender.start()
    floor = open_floor(shop, cameras, start)
    told: dict[str, float] = {}
    in_time, at = False, dict.fromkeys(cameras, 0)
    for frame in range(int((BEFORE_S + PLAYED_S) * FPS)):
        now_s = frame / FPS
        ahead_s = start.timestamp() + now_s + SEEN_S - time.time()
        in_time = in_time or ahead_s > 0
        time.sleep(max(0.0, ahead_s))
        for name, own in of.items():
            end = int(np.searchsorted(own.time_s, now_s, side="right"))
            floor.update(name, own.take(slice(at[name], end)), now_s)
            at[name] = end
        events = floor.advance(now_s)
        if in_time:
            calls = [one for one in events if isinstance(one, HelpNeeded) and one.kind == "fall"]
            told |= {one.help: one.time.timestamp() for one in calls}
            keeper.put(sorted(events, key=lambda event: (event.time, event.id)))
    sender.stop(5.0)
    outbox.close()
    return told


class Phone(threading.Thread):
    """Listens as the page of alerts does, and asks for their words when they are others; ``shown``
    is when (seconds since 1970) the words about each call were there, ``alerts`` its alert."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._ends = False
        self.shown: dict[str, float] = {}
        self.alerts: dict[str, str] = {}

    def stop(self) -> None:
        self._ends = True
        self.join(15)

    def run(self) -> None:
        with (
            httpx.Client(base_url=self._url, headers=self._headers, timeout=30) as client,
            client.stream("GET", "/api/v1/live/screen") as stream,
        ):
            event = ""
            for line in stream.iter_lines():
                if self._ends:
                    return
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == "help":
                    self._hear(client, json.loads(line.removeprefix("data: "))["alerts"])

    def _hear(self, client: httpx.Client, alerts: list[dict[str, str]]) -> None:
        if all(one["help"] in self.shown for one in alerts):
            return
        answer = client.get("/api/v1/alerts", params={"lang": "ja"})
        for one in answer.raise_for_status().json():
            if one["help"] is not None and one["title"]:
                self.shown.setdefault(one["help"], time.time())
                self.alerts[one["help"]] = one["alert"]


@contextmanager
def hub(folder: Path, shop: Path, service: PushService) -> Iterator[tuple[str, str]]:
    """Its address and a token of staff, who have ``service`` for their telephone."""
    key, auth = public_bytes(service.key.public_key()), service.auth
    phone = [f"{service.url}/phone", base64url.encode(key), base64url.encode(auth)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    program = [sys.executable, "-m", "bench.help_page", str(folder), str(shop), port, *phone]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        line = b""
        while not line.startswith(b'{"port"'):
            line = process.stdout.readline()
            if not line:
                raise CannotRunError("the hub did not begin")
        told = json.loads(line)
        yield f"http://127.0.0.1:{told['port']}", told["token"]
    finally:
        process.stdin.close()
        process.wait(30)


def served(folder: Path, shop: Path, port: str, phone: tuple[str, str, str]) -> None:
    """Serves until standard input closes; says port and token first."""
    (folder / "hub.toml").write_text("[tls]\non = false\n", "utf-8")
    notify = 'contact = "mailto:bench@example.com"\nallow = ["127.0.0.1"]\ninsecure = true\n'
    (folder / "notify.toml").touch(0o600)
    (folder / "notify.toml").write_text(notify, "utf-8")
    ends = threading.Event()

    def ready(box: Box, at: int) -> None:
        people, now = box.hub.people, box.hub.now()
        account = people.accounts.add("hana", "staff", PASSWORD, CONSOLE, now)
        scopes = sorted(ROLE_RIGHTS["staff"] & TOKEN_RIGHTS)
        until = now + timedelta(days=1)
        _, secret = people.tokens.create(account.id, "bench", scopes, until, CONSOLE, now)
        box.hub.pushes.add(account.id, *phone, now, insecure=True)
        print(json.dumps({"port": at, "token": secret}), flush=True)

    def wait() -> None:
        sys.stdin.read()
        ends.set()

    threading.Thread(target=wait, daemon=True).start()
    run_hub(
        shop, folder / "hub.toml", data=folder / "data", listen=f"127.0.0.1:{port}",
        log_form="json", until=ends, on_ready=ready,
    )  # fmt: skip


if __name__ == "__main__":
    endpoint, key, auth = sys.argv[4:]
    served(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], (endpoint, key, auth))
