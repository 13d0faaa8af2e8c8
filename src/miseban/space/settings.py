"""The constants of the counting rules, in seconds, metres and body heights, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpaceSettings:
    """Lengths in *heights* are multiples of the person's box height, so that near and far people,
    and small and large pictures, are treated alike; on the floor the ``_m`` values count."""

    # Lines. A standing person sways about 0.15 m, under a tenth of the height; boxes shake less.
    line_band_heights: float = 0.15
    line_band_m: float = 0.25
    settle_s: float = 0.5
    settle_observations: int = 3  # one less after a first, clean crossing
    # So many bands beyond (0.45 heights, a long step) after one clean crossing nobody sways; one
    # observation may be bad.
    far_bands: float = 3.0
    far_observations: int = 2
    # Each recent crossing of the same line by the same person makes the next one wait longer:
    # someone who hovers must really leave before it counts.
    hover_memory_s: float = 30.0
    settle_most_s: float = 10.0

    # Zones. One second is two observations at 2 frames a second: one bad frame is always shorter.
    zone_band_heights: float = 0.08
    zone_band_m: float = 0.15
    # On the floor of several cameras the bands are no narrower than places are uncertain.
    line_band_spreads: float = 1.0
    line_band_most_m: float = 0.6
    zone_band_spreads: float = 0.5
    zone_band_most_m: float = 0.4
    leave_s: float = 1.0
    # Whoever has come and gone in this zone before may be standing on its border: from the third
    # stay of a visit on, each asks for so much more to end (and then ended when it did), up to:
    leave_most_s: float = 4.0
    enter_least_s: float = 0.5
    enter_most_s: float = 1.0
    # Within the band outside, time counts this much: whoever stands on the border is not counted
    # out and in again, and whoever stands just outside is out after three seconds.
    near_rate: float = 1 / 3
    # Occupancy and queues wait this much longer for entries and exits that are in doubt.
    longest_doubt_s: float = 12.0
    leave_observations: int = 2
    enter_observations: int = 2

    # Visits. A lost person is looked for this long, near where he was last seen.
    stitch_s: float = 5.0
    stitch_single_s: float = 0.7  # for somebody seen only once
    stitch_base_heights: float = 0.5
    stitch_speed_heights: float = 0.8  # heights a second, about 1.4 m/s
    stitch_most_heights: float = 2.5
    step_most_s: float = (
        0.25  # so long a step, at most, has who comes in made before the first frame
    )
    stitch_most_picture: float = 0.25  # of its width
    # While others fill so much of the place in the picture, the lost person may stand behind them,
    # as people in queues do, and is waited for there, up to so long after the last sight.
    hidden_part: float = 0.5
    hidden_s: float = 60.0
    hidden_heights: float = 0.5  # who was hidden for long is found where he or she stood
    # Faster than this is no walk but a mixed-up identity: the path is broken there.
    jump_base_heights: float = 0.8
    jump_speed_heights: float = 5.0  # heights a second, about 8.5 m/s

    # The same in metres, for the floor of several cameras.
    jump_base_m: float = 1.5
    jump_speed_m: float = 8.5
    # There a visit is put together before it is counted. Whoever was not seen for so long and then
    # again stays in a zone in one piece more:
    piece_s: float = 1.0
    # A trail has no places while nobody saw the person for longer: a straight way is a guess.
    trail_gap_s: float = 8.0

    # Facts over time.
    period_s: float = 60.0
    heat_cell_px: float = 8.0
    heat_cell_m: float = 0.25
