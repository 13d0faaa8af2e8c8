"""The way from cameras through a real Mosquitto into a whole hub.

``throughput``: batches of 500 events, as fast as the broker takes them, into the journal with live
state, alerts and bus; beside it a bare subscriber that only counts their lines, in the same run.
``ordinary``: 150 cameras send 300 events a second for a minute; processor time and memory of the
hub, and how long an event takes from its camera to a page that listens by server-sent events.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import httpx
import numpy as np
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench.live import RATE, Traffic, large_shop
from bench.result import CannotRunError, Result
from bench.soak.samples import children_of, own_bytes
from miseban.camera.process.memory import PLAIN, resident_bytes, take_it_plainly
from miseban.hub.api.app import create_app
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import Right
from miseban.hub.running import box as boxes
from miseban.hub.running.box import open_box
from miseban.hub.running.command import intake
from miseban.hub.running.loop import HubLoop
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import Mqtt, Settings, Tls
from miseban.vocabulary.delivery import Batch, BatchHead, events_topic
from miseban.vocabulary.events import Event

SHOP = "large"
EVENTS, BATCH, SOURCES = 150_000, 500, 8
SECONDS = 60
_SPAWN = multiprocessing.get_context("spawn")


def run(repeats: int) -> list[Result]:
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise CannotRunError("needs the program mosquitto (apt-get install mosquitto)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _broker(program, folder) as port:
            payloads = _payloads()
            ours, bare = [], []
            for number in range(min(repeats, 3)):
                bare.append(_bare(port, payloads))
                ours.append(_hub_takes(folder / f"hub-{number}", port, payloads))
            core, memory_mb, waits_s = _ordinary(folder / "ordinary", port)
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    n, what = len(ours), f"{EVENTS:,} events of 150 cameras in batches of {BATCH} through Mosquitto"
    return [
        Result("intake", sorted(ours)[n // 2], "events/s", f"{what} into a whole hub",
               bar=20_000, at_least=True),
        Result("intake-ratio", sorted(ratios)[n // 2], "times", "the same, over a subscriber that "
               "only counts", bar=0.5, at_least=True),
        Result("intake-ordinary-core", core, "of a core", f"the hub, {RATE} events a second of 150 "
               f"cameras for {SECONDS} s", bar=0.5),
        Result("intake-ordinary-memory", memory_mb, "MB", "resident memory of that "
               "hub and of what counts for it", bar=500),
        Result("latency-page", 1000 * float(np.quantile(waits_s, 0.95)), "ms", "95 % of events, "
               f"from their camera to a page, {len(waits_s):,} events", bar=300),
    ]  # fmt: skip


def _payloads() -> list[tuple[str, bytes]]:
    """Topics and batches, in turns of the sources."""
    traffic = Traffic(datetime.now(UTC) - timedelta(seconds=EVENTS / RATE))
    events = (one for _, step in traffic.steps() for one in step)
    first = dict.fromkeys(range(SOURCES), 1)
    found = []
    for number in range(EVENTS // BATCH):
        source = number % SOURCES
        lines = [one.model_dump_json(exclude_none=True).encode() for one in islice(events, BATCH)]
        found.append(_batch(f"s{source}", source, first[source], lines))
        first[source] += BATCH
    return found


def _batch(name: str, stream: int, first: int, lines: Sequence[bytes]) -> tuple[str, bytes]:
    head = BatchHead(source=name, stream=f"{stream:016x}", first=first, events=len(lines), oldest=1)
    return events_topic(SHOP, name), Batch(head, tuple(lines)).encode()


# --- throughput -----------------------------------------------------------------------------------


def _bare(port: int, payloads: Sequence[tuple[str, bytes]]) -> float:
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_count, args=(port, there))
    process.start()
    there.close()  # so that a child that dies is noticed: the pipe ends
    here.recv()
    begun_s = time.perf_counter()
    _publish(port, payloads)
    here.recv()
    taken_s = time.perf_counter() - begun_s
    process.join()
    return EVENTS / taken_s


def _count(port: int, pipe: Connection) -> None:
    left, done = EVENTS, threading.Event()

    def came(_client: object, _data: object, message: paho.MQTTMessage) -> None:
        nonlocal left
        left -= message.payload.count(b"\n")
        if left <= 0:
            done.set()

    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_message = came
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe(events_topic(SHOP, "+"), qos=1)
    time.sleep(0.5)
    pipe.send(None)
    done.wait(300)
    pipe.send(None)
    client.disconnect()
    client.loop_stop()


def _hub_takes(folder: Path, port: int, payloads: Sequence[tuple[str, bytes]]) -> float:
    with _hub(folder, port) as (pipe, _process, _http, _token):
        begun_s = time.perf_counter()
        _publish(port, payloads)
        pipe.recv()  # the journal has kept the last one, and all have heard of it
        return EVENTS / (time.perf_counter() - begun_s)


def _publish(port: int, payloads: Sequence[tuple[str, bytes]]) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(40)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    sent = [client.publish(topic, payload, qos=1) for topic, payload in payloads]
    for one in sent:
        one.wait_for_publish(120)
    client.disconnect()
    client.loop_stop()


# --- ordinary traffic -----------------------------------------------------------------------------


def _ordinary(folder: Path, port: int) -> tuple[float, float, list[float]]:
    with _hub(folder, port) as (_pipe, process, http, token):
        waits_s: list[float] = []
        listening = threading.Thread(target=_listen, args=(http, token, waits_s), daemon=True)
        listening.start()
        time.sleep(2)
        before_s = _processor_s(process)
        _play(port)
        used_s = _processor_s(process) - before_s
        memory_mb = _resident_mb(process)
    listening.join(10)
    return used_s / SECONDS, memory_mb, waits_s


def _play(port: int) -> None:
    """150 cameras in real time; each sends what it has every fifth of a second."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    start = datetime.now(UTC)
    first: dict[str, int] = defaultdict(lambda: 1)
    for number, (moment, events) in enumerate(Traffic(start).steps(), 1):
        time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
        by_camera: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            by_camera[event.camera or ""].append(event)
        for camera, some in by_camera.items():
            lines = [one.model_dump_json(exclude_none=True).encode() for one in some]
            topic, payload = _batch(camera, 1000 + int(camera[1:]), first[camera], lines)
            first[camera] += len(lines)
            client.publish(topic, payload, qos=1)
        if number * 0.2 >= SECONDS:
            break
    client.disconnect()
    client.loop_stop()


def _listen(port: int, token: str, waits_s: list[float]) -> None:
    """As a page does; what it waits is from the event's own time, its camera's waiting included."""
    headers = {"Authorization": f"Bearer {token}"}
    url = f"http://localhost:{port}/api/v1/live/events"
    try:
        with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    time_of = json.loads(line[5:]).get("time")
                    if time_of:
                        event = datetime.fromisoformat(time_of)
                        waits_s.append((datetime.now(UTC) - event).total_seconds())
    except httpx.HTTPError:
        return  # the hub has stopped


def _all_of(pid: int) -> list[int]:
    """The hub, and what it has begun to count for it."""
    return [pid, *(child for child, args in children_of(pid).items() if "serve(" in args)]


def _processor_s(pid: int) -> float:
    """With those that have ended."""
    ticks = 0
    for one in _all_of(pid):
        fields = Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    """What is resident of the hub, and what those that count for it have of their own: pages of
    libraries that they share with it count once."""
    hub, *others = _all_of(pid)
    return (resident_bytes(hub) + sum(own_bytes(one) for one in others)) / 1e6


# --- broker and hub -------------------------------------------------------------------------------


@contextmanager
def _broker(program: str, folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
    broker = subprocess.Popen(
        [program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(1)
    try:
        yield port
    finally:
        broker.terminate()
        broker.wait()


@contextmanager
def _hub(folder: Path, port: int) -> Iterator[tuple[Connection, int, int, str]]:
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_run_hub, args=(folder, port, there))
    # Memory as in the hub that a shop runs; of Arrow as ``miseban.cli`` sets it.
    with mock.patch.dict(os.environ, PLAIN, ARROW_DEFAULT_MEMORY_POOL="system"):
        process.start()
    there.close()
    http, token = here.recv()
    assert process.pid is not None
    try:
        yield here, process.pid, http, token
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.join(30)


def _run_hub(folder: Path, port: int, pipe: Connection) -> None:
    folder.mkdir()
    take_it_plainly()
    settings = Settings(
        data=folder, listen="127.0.0.1:1", tls=Tls(on=False),
        mqtt=Mqtt(broker=f"mqtt://127.0.0.1:{port}"),
    )  # fmt: skip
    shop = large_shop()
    left = EVENTS

    def heard(events: Sequence[Event]) -> None:
        nonlocal left
        left -= len(events)
        if left <= 0 < left + len(events):
            pipe.send(None)

    # The shop is made, not read: the file of 150 cameras would say the same.
    with (
        mock.patch.object(boxes, "load_shop", return_value=shop),
        open_box(folder, settings) as box,
    ):
        box.hub.journal.subscribe(heard)
        people, now = box.hub.people, box.hub.now()
        account = people.accounts.add(
            "bench", "manager", "seven green umbrellas wait", CONSOLE, now
        )
        rights = [Right.SEE_COUNT, Right.SEE_TRAJECTORY, Right.SEE_ASSIST, Right.SEE_DEVICE]
        lives = now + timedelta(days=1)
        made = people.tokens.create(account.id, "bench", rights, lives, CONSOLE, now)
        with intake(box, None):
            time.sleep(1)
            serve(
                create_app(box.hub), "127.0.0.1", 0, None, beside=lambda: HubLoop(box).run(),
                on_ready=lambda http: pipe.send((http, made[1])),
            )  # fmt: skip
