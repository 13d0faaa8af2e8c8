"""A camera's troubles: each begins when its sign has lasted, and ends when it has been gone."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf
from typing import Literal

from miseban.vision.health.measures import Measures, measure
from miseban.vision.health.reference import Boxes, Reference
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Trouble

CHECK_S = 2.0
"""A picture is looked at this often."""
LEARN_S = 20.0
"""What is seen for so long at the beginning is taken to be as it should be."""
END_S = 10.0
"""A trouble is over when its sign has been gone for so long."""

LASTS_S: dict[Trouble, float] = {
    "dark": 6.0,
    "glare": 10.0,
    "blocked": 20.0,
    "blurred": 30.0,
    "moved": 8.0,
    "frozen": 60.0,
}
"""How long a sign must last. Encoders that save bits repeat a still picture for a while: a frozen
one takes longest."""

BLIND: tuple[Trouble, ...] = ("dark", "blocked", "frozen")
"""While these last the camera sees nobody, whoever is there: lost coverage (counting rule 12)."""
LIVELY = 5
"""So many samples must have differed before a frozen picture is blind: one without noise, before
which nobody comes, is not to be told from an encoder that hangs."""

DARK = 45.0
"""Grey level below which 95 % of a dark picture are."""
DAZZLED = 0.06
COVERED, BLURRED = 0.75, 0.05
"""Part of the tiles that lost their detail."""
ALIKE = 0.6
"""Correlation of the rough shapes from which it is the same view."""
LEAST_SIGHT = 0.3
"""With less of the picture free of people nothing is judged."""
STILL = 0.05
"""What covers a lens, and a shop to which a camera was turned, do not move about in more of the
picture than this; who stands close before it does, now and then."""
ELSEWHERE_S = 60.0
"""A view in which nothing of the old one is found must have stood still for so long besides."""
LEAST_SHIFT = 0.003
"""Of the picture's width: 2 pixels of 640."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A trouble that began or ended, as it was found out at ``time_s``; it has been there since
    ``since_s``. ``shift_px`` to the right and downwards, for a view that moved and where it can be
    told. While it lasts nobody can be seen if it is ``blind``."""

    trouble: Trouble
    phase: Literal["begins", "ends"]
    time_s: float
    since_s: float
    reason: str = ""
    shift_px: tuple[float, float] | None = None
    blind: bool = False


@dataclass(slots=True)
class _Sign:
    """One trouble's: when its sign appeared or was seen last, whether the trouble is on, and
    whether it began as a blind one."""

    since_s: float | None = None
    seen_s: float = 0.0
    on: bool = False
    blind: bool = False


class ViewHealth:
    """Watches one camera's view of ``width`` x ``height`` pixels, frame by frame."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._view = Reference(width, height)
        self._signs: dict[Trouble, _Sign] = {trouble: _Sign() for trouble in LASTS_S}
        self._began_s: float | None = None
        self._checked_s = float("-inf")
        self._shift_px: tuple[float, float] | None = None
        self._elsewhere_s: float | None = None  # since when nothing of the old view is found

    @property
    def doubtful_s(self) -> float:
        """Since when there is a sign of blindness that has not lasted long enough to be told, in
        seconds; infinite without."""
        signs = self._signs.items()
        since_s = (s.since_s for trouble, s in signs if not s.on and self._blinds(trouble))
        return min((s for s in since_s if s is not None), default=inf)

    def look(self, frame: Frame, people_xyxy: Boxes) -> list[Finding]:
        """What was found out with this frame; ``people_xyxy`` (N, 4) is everything in it that may
        be a person, in pixels."""
        now = frame.time_s
        if now < self._checked_s + CHECK_S - 1e-6:
            return []
        elapsed_s = min(now - self._checked_s, CHECK_S * 3)
        self._checked_s = now
        if self._began_s is None:
            self._began_s = now
        view = self._view
        view.sample(frame.bgr, people_xyxy)
        measures = measure(view)
        young = now - self._began_s < LEARN_S
        signs = self._signs_of(measures, now, young=young)
        well = not any(signs.values()) and measures.alike >= ALIKE
        if well or (young and not signs["dark"]):
            view.learn(elapsed_s)
        return [f for trouble, sign in signs.items() for f in self._judge(trouble, sign, now)]

    def _signs_of(
        self, measures: Measures, now: float, *, young: bool
    ) -> dict[Trouble, bool | None]:
        """Which signs there are; None where that cannot be told now."""
        view = self._view
        frozen = view.same
        dark = measures.brightest < DARK
        signs: dict[Trouble, bool | None] = dict.fromkeys(LASTS_S)
        signs["frozen"], signs["dark"] = frozen, dark
        if young or dark or measures.sight < LEAST_SIGHT or frozen:
            return signs
        signs["glare"] = measures.dazzled >= DAZZLED
        same_place = measures.alike >= ALIKE
        still = view.moving <= STILL
        signs["blocked"] = measures.lost >= COVERED and not same_place and still
        shift = measures.shift_px
        if shift is not None:
            signs["moved"] = measures.rolled or hypot(*shift) >= LEAST_SHIFT * self._width
        elsewhere = shift is None and not same_place and still and measures.lost < COVERED
        if not elsewhere:
            self._elsewhere_s = None
        elif self._elsewhere_s is None:
            self._elsewhere_s = now
        elif now - self._elsewhere_s >= ELSEWHERE_S - 1e-6:
            signs["moved"] = True
        if signs["moved"]:
            self._shift_px = shift
        elif not signs["blocked"] and not signs["glare"]:
            signs["blurred"] = measures.lost >= BLURRED and same_place
        return signs

    def _blinds(self, trouble: Trouble) -> bool:
        """Whether nobody could be seen, should ``trouble`` begin now."""
        lively = self._view.changes >= LIVELY
        return trouble in BLIND and (lively or trouble != "frozen")

    def _judge(self, trouble: Trouble, sign: bool | None, now: float) -> list[Finding]:
        held = self._signs[trouble]
        if sign is None:
            if not held.on and now - held.seen_s > END_S:
                held.since_s = None  # nobody knows whether it lasted
            return []
        if sign:
            held.seen_s = now
            if held.since_s is None:
                elsewhere_s = self._elsewhere_s if trouble == "moved" else None
                held.since_s = now if elsewhere_s is None else elsewhere_s
            if held.on or now - held.since_s < LASTS_S[trouble] - 1e-6:
                return []
            held.on, held.blind = True, self._blinds(trouble)
            shift = self._shift_px if trouble == "moved" else None
            return [
                Finding(trouble, "begins", now, held.since_s, REASONS[trouble], shift, held.blind)
            ]
        if held.since_s is None or (held.on and now - held.seen_s < END_S - 1e-6):
            return []
        since_s, held.since_s = held.since_s, None
        if not held.on:
            return []
        held.on = False
        return [Finding(trouble, "ends", now, since_s, REASONS[trouble], blind=held.blind)]


REASONS: dict[Trouble, str] = {
    "dark": "there is no light, or something dark covers the lens",
    "glare": "a part of the picture is washed out",
    "blocked": "something covers the lens",
    "blurred": "details are gone: out of focus, or a dirty lens",
    "moved": "the view is not where it was",
    "frozen": "every picture is the same",
}
