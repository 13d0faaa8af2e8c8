"""From what was found of each camera to troubles in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.believing import Doubt
from miseban.space.fusion.trust.judging import Judge
from miseban.space.fusion.trust.outages import CALM_S, FLAPPING, WITHIN_S, Outages
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.fusion.trust.turned import Turns
from miseban.vocabulary.events import Trouble

Floats = NDArray[np.float64]

CLOCK_BEGINS_S, CLOCK_ENDS_S, CLOCK_SURE = 0.3, 0.2, 3.0
"""A clock is told when it is off by more than the first for sure, so many standard deviations from
none, and as right again when it is off by less than the second."""
EITHER_S = 60.0
"""Where a third camera may yet tell which of two clocks is off, it is waited for so long."""
KNOWN_PX = 6.0
"""Of a camera whose shift is known worse than this, nothing is said."""


class Telling:
    """The troubles of ``cameras``, which are asked for by number."""

    def __init__(self, cameras: Sequence[str]) -> None:
        self._cameras = cameras
        # Who disagrees must do so until other people than those who raised the doubt count too.
        lasting: dict[Trouble, tuple[float, float]] = {
            "clock": (10.0, 30.0),
            "moved": (10.0, 30.0),
            "flapping": (0.0, 0.0),
            "disagrees": (80.0, 60.0),
        }
        self._judges = [
            {state: Judge(name, state, *times) for state, times in lasting.items()}
            for name in cameras
        ]
        self._either_s: dict[int, float] = {}
        self._found: list[CameraTrouble] = []

    def on(self, camera: int, state: Trouble) -> bool:
        return self._judges[camera][state].on

    def taken(self) -> list[CameraTrouble]:
        found, self._found = self._found, []
        return found

    def clock(
        self,
        now_s: float,
        camera: int,
        ahead_s: float,
        error_s: float,
        other: tuple[int, float] | None,
        *,
        wait: bool = False,
    ) -> None:
        """Its clock is ahead by ``ahead_s``, one standard deviation ``error_s`` (infinite: not
        known). ``other`` is another camera that may be the one that is off, and how far the two
        are apart, in seconds; ``wait`` whether a third one, beside one of them, may tell."""
        judge = self._judges[camera]["clock"]
        if other is None:
            self._either_s.pop(camera, None)
        since_s = self._either_s.setdefault(camera, now_s) if other else now_s
        size_s = abs(ahead_s if other is None else other[1])
        sign: bool | None = None
        if np.isfinite(error_s):
            if judge.on:
                sign = None if CLOCK_ENDS_S < size_s < CLOCK_BEGINS_S else size_s > CLOCK_ENDS_S
            else:
                sign = size_s >= max(CLOCK_BEGINS_S, CLOCK_SURE * error_s)
                sign = sign and (other is None or not wait or now_s - since_s >= EITHER_S)
        way = "ahead of" if ahead_s > 0 else "behind"
        reason = f"its clock is {size_s:.1f} s {way} those of the cameras beside it"
        if other is not None:
            name = self._cameras[other[0]]
            reason = (
                f"its clock is {size_s:.1f} s {way} that of {name}: which is off cannot be told"
            )
        self._note(judge.look(now_s, sign, reason, clock_s=round(ahead_s, 2)))

    def moved(self, now_s: float, camera: int, turns: Turns) -> None:
        """It was turned, or not, as ``turns`` say."""
        turn, other = turns.turn[camera], turns.either.get(camera)
        known = float(turns.error_px[camera]) <= KNOWN_PX or camera in turns.own
        sign = True if turn.any() else False if known else None
        reason = "cameras beside it see people elsewhere"
        if camera in turns.own:
            reason = "people walk elsewhere in its picture, all of them alike"
        elif other is not None:
            reason += f", or {self._cameras[other]} was moved: which cannot be told"
        shift = round(float(turn[0]), 1), round(float(turn[1]), 1)
        self._note(self._judges[camera]["moved"].look(now_s, sign, reason, shift_px=shift))

    def flapping(self, now_s: float, camera: int, outages: Outages, silent_s: float) -> None:
        """It was away now and then, or has seen nobody for ``silent_s``, though others did."""
        judge = self._judges[camera]["flapping"]
        late = outages.of_late(now_s)
        sign = (judge.on or len(late) >= FLAPPING) and any(
            to_s > now_s - CALM_S for _, to_s in late
        )
        lost_s = sum(to_s - from_s for from_s, to_s in late)
        reason = f"{len(late)} outages in {WITHIN_S / 60:.0f} minutes, {lost_s:.0f} s in all"
        since_s = late[0][0] if late else None
        if silent_s > 0:
            sign, since_s = True, now_s - silent_s
            reason = f"it has seen nobody for {silent_s:.0f} s, though others see people as always"
        self._note(judge.look(now_s, sign, reason, since_s=since_s))

    def disagrees(self, now_s: float, camera: int, doubt: Doubt | None) -> None:
        """Others do not see what it sees, or it does not see what they see."""
        reason = ""
        if doubt is not None:
            part = f"{100 * doubt.share:.0f} % of the"
            reason = (
                f"others see {part} people it tells of"
                if doubt.kind == "ghosts"
                else f"it sees {part} people whom others see there"
            )
            if not doubt.proven:
                reason += "; who is wrong cannot be told"
        self._note(self._judges[camera]["disagrees"].look(now_s, doubt is not None, reason))

    def _note(self, trouble: CameraTrouble | None) -> None:
        if trouble is not None:
            self._found.append(trouble)
