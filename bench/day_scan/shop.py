"""The files of the shop, who may ask there, and its processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from bench.push_service import PushService
from bench.result import CannotRunError
from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import public_bytes
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLE_RIGHTS, TOKEN_RIGHTS
from miseban.hub.running.box import open_box
from miseban.hub.running.settings import load_settings

ROOT = Path(__file__).parents[2]
NOTICE = """
[notice]
operator = "Konbini"
purpose = "To lay out the shop."
data = ["count", "trajectory", "appearance"]
retention_days = 30
contact = "03-0000-0000"
posted = 2026-01-01
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """``hub`` is where it listens, ``broker`` what it takes for the broker."""

    hub: int
    broker: int


def write_files(folder: Path, shop_file: Path, ports: Ports) -> None:
    """The shop and its scenario, and the hub's settings, with all the ways in which it tells."""
    text = shop_file.read_text("utf-8")
    (folder / "shop.toml").write_text(text + ("" if "[notice]" in text else NOTICE), "utf-8")
    scenario = shop_file.with_suffix(".scenario.toml")
    shutil.copyfile(scenario, folder / "shop.scenario.toml")
    for name in ("data", "tmp", "outbox"):
        (folder / name).mkdir()
    notify = folder / "notify.toml"
    notify.write_text('allow = ["127.0.0.0/8"]\ninsecure = true\n', "utf-8")
    notify.chmod(0o600)
    (folder / "hub.toml").write_text(
        f'data = "data"\nlisten = "127.0.0.1:{ports.hub}"\nnotify = "notify.toml"\n'
        f'[mqtt]\nbroker = "mqtt://127.0.0.1:{ports.broker}"\n[upkeep]\ncompact_minutes = 1\n',
        "utf-8",
    )


def people(folder: Path, push: PushService, now: datetime) -> tuple[str, str]:
    """Tokens of a manager and of a privacy officer; and a member of the staff with a phone."""
    settings = load_settings(folder / "hub.toml")
    found = []
    with open_box(folder / "shop.toml", settings, now=lambda: now) as box:
        accounts, tokens = box.hub.people.accounts, box.hub.people.tokens
        for role in ("manager", "privacy_officer"):
            account = accounts.add(role, role, "seven green umbrellas wait", CONSOLE, now)
            scopes = sorted(ROLE_RIGHTS[role] & TOKEN_RIGHTS)
            until = now + timedelta(days=60)
            found.append(tokens.create(account.id, "day", scopes, until, CONSOLE, now)[1])
        staff, _ = accounts.invite("hana", "staff", CONSOLE, now)
        key = base64url.encode(public_bytes(push.key.public_key()))
        auth = base64url.encode(push.auth)
        box.hub.pushes.add(staff.id, f"{push.url}/phone", key, auth, now, insecure=True)
    return found[0], found[1]


def run(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of the shop: what it writes anywhere should lie in ``folder``."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder / "tmp"),
                   "HOME": str(folder / "tmp"), "OMP_NUM_THREADS": "1",
                   "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def simulated(folder: Path, begins: str, minutes: float, seed: int) -> datetime:
    """The detections of the day, beside ``folder``. Returns when it starts."""
    main = "from miseban.cli.app import main; main()"
    done = run(
        folder, "simulate", "-c", main, "simulate", "--shop", "shop.toml", "--from", begins,
        "--minutes", str(minutes), "--seed", str(seed), "--detector", "default",
        "--out", str(folder.parent / "simulated"),
    ).wait()  # fmt: skip
    if done != 0:
        raise CannotRunError(f"miseban simulate ended with {done}: {folder / 'simulate.log'}")
    told = json.loads((folder.parent / "simulated" / "summary.json").read_text("utf-8"))
    return datetime.fromisoformat(told["start"])


def wait_for_hub(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    until_s = time.monotonic() + 120.0
    while time.monotonic() < until_s and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        time.sleep(0.3)
    raise CannotRunError(f"the hub did not start: {folder / 'hub.log'}")
