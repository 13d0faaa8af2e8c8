"""From estimates to troubles: each begins when it is sure, and ends when it is surely gone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.vocabulary.events import Trouble

LASTS_S = 900.0
"""A trouble that stays is told again so often."""


@dataclass(slots=True)
class _Sign:
    since_s: float | None = None
    on: CameraTrouble | None = None
    told_s: float = 0.0


class Judge:
    """One trouble of one camera. ``begins_s``: how long its sign must last; ``ends_s``: how long it
    must be gone."""

    def __init__(self, camera: str, state: Trouble, begins_s: float, ends_s: float) -> None:
        self._camera, self._state = camera, state
        self._begins_s, self._ends_s = begins_s, ends_s
        self._sign = _Sign()
        self._gone_s: float | None = None

    @property
    def on(self) -> bool:
        return self._sign.on is not None

    def look(
        self,
        time_s: float,
        sign: bool | None,
        reason: str,
        *,
        since_s: float | None = None,
        clock_s: float | None = None,
        shift_px: tuple[float, float] | None = None,
    ) -> CameraTrouble | None:
        """What is to be told at ``time_s``. ``sign``: whether the trouble shows, None where nothing
        is known. ``since_s`` says from when on it has shown, if better known than by looking."""
        dx, dy = shift_px or (None, None)
        s = self._sign
        if s.on is None:
            if sign is None:
                return None
            if not sign:
                s.since_s = None
                return None
            if s.since_s is None:
                s.since_s = time_s
            if time_s - s.since_s < self._begins_s:
                return None
            first_s = s.since_s if since_s is None else since_s
            s.on = CameraTrouble(
                self._camera, self._state, "begins", time_s, first_s, reason, clock_s, dx, dy
            )
            s.told_s, self._gone_s = time_s, None
            return s.on
        if sign is False:
            self._gone_s = time_s if self._gone_s is None else self._gone_s
            if time_s - self._gone_s >= self._ends_s:
                over = replace(s.on, phase="ends", time_s=time_s, reason="")
                self._sign = _Sign()
                return over
            return None
        if sign:
            self._gone_s = None
            s.on = replace(s.on, reason=reason, clock_s=clock_s, dx_px=dx, dy_px=dy)
        if time_s - s.told_s >= LASTS_S:
            s.told_s = time_s
            return replace(s.on, phase="lasts", time_s=time_s)
        return None
