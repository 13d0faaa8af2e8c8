"""A whole hub, in its own process and in this one: it starts, answers, reloads, stops, and is there
again with all it had."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from miseban.cli.app import run
from miseban.hub.running import serving
from miseban.hub.running.box import open_box
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import load_settings
from miseban.hub.tls import own_certificate
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import AlertAnswered, LineCrossed, ZoneEntered
from miseban.vocabulary.identifiers import EventIds
from tests.hub.shopfront import SHOP_TEXT
from tests.logging_as_before import logging_as_before as _as_before  # noqa: F401

START_S = 30.0


def shop_file(folder: Path, text: str = SHOP_TEXT) -> Path:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


class Running:
    """``miseban hub`` as a process; ``lines`` are those it printed."""

    def __init__(self, process: subprocess.Popen[str], port: int, ca: Path) -> None:
        self.process, self.ca = process, ca
        self.url = f"https://localhost:{port}"
        self.link = ""

    def get(self, path: str) -> httpx.Response:
        context = ssl.create_default_context(cafile=str(self.ca))
        return httpx.get(self.url + path, verify=context, timeout=10)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def started(folder: Path, shop: Path) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, "-c", "from miseban.cli.app import main; main()", "hub", str(shop)]
    command += ["--data", str(folder / "data"), "--listen", f"127.0.0.1:{port}", "--log", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    hub = Running(process, port, folder / "data" / "tls" / "authority.pem")
    try:
        assert process.stdout is not None
        until_s = time.monotonic() + START_S
        while True:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < until_s, "the hub did not come up"
            try:
                if hub.ca.exists() and hub.get("/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        yield hub
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def test_it_serves_with_a_certificate_of_its_own_and_stops_when_told(tmp_path: Path) -> None:
    with started(tmp_path, shop_file(tmp_path)) as hub:
        assert hub.get("/healthz").json() == {"status": "ok"}
        assert hub.get("/api/v1/live").status_code == 401
        hub.process.send_signal(signal.SIGTERM)
        said, logged = hub.process.communicate(timeout=15)
        assert hub.process.returncode == 0
    assert re.search(rf"{hub.url}/\S+#\S{{40,}}", said), "the first manager's link is printed once"
    secret = said.strip().rpartition("#")[2]
    assert secret not in logged
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_it_reloads_a_good_shop_file_and_goes_on_with_a_bad_one(tmp_path: Path) -> None:
    path = shop_file(tmp_path)
    settings = load_settings(None, data=tmp_path / "data")
    with open_box(path, settings) as box:
        path.write_text(SHOP_TEXT.replace('"Fruit table"', '"Fruit"'), encoding="utf-8")
        box.reload()
        assert box.hub.shop.zone("fruit").name == "Fruit"
        path.write_text("[shop]\nid = 5", encoding="utf-8")
        with pytest.raises(BadInput):
            box.reload()
        path.write_text(SHOP_TEXT.replace('id = "kado"', 'id = "other"'), encoding="utf-8")
        with pytest.raises(BadInput, match="expected the shop kado"):
            box.reload()
        assert box.hub.shop.zone("fruit").name == "Fruit"


def test_rules_beside_the_shop_file_are_in_force_also_those_that_come_later(tmp_path: Path) -> None:
    path, settings = shop_file(tmp_path), load_settings(None, data=tmp_path / "data")
    rules = path.with_name("rules.toml")
    with open_box(path, settings) as box:
        assert box.hub.files.rules == rules
        assert "fruit-full" not in {rule.id for rule in box.hub.rules.rules}
        rule = '[[rule]]\nid = "fruit-full"\nwhen = "zone.people"\nat_least = 3.0\n'
        rules.write_text(rule, encoding="utf-8")
        box.reload()
        assert "fruit-full" in {rule.id for rule in box.hub.rules.rules}
    with open_box(path, settings) as box:
        assert "fruit-full" in {rule.id for rule in box.hub.rules.rules}
    named = settings.model_copy(update={"rules": tmp_path / "none.toml"})
    with pytest.raises(BadInput, match="expected a rules file, found none"), open_box(path, named):
        pass


def test_nothing_that_comes_during_a_reload_is_lost(tmp_path: Path) -> None:
    path = shop_file(tmp_path)
    now = datetime.now(UTC)
    ids = EventIds()
    with open_box(path, load_settings(None, data=tmp_path / "data")) as box:

        def feed() -> None:
            for number in range(200):
                time_s = now - timedelta(seconds=200 - number)
                box.hub.journal.append(
                    [
                        LineCrossed(
                            id=ids.at(time_s.timestamp()), time=time_s, shop="kado", camera="door",
                            line="entrance", direction="in", visit=f"{number:016x}",
                        )
                    ]
                )  # fmt: skip

        feeding = threading.Thread(target=feed)
        feeding.start()
        for _ in range(5):
            box.reload()
        feeding.join()
        box.reload()
        inside = box.hub.live.snapshot(now).inside
        assert inside is not None
        assert inside.entered == 200


def test_what_was_so_before_a_restart_is_so_after_it(tmp_path: Path) -> None:
    path = shop_file(tmp_path)
    settings = load_settings(None, data=tmp_path / "data")
    now = datetime.now(UTC)
    ids = EventIds()
    with open_box(path, settings) as box:
        box.hub.journal.append(
            [
                ZoneEntered(
                    id=ids.at(now.timestamp()), time=now, shop="kado", camera="door",
                    zone="fruit", visit=f"{number:016x}",
                )
                for number in range(3)
            ]
        )  # fmt: skip
    with open_box(path, settings) as box:
        (zone,) = [one for one in box.hub.live.snapshot(now).zones if one.zone == "fruit"]
        assert zone.people == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--listen", "nowhere"], "listen"),
        (["--settings", "none.toml"], "none.toml"),
        (["--listen", "203.0.113.9:8443"], "203.0.113.9"),
    ],
)
def test_what_cannot_be_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    path = shop_file(tmp_path)
    status = run(["hub", str(path), "--data", str(tmp_path / "data"), *arguments])
    (*_, line) = capsys.readouterr().err.splitlines()
    assert status == 2
    assert line.startswith("miseban: ")
    assert says in line


def test_two_hubs_cannot_have_one_journal(tmp_path: Path) -> None:
    path = shop_file(tmp_path)
    settings = load_settings(None, data=tmp_path / "data")
    with (
        open_box(path, settings),
        pytest.raises(BadInput, match="journal"),
        open_box(path, settings),
    ):
        pass


def test_kill_9_loses_nothing_and_the_next_one_starts(tmp_path: Path) -> None:
    path = shop_file(tmp_path)
    with started(tmp_path, path) as hub:
        os.kill(hub.process.pid, signal.SIGKILL)
        hub.process.wait(5)
    with started(tmp_path, path) as hub:
        assert hub.get("/healthz").json() == {"status": "ok"}


def test_a_certificate_is_renewed_while_the_hub_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "RENEW_S", 0.3)
    now = datetime.now(UTC)
    old = own_certificate(tmp_path / "old", "kado", ["localhost"], now)
    new = own_certificate(tmp_path / "new", "kado", ["localhost"], now)
    until, served = threading.Event(), []

    def look(port: int) -> None:
        try:
            for _ in range(50):
                served.append(ssl.get_server_certificate(("127.0.0.1", port), timeout=5))
                if len(set(served)) == 2:
                    return
                time.sleep(0.1)
        finally:
            until.set()

    def ready(port: int) -> None:
        threading.Thread(target=look, args=(port,)).start()

    serve(FastAPI(), "127.0.0.1", 0, old, on_ready=ready, until=until, renew=lambda: new)
    assert [old.certificate.read_text("utf-8"), new.certificate.read_text("utf-8")] == [
        served[0],
        served[-1],
    ]


def test_when_what_runs_beside_fails_the_hub_ends_with_it() -> None:
    async def fails() -> None:
        raise OSError("no such part")

    with pytest.raises(OSError, match="no such part"):
        serve(FastAPI(), "127.0.0.1", 0, None, beside=fails)


def test_a_channel_that_nobody_knows_is_refused_before_the_doors_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop_file(tmp_path)
    notify = tmp_path / "notify.toml"
    notify.write_text('[[channel]]\nid = "chat"\nurls = ["nowhere://x"]\n', encoding="utf-8")
    notify.chmod(0o600)
    settings = tmp_path / "hub.toml"
    settings.write_text('notify = "notify.toml"\nlisten = "127.0.0.1:1"\n', encoding="utf-8")
    assert run(["hub", str(path), "--settings", str(settings), "--log", "json"]) == 2
    (*_, line) = capsys.readouterr().err.splitlines()
    assert line.startswith("miseban: ")
    assert '[[channel]] "chat"' in line


def test_a_stricter_policy_holds_for_intake_once_it_is_read(tmp_path: Path) -> None:
    path = shop_file(tmp_path)
    now = datetime.now(UTC)
    ids = EventIds()

    def answered() -> AlertAnswered:
        return AlertAnswered(
            id=ids.at(now.timestamp()), time=now, shop="kado", alert="a", step="done", by="x"
        )

    with open_box(path, load_settings(None, data=tmp_path / "data")) as box:
        assert box.hub.journal.append([answered()]) == 1
        path.write_text(SHOP_TEXT.replace('policy = "jp"', 'policy = "strict"'), encoding="utf-8")
        box.reload()
        assert box.hub.journal.append([answered()]) == 0
        assert box.hub.journal.state.totals.kept == 1
