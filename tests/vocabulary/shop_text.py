"""A right shop file, and small changes to it."""

from __future__ import annotations

SHOP = """\
[shop]
id = "corner"
name = "角の店"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 8.0, depth_m = 6.0 }

[notice]
operator = "Corner Shop KK"
purpose = "来店者の統計"
data = ["count", "gender", "age"]
retention_days = 365
contact = "048-000-0000"
posted = 2026-04-01

[staff]
uniform = ["#1F6f5c", "#ffffff"]

[[camera]]
id = "door"
source = "rtsp://admin:hunter2@10.0.0.7/main"
resolution = [768, 432]
fps = 10
floor_points = [
  { pixel = [100, 100], floor_m = [1, 1] },
  { pixel = [700, 110], floor_m = [7, 1] },
  { pixel = [760, 430], floor_m = [6, 5] },
  { pixel = [20, 420], floor_m = [2, 5] },
]

[[camera]]
id = "ceiling"
source = "usb:0"
resolution = [240, 240]
anchor = "centre"

[[line]]
id = "entrance"
camera = "door"
points = [[384, 432], [384, 0]]

[[line]]
id = "gate"
points = [[1.0, 5.5], [3.0, 6.0]]

[[zone]]
id = "aisle-3"
kind = "area"
camera = "door"
polygon = [[10, 10], [300, 10], [300, 400], [10, 400]]
min_stay_s = 3

[[zone]]
id = "waiting"
kind = "queue"
polygon = [[1, 1], [4, 1], [4, 3]]

[[zone]]
id = "serving"
kind = "counter"
camera = "ceiling"
polygon = [[0, 0], [240, 0], [240, 240]]

[[shelf]]
id = "sandwiches"
camera = "door"

[[shelf.facing]]
id = "egg"
gtin = "4901234567894"
polygon = [[40, 80], [90, 80], [90, 130], [40, 130]]
capacity = 12

[[shelf.facing]]
id = "tuna"
gtin = "96385074"
polygon = [[100, 80], [150, 80], [150, 130], [100, 130]]
capacity = 6

[[till]]
id = "till-1"
queue = "waiting"
service = "serving"
"""


def changed(old: str, new: str) -> str:
    """``SHOP`` with its first ``old`` replaced by ``new``."""
    assert old in SHOP, f"the row's text is not in the shop file: {old}"
    return SHOP.replace(old, new, 1)
