"""Coverage against error of gender and age band, on all people of the sample clips, by threshold.

What a person sees in the frames is the truth (``tests/vision/attributes/people.py``). A band is
wrong when it lies outside the years between which one would guess somebody; guesses by eye are not
exact. The clips: Intel sample-videos, CC BY 4.0.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from bench.material import SHARED, VIDEO, need
from bench.result import CannotRunError, Result
from miseban.vision.attributes.judging import JudgeSettings, judge
from miseban.vision.attributes.looking import open_reader
from miseban.vision.attributes.moments import BestMoments, Moment
from miseban.vision.attributes.quality import Abstained
from miseban.vision.detectors import open_detector
from miseban.vision.faces import open_faces
from miseban.vision.models.registry import load_registry
from miseban.vision.models.store import installed
from miseban.vision.sources import open_source
from miseban.vocabulary.attributes import AGE_EDGES
from miseban.vocabulary.errors import BadInput
from tests.vision.attributes.people import CLASS, CLIPS, Person, Seen, watch

FACES_IN_CLASS = 4
GENDER = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
AGE = (0.5, 0.55, 0.6, 0.65, 0.7)
Right = Callable[[Person, BestMoments, JudgeSettings], bool | None]


def run(repeats: int) -> list[Result]:
    del repeats  # nothing here depends on the clock
    os.environ.setdefault("MISEBAN_MODELS", str(SHARED / "models"))
    videos = [need(VIDEO / name) for name in CLIPS]
    try:
        reader, detector = open_reader(), open_detector("yolox-nano")
    except BadInput as error:
        raise CannotRunError(str(error)) from error
    seen = [one for video in videos for one in watch(video, detector, reader)]
    results = [_row("gender", t, seen, _gender_right) for t in GENDER]
    with_age = [one for one in seen if one.person.ages]
    results += [_row("age", t, with_age, _age_right) for t in AGE]
    why: Counter[Abstained] = Counter()
    for one in seen:
        why += one.abstained
    looks = sum(one.looks for one in seen)
    note = ", ".join(f"{reason} {n}" for reason, n in why.most_common())
    read = sum(len(one.each) for one in seen)
    results.append(Result("looks read", read / looks, "", f"{read} of {looks} looks; not: {note}"))
    return results + _detectors()


def _detectors() -> list[Result]:
    """Small faces that each installed face detector finds, and what a frame costs."""
    results = []
    for model in load_registry().of_task("face-detection"):
        if installed(model) is None:
            continue
        detector = open_faces(model.name)
        faces, frames, spent = 0, 0, 0.0
        with open_source(str(VIDEO / CLASS)) as source:
            for frame in source.frames():
                began = time.process_time()
                faces += len(detector.faces(frame))
                spent += time.process_time() - began
                frames += 1
        note = f"faces a frame of {FACES_IN_CLASS}, 12 to 25 pixels ({CLASS}); "
        note += f"{1000 * spent / frames:.1f} ms of processor time a frame"
        results.append(Result(f"faces by {model.name}", faces / frames, "", note))
    return results


def _row(attribute: str, threshold: float, seen: list[Seen], right: Right) -> Result:
    settings = (
        replace(JudgeSettings(), gender=threshold)
        if attribute == "gender"
        else replace(JudgeSettings(), age=threshold)
    )
    people = [right(one.person, one.moments, settings) for one in seen]
    single = replace(settings, least_looks=1)
    looks = [right(one.person, _alone(m), single) for one in seen for m in one.each]
    voted = sum(answer is not None for answer in people)
    wrong = people.count(False)
    looks_voted = sum(answer is not None for answer in looks)
    default = threshold == getattr(JudgeSettings(), attribute)
    note = f"{voted} of {len(people)} people, {wrong} wrong; "
    note += f"looks alone: {looks_voted} of {len(looks)}, {looks.count(False)} wrong"
    note += " (the default)" if default else ""
    details = {"people": len(people), "voted": voted, "wrong": wrong, "looks": len(looks)}
    details |= {"looks_voted": looks_voted, "looks_wrong": looks.count(False)}
    return Result(
        f"{attribute} at {threshold:.2f}",
        wrong / voted if voted else 0.0,
        "wrong",
        note,
        0.05 if default else None,
        details={name: float(n) for name, n in details.items()},
    )


def _gender_right(person: Person, moments: BestMoments, settings: JudgeSettings) -> bool | None:
    said = judge(moments, settings).value("gender")
    return None if said is None else said == person.gender


def _age_right(person: Person, moments: BestMoments, settings: JudgeSettings) -> bool | None:
    said = judge(moments, settings).value("age")
    if said is None or person.ages is None:
        return None
    low, high = next((low, high) for band, low, high in AGE_EDGES if band == said)
    return person.ages[0] < high and person.ages[1] >= low


def _alone(moment: Moment) -> BestMoments:
    found = BestMoments()
    found.add(moment)
    return found
