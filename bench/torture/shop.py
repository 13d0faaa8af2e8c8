"""The shop of the torture, its rules, and the settings of its hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from miseban.vocabulary.shop import Shop, parse_shop

SHOP = "torture"
TIMEZONE = "Asia/Tokyo"
PLACES = ("aisle", "magazines")
LONG = 5
"""People in a queue of whom somebody is told."""
_ZONE = """
[[zone]]
id = "{zone}"
kind = "{kind}"
camera = "{camera}"
polygon = [[10, 10], [100, 10], [100, 100]]
"""
_CAMERA = """
[[camera]]
id = "{camera}"
source = "{camera}.mp4"
resolution = [640, 480]

[[line]]
id = "{camera}-line"
camera = "{camera}"
points = [[320, 480], [320, 0]]
"""
RULES = f"""
defaults = false

[[rule]]
id = "long"
when = "queue.length"
at_least = {LONG}
hold_s = 0
clear_s = 0
cooldown_s = 1
"""


def queue_of(camera: str) -> str:
    return f"{camera}-queue"


def shop_text(cameras: Sequence[str]) -> str:
    text = f'[shop]\nid = "{SHOP}"\ntimezone = "{TIMEZONE}"\npolicy = "jp"\n'
    text += "".join(_CAMERA.format(camera=camera) for camera in cameras)
    for camera in cameras:
        text += _ZONE.format(zone=queue_of(camera), kind="queue", camera=camera)
    return text + "".join(_ZONE.format(zone=z, kind="area", camera=cameras[0]) for z in PLACES)


def shop_of(cameras: Sequence[str]) -> Shop:
    return parse_shop(shop_text(cameras), "shop.toml")


def write_files(folder: Path, cameras: Sequence[str], port: int, broker: int) -> None:
    """``shop.toml``, ``rules.toml`` and ``hub.toml`` of a hub that serves at ``port`` and reaches
    its broker at ``broker``. Its data are in ``folder`` too."""
    (folder / "shop.toml").write_text(shop_text(cameras), encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    settings = (
        f'data = "."\nlisten = "127.0.0.1:{port}"\nrules = "rules.toml"\n[tls]\non = false\n'
        f'[mqtt]\nbroker = "mqtt://hub@127.0.0.1:{broker}"\n[upkeep]\nreserve_mb = 16\n'
    )
    (folder / "hub.toml").write_text(settings, encoding="utf-8")
