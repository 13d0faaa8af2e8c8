"""Eyes that detectors do not have."""

from __future__ import annotations

from miseban.sim.seen.detector import DetectorModel

PERFECT = DetectorModel(
    found=1.0,
    least_px=0.0,
    full_px=0.001,
    least_visible=-1.0,
    full_visible=-0.999,
    jitter=0.0,
    size_jitter=0.0,
    false_per_s=0.0,
    breaks_per_s=0.0,
    swaps_per_s=0.0,
    lost_s=1e9,
)
"""Sees everybody, exactly."""
