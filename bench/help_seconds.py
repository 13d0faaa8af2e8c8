"""The judges of help by themselves, on seconds that were kept: what each need and each call came
to, and what other limits would have made of them.

``python -m bench.help_seconds PLAY-SEED...`` (as in ``supermarket-3 ordinary-1 falls-3``) plays
development seeds as ``bench/help.py`` plays unseen ones, keeps in ``out/help-seconds`` what the
judges were given, second by second, for as long as the sources that make it stay the same, prints
every need that was missed and every call for nothing, and then recall and calls for nothing by
``search_odds``. With a kept file it takes seconds: that is what limits are chosen with. The seeds
set aside for ``bench/help.py`` are refused.
"""

from __future__ import annotations

import gzip
import hashlib
import inspect
import json
import pickle
import random
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args

from bench.help import ASIDE, PLAYS, SOURCES, Play
from bench.help_shop import DETECTED, SHOPS, TRUTH, simulated
from bench.seeds import told
from miseban.camera.replay import replay
from miseban.insight.score.folder import Recording, read_folder, read_recording
from miseban.insight.score.help import incidents
from miseban.space.help.people import Glimpse
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shop_help import opened
from miseban.space.help.watch import HelpWatch
from miseban.vocabulary.events import HelpKind, HelpNeeded
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, load_shop

KEPT = Path("out") / "help-seconds"
JUDGES = SOURCES / "space" / "help"
GIVES = ("bodies.py", "flat.py", "shop_help.py")
"""Of the judges' folder, what makes the seconds that judges are given."""
PLAYED = ("help.py", "help_shop.py", "help_cameras.py")
PARTS = ("camera", "sim", "space", "vocabulary")
SEARCH_ODDS = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0)

FALLS = Play(
    "supermarket", "10:00", 25, ({"kind": "fall", "chance": 0.4, "lasts_s": [40.0, 120.0]},)
)
"""Many falls in a short time: ``falls`` among the plays."""

Second = tuple[float, dict[Any, Any], list[Any]]


def named(text: str) -> tuple[Play, int]:
    """The play and the seed of a name as ``supermarket-3``."""
    name, seed = text.rsplit("-", 1)
    return FALLS if name == "falls" else PLAYS[name], int(seed)


def kept(text: str) -> tuple[Shop, Recording, list[Second]]:
    """The shop, the truth, and what the judges were given in each second of the floor, of the play
    and seed of that name."""
    play, seed = named(text)
    folder = KEPT / _mark() / text
    shop_file, file = folder / f"{play.shop}.toml", folder / "seconds.pkl.gz"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        length = (play.begins, float(play.minutes))
        more = (play.incidents, play.more_aids)
        simulated(folder, play.shop, seed, *length, *more, twice=play.twice)
        told = json.loads((folder / TRUTH / "summary.json").read_text("utf-8"))
        seconds = _given(folder / TRUTH / DETECTED, load_shop(shop_file), told["start"])
        with gzip.open(file, "wb", compresslevel=1) as out:
            pickle.dump(seconds, out)
    with gzip.open(file, "rb") as found:
        seconds = pickle.load(found)
    return load_shop(shop_file), read_recording(read_folder(folder / TRUTH)), seconds


def _mark() -> str:
    """Of the sources that make what is kept; judges, which only read it, may change."""
    found = hashlib.sha256(inspect.getsource(Glimpse).encode())
    files = [file for part in PARTS for file in (SOURCES / part).rglob("*.py")]
    files += [*SHOPS.glob("*.toml"), *(Path(__file__).with_name(name) for name in PLAYED)]
    for file in sorted(files):
        if JUDGES not in file.parents or file.name in GIVES:
            found.update(file.read_bytes())
    return found.hexdigest()[:12]


def _given(tracks: Path, shop: Shop, start: str) -> list[Second]:
    """Replays ``tracks`` with somebody in the judges' place who only writes down."""
    seconds: list[Second] = []
    judged = HelpWatch.second

    def second(self: HelpWatch, now_s: float, seen: Any, strays: Any) -> list[Any]:
        if self.on_floor:
            seconds.append((now_s, dict(seen), list(strays)))
        return []

    HelpWatch.second = second  # type: ignore[method-assign]
    try:
        replay([tracks], shop, datetime.fromisoformat(start))
    finally:
        HelpWatch.second = judged  # type: ignore[method-assign]
    return seconds


def judged(
    shop: Shop, truth: Recording, seconds: Iterable[Second], settings: HelpSettings
) -> list[HelpNeeded]:
    """The calls that come of it."""
    names = EventIds(random.Random(1)), VisitIds(random.Random(2))
    opens = partial(opened, shop, truth.summary.start, *names, None, True)
    watch = HelpWatch(shop, opens, settings=settings)
    events = [event for second in seconds for event in watch.second(*second)]
    return [event for event in events if isinstance(event, HelpNeeded)]


def causes(truth: Recording, calls: list[HelpNeeded]) -> tuple[Counter[str], list[str]]:
    """How many needs there were, were found, and calls for nothing, by kind; and a line for each
    need that was missed and each call for nothing."""
    start_s = truth.summary.start.timestamp()
    counts: Counter[str] = Counter()
    lines = []
    for kind in get_args(HelpKind):
        needs = [one for one in incidents(truth) if one.call.kind == kind]
        mine = [call for call in calls if call.kind == kind]
        for need in needs:
            answers = [call for call in mine if need.answered_by(call)]
            counts[f"{kind} needs"] += 1
            if answers:
                counts[f"{kind} found"] += 1
                mine.remove(answers[0])
            else:
                at = f"{need.begin_s - start_s:.0f} to {need.end_s - start_s:.0f} s"
                lines.append(f"missed {kind} {at} at {need.call.place} {need.call.zone or ''}")
        for call in mine:
            counts[f"{kind} for nothing"] += 1
            at = f"{call.time.timestamp() - start_s:.0f} s"
            lines.append(f"for nothing {kind} {at} at {call.place} {call.zone or ''}")
    return counts, lines


def main(plays: list[str]) -> None:
    """Prints causes, and the curve of searches."""
    known: list[tuple[Shop, Recording, list[Second]]] = []
    for text in plays:
        if named(text)[1] in ASIDE:
            raise SystemExit(f"{text}: {told(ASIDE)} are kept for bench/help.py")
        found = kept(text)
        known.append(found)
        counts, lines = causes(found[1], judged(*found, HelpSettings()))
        print(text, dict(sorted(counts.items())), *lines, sep="\n  ", flush=True)
    for odds in SEARCH_ODDS:
        total: Counter[str] = Counter()
        for found in known:
            total += causes(found[1], judged(*found, HelpSettings(search_odds=odds)))[0]
        part = [total[f"long_search {what}"] for what in ("found", "needs", "for nothing")]
        print(f"search_odds {odds:g}: {part[0]} of {part[1]} found, {part[2]} for nothing")


if __name__ == "__main__":
    main(sys.argv[1:])
