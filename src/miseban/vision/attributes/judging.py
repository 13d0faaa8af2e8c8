"""From a track's best moments to one vote, or to none: how sure must it be?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import hypot
from statistics import NormalDist

import numpy as np

from miseban.vision.attributes.moments import BestMoments, Moment
from miseban.vision.attributes.votes import Vote
from miseban.vision.faces.face import Floats
from miseban.vocabulary.attributes import AGE_EDGES, OLDEST, YOUNGEST, AgeBand, Attribute, Gender


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Thresholds on confidence, 0.5 to 1 for gender and 0 to 1 for a band; see the table of
    coverage against error in ``docs/attributes.md``."""

    gender: float = 0.8
    age: float = 0.6
    least_looks: int = 2
    """Fewer moments than this say nothing: what is taken for a face once may be none."""
    young: float = 0.4
    """Whoever is younger than 20 with this probability is left out of everything."""
    face_accuracy: float = 0.958
    body_accuracy: float = 0.9
    """How often the networks are right by their authors: no confidence is above it."""
    age_error_years: float = 8.8
    """Standard deviation of the age, from the authors' mean absolute error of 6.99 years (times
    the root of pi / 2, as of a normal distribution)."""


@dataclass(frozen=True, slots=True)
class AgeJudgement:
    """Probabilities of being below 20 and in each band, from a normal distribution around the mean
    of all views; its spread is the network's error and how far the views differ."""

    young: float
    bands: dict[AgeBand, float]

    @property
    def best(self) -> tuple[AgeBand, float]:
        band = max(self.bands, key=lambda name: self.bands[name])
        return band, self.bands[band]


def judge(
    moments: BestMoments,
    settings: JudgeSettings,
    reads: Collection[Attribute] = ("gender", "age"),
) -> Vote:
    """One vote, on what is among ``reads`` and on nothing else. The face decides; the body only
    where no face was good enough, and on gender alone.

    Whoever may be younger than 20 gets no value at all, and is as one whose face nobody saw.
    """
    faces, bodies = moments.faces, moments.bodies
    if len(faces) < settings.least_looks:
        if len(bodies) < settings.least_looks or "gender" not in reads:
            return Vote()
        return Vote(gender=gender_of(bodies, settings.body_accuracy, settings.gender))
    age = judge_age(np.concatenate([moment.age for moment in faces]), settings)
    if age.young >= settings.young:
        return Vote()
    band, sure = age.best
    gender = None
    if "gender" in reads:
        gender = gender_of(faces, settings.face_accuracy, settings.gender)
    return Vote(gender=gender, age=band if "age" in reads and sure >= settings.age else None)


def gender_of(moments: list[Moment], accuracy: float, threshold: float) -> Gender | None:
    """The gender that is at least as sure as ``threshold``, or None."""
    male, sure = confidence(moments, accuracy)
    if not moments or sure < threshold:
        return None
    return "male" if male else "female"


def confidence(moments: list[Moment], accuracy: float) -> tuple[bool, float]:
    """Whether male is the likelier, and how sure that is, 0.5 to ``accuracy``.

    The mean over moments and views is what all agree on; it is drawn in so that full agreement
    means the network's known accuracy, since no number of looks at one face is better than that.
    """
    if not moments:
        return False, 0.5
    mean = float(np.mean([float(np.mean(moment.male)) for moment in moments]))
    return mean >= 0.5, 0.5 + abs(2 * mean - 1) * (accuracy - 0.5)


def judge_age(years: Floats, settings: JudgeSettings) -> AgeJudgement:
    """``years`` (N,) of all views of the best moments."""
    middle = float(np.mean(years))
    likely = NormalDist(middle, hypot(settings.age_error_years, float(np.std(years))))
    bands: dict[AgeBand, float] = {
        band: (1.0 if high >= OLDEST else likely.cdf(high)) - likely.cdf(low)
        for band, low, high in AGE_EDGES
    }
    return AgeJudgement(young=likely.cdf(YOUNGEST), bands=bands)
