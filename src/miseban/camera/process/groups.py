"""Which cameras run in one process: those that see one floor together, and every other alone."""

from __future__ import annotations

from collections.abc import Sequence

from miseban.space.floor_geometry import fused_cameras
from miseban.vocabulary.shop import Shop


def groups_of(shop: Shop, cameras: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By the name of each process, its cameras. The name, by which the hub knows the process and
    its outbox is called, is that of its first camera."""
    fused = fused_cameras(shop, cameras)
    alone = [(name,) for name in cameras if name not in fused]
    return {group[0]: group for group in ([fused] if fused else []) + alone}
