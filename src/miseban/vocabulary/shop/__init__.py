"""The shop file: one description of a shop that everything reads.

In: the text of a ``shop.toml``. Out: a checked, frozen ``Shop``. Never: a shop that is half
right; anything wrong is a ``BadInput`` that names file, table and key, before anything starts.
"""

from miseban.vocabulary.shop.camera import Camera, FloorPoint
from miseban.vocabulary.shop.help import Help, Sensitivity
from miseban.vocabulary.shop.line import Line
from miseban.vocabulary.shop.load import load_shop, parse_shop
from miseban.vocabulary.shop.notice import Notice
from miseban.vocabulary.shop.shelf import Facing, Shelf
from miseban.vocabulary.shop.shop import Shop
from miseban.vocabulary.shop.source import redact
from miseban.vocabulary.shop.staff import Staff
from miseban.vocabulary.shop.tables import Floor, ShopInfo
from miseban.vocabulary.shop.till import Till
from miseban.vocabulary.shop.zone import Zone, ZoneKind

__all__ = [
    "Camera",
    "Facing",
    "Floor",
    "FloorPoint",
    "Help",
    "Line",
    "Notice",
    "Sensitivity",
    "Shelf",
    "Shop",
    "ShopInfo",
    "Staff",
    "Till",
    "Zone",
    "ZoneKind",
    "load_shop",
    "parse_shop",
    "redact",
]
