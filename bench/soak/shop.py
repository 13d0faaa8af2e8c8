"""The shop of the soak: its files, who tells what, and a token for its pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.soak.facts import SHOP
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import Right
from miseban.hub.running.box import open_box
from miseban.hub.running.settings import load_settings

SEEING = ("aisle", "door")
"""Cameras with pictures and the built-in detector; the first knows where the floor is."""
RIGHTS = (Right.SEE_COUNT, Right.SEE_TRAJECTORY, Right.SEE_ASSIST, Right.SEE_DEVICE)

_FLOOR = """floor_points = [
  { pixel = [2.00, 168.81], floor_m = [0, 2.4] },
  { pixel = [317.06, 222.08], floor_m = [5.95, 3.75] },
  { pixel = [170.35, 125.10], floor_m = [3.85, 0] },
  { pixel = [112.93, 230.90], floor_m = [2.8, 3.9] },
  { pixel = [270.70, 130.84], floor_m = [7, 0.45] },
]
"""


def write_files(folder: Path, telling: list[str], ports: dict[str, int], broker: int) -> None:
    """``shop.toml`` and ``hub.toml``. The day's deletions fall into the run."""
    parts = [
        f'[shop]\nid = "{SHOP}"\ntimezone = "UTC"\npolicy = "jp"\n'
        "floor = { width_m = 7.0, depth_m = 6.0 }\n"
    ]
    for name in (*SEEING, *telling):
        parts.append(
            f'[[camera]]\nid = "{name}"\nresolution = [320, 240]\nfps = 2\n'
            f'source = "rtsp://127.0.0.1:{ports.get(name, 1)}/live"\n'
            + (_FLOOR if name == "aisle" else "")
        )
        parts.append(
            f'[[line]]\nid = "{name}-line"\ncamera = "{name}"\npoints = [[60, 160], [260, 160]]\n'
        )
        if name in SEEING:  # small zones, so that something is told every second or two
            parts += [
                _zone(f"{name}-{x}-{y}", name, "area", (x, y, x + 80, y + 60))
                for x in range(0, 320, 80)
                for y in range(60, 240, 60)
            ]
        else:
            parts.append(_zone(f"{name}-zone", name, "area", (0, 0, 320, 240)))
            parts.append(_zone(f"{name}-queue", name, "queue", (0, 0, 320, 240)))
    (folder / "shop.toml").write_text("\n".join(parts), "utf-8")
    hour = (datetime.now(UTC).hour + 1) % 24
    (folder / "hub.toml").write_text(
        f'data = "data"\n[tls]\non = false\n[mqtt]\nbroker = "mqtt://127.0.0.1:{broker}"\n'
        f"[upkeep]\ncompact_minutes = 5\nretention_hour = {hour}\n",
        "utf-8",
    )


def _zone(zone: str, camera: str, kind: str, box: tuple[int, int, int, int]) -> str:
    left, top, right, bottom = box
    corners = f"[[{left}, {top}], [{right}, {top}], [{right}, {bottom}], [{left}, {bottom}]]"
    return f'[[zone]]\nid = "{zone}"\nkind = "{kind}"\ncamera = "{camera}"\npolygon = {corners}\n'


def make_token(folder: Path) -> str:
    """Of a manager, for the pages that listen. No hub may run yet."""
    settings = load_settings(folder / "hub.toml")
    with open_box(folder / "shop.toml", settings) as box:
        people, now = box.hub.people, box.hub.now()
        account = people.accounts.add("soak", "manager", "seven green umbrellas wait", CONSOLE, now)
        until = now + timedelta(days=2)
        return str(people.tokens.create(account.id, "soak", RIGHTS, until, CONSOLE, now)[1])
