"""Brings the reference tables of docs/shop-file.md up to date with the models.

python scripts/shop_reference.py
"""

from __future__ import annotations

from pathlib import Path

from miseban.vocabulary.shop.reference import with_reference

DOCUMENT = Path(__file__).parents[1] / "docs" / "shop-file.md"


def main() -> None:
    DOCUMENT.write_text(with_reference(DOCUMENT.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
