"""A shop with a notice on record, for tests of what it prints."""

from __future__ import annotations

from tests.hub.shopfront import SHOP_TEXT

NOTICE = """
[notice]
operator = "Kado <Foods> & Co."
purpose = "To plan staff and lay out the shop."
data = ["count", "trajectory", "gender", "age", "expression", "appearance"]
retention_days = 200
contact = "03-0000-0000"
posted = 2026-03-01
"""
WITH_NOTICE = SHOP_TEXT + NOTICE
