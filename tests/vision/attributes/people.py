"""The people of the real clips, as a person who looks at the frames sees them.

Written down by eye from enlarged frames: who is a woman or a man, and between which ages somebody
would guess them. Of people seen only from behind no age is given. All faces are neutral.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from miseban.vision.attributes.cadence import Cadence
from miseban.vision.attributes.looking import PersonReader
from miseban.vision.attributes.moments import BestMoments, Moment
from miseban.vision.attributes.quality import Abstained
from miseban.vision.detectors import Detector
from miseban.vision.sources import open_source
from miseban.vision.tracker import Tracker
from miseban.vocabulary.attributes import Gender


@dataclass(frozen=True)
class Person:
    """``seen`` are (frame, x, y) at which the point lies in this person's box and in nobody
    else's; ``ages`` between which years one would guess, None where the face is never seen."""

    name: str
    clip: str
    gender: Gender
    ages: tuple[int, int] | None
    seen: tuple[tuple[int, int, int], ...]
    face: bool
    """Whether the face is large, sharp and frontal enough in some frame for a person to be sure."""


PAUSE = "intel_face-demographics-walking-and-pause.gif"
WALKING = "intel_face-demographics-walking.gif"
POSES = "intel_head-pose-face-detection-female-and-male.gif"
CLASS = "intel_classroom.gif"
ONE_BY_ONE = "intel_one_by_one_person.mp4"
AISLE = "intel_store-aisle-detection.gif"
WORKER = "intel_worker-zone-detection.gif"
ROOM = "intel_people-detection.gif"

PEOPLE = (
    Person("woman with long dark hair", PAUSE, "female", (28, 42), ((20, 75, 150),), True),
    Person("bald man with glasses", PAUSE, "male", (32, 48), ((20, 225, 150),), True),
    Person("fair woman with glasses", PAUSE, "female", (33, 50), ((20, 375, 150),), True),
    Person("woman in a light dress", WALKING, "female", (22, 38), ((16, 230, 200),), False),
    Person("man in a waistcoat", WALKING, "male", (38, 58), ((16, 304, 200),), False),
    Person("woman who leans", POSES, "female", (28, 42), ((3, 100, 180), (30, 100, 200)), True),
    Person("man who leans", POSES, "male", (24, 36), ((3, 350, 180), (30, 340, 200)), True),
    Person("man at the left", CLASS, "male", (25, 42), ((20, 75, 190),), False),
    Person("man at the back", CLASS, "male", (20, 35), ((20, 133, 155),), False),
    Person("man with a hood", CLASS, "male", (18, 35), ((20, 238, 155),), False),
    Person("man with red hair", CLASS, "male", (22, 38), ((20, 318, 190),), False),
    Person("woman in grey wool", ONE_BY_ONE, "female", None, ((140, 450, 200),), False),
    Person("man in a dark jacket", ONE_BY_ONE, "male", None, ((340, 460, 200),), False),
    Person("fair woman in black", ONE_BY_ONE, "female", None, ((600, 480, 200),), False),
    Person("man in a black shirt", ONE_BY_ONE, "male", None, ((810, 435, 200),), False),
    Person("dark woman in grey", ONE_BY_ONE, "female", None, ((1050, 455, 200),), False),
    Person("man in a grey shirt", ONE_BY_ONE, "male", None, ((1300, 440, 200),), False),
    Person("man with a hat", AISLE, "male", None, ((16, 280, 150), (56, 300, 100)), False),
    Person("woman in green", AISLE, "female", None, ((16, 365, 150),), False),
    Person("fair woman in brown", AISLE, "female", None, ((48, 350, 200),), False),
    Person("man in a vest", WORKER, "male", None, ((30, 145, 160),), False),
    Person("woman at the door", ROOM, "female", None, ((3, 40, 100),), False),
)
CLIPS = tuple(dict.fromkeys(person.clip for person in PEOPLE))


@dataclass
class Seen:
    """What was read of one person of the table: the best moments, each one, and how often nothing
    was."""

    person: Person
    moments: BestMoments = field(default_factory=BestMoments)
    each: list[Moment] = field(default_factory=list)
    abstained: Counter[Abstained] = field(default_factory=Counter)
    looks: int = 0


def watch(video: Path, detector: Detector, reader: PersonReader) -> list[Seen]:
    """Follows the people of a clip and looks at each as ``AttributeWatch`` does."""
    tracker = Tracker()
    cadence: dict[int, Cadence] = defaultdict(Cadence)
    found: dict[int, list[tuple[Moment | None, Abstained | None]]] = defaultdict(list)
    whose: dict[int, Person] = {}
    people = [person for person in PEOPLE if person.clip == video.name]
    with open_source(str(video)) as source:
        for frame in source.frames():
            rows = tracker.update(frame.time_s, frame.number, detector.detect(frame))
            for number, at, box in zip(rows.track.tolist(), rows.frame, rows.xyxy, strict=True):
                for person, x, y in _marks(people, int(at)):
                    if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                        whose.setdefault(number, person)
            now = rows.take(rows.frame == frame.number)
            boxes = list(now.xyxy)
            for i, number in enumerate(now.track.tolist()):
                if not cadence[number].due(frame.time_s, float(boxes[i][3] - boxes[i][1])):
                    continue
                found[number].append(reader.look(frame, boxes[i], boxes[:i] + boxes[i + 1 :]))
    seen = {person.name: Seen(person) for person in people}
    for number, looks in found.items():
        if number not in whose:
            continue
        one = seen[whose[number].name]
        for moment, why in looks:
            one.looks += 1
            if why is not None:
                one.abstained[why] += 1
            elif moment is not None:
                one.moments.add(moment)
                one.each.append(moment)
    return list(seen.values())


def _marks(people: list[Person], frame: int) -> Iterator[tuple[Person, int, int]]:
    for person in people:
        for at, x, y in person.seen:
            if at == frame:
                yield person, x, y
