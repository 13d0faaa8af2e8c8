"""A camera that sees nothing loses coverage, whatever it delivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from miseban.camera.analysis import analyse
from miseban.camera.looking import Looking
from miseban.camera.self_watch import SelfWatch
from miseban.insight.intervals import gaps_s, per_interval
from miseban.vision.detectors.detection import Detections
from miseban.vision.health import Finding, ViewHealth
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap
from miseban.vision.tracker import Tracker
from miseban.vocabulary.events import CameraHealth, ZoneOccupancy
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.stretches import joined, length_s
from tests.camera.played import START, PlayedSource, shop_of

SHOP = shop_of(160, 90)


class LightsOut(PlayedSource):
    """A camera at one frame a second before which the lamps are out for a while. Nothing comes
    between the two moments ``away_s``, and the same picture between those of ``frozen_s``."""

    def __init__(
        self,
        dark_s: tuple[float, float],
        end_s: float,
        away_s: tuple[float, float] = (-1.0, -1.0),
        *,
        frozen_s: tuple[float, float] = (-1.0, -1.0),
        noise: float = 2.0,
    ) -> None:
        super().__init__(160, 90, 1.0)
        self._dark_s, self._end_s, self._away_s = dark_s, end_s, away_s
        self._frozen_s, self._noise = frozen_s, noise

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(0)
        shop = rng.integers(40, 220, (18, 32, 3)).repeat(5, axis=0).repeat(5, axis=1)
        for number in range(round(self._end_s)):
            if self._away_s[0] < number < self._away_s[1]:
                continue
            if number == self._away_s[1]:
                self.gaps.append(Gap(*self._away_s, "the cable"))
            light = 0.02 if self._dark_s[0] <= number < self._dark_s[1] else 1.0
            if not self._frozen_s[0] < number < self._frozen_s[1]:
                seen = shop * light + self._noise * rng.standard_normal(shop.shape)
                bgr = np.clip(seen, 0, 255).astype(np.uint8)
            yield Frame(bgr.copy(), number + 1, float(number), START + timedelta(seconds=number))


class Nobody:
    name = "nobody"

    def detect(self, frame: Frame) -> Detections:
        return Detections.none()

    def close(self) -> None:
        """Nothing is open."""


def test_time_in_the_dark_is_lost_coverage_and_the_events_agree() -> None:
    result = analyse(LightsOut((120.0, 300.0), 480.0), Nobody(), parse_shop(SHOP, "s"), "c")
    told = [event for event in result.events if isinstance(event, CameraHealth)]
    assert [(event.state, event.phase) for event in told] == [
        ("dark", "begins"),
        ("dark", "ends"),
        ("ok", None),
    ]
    begun, ended, _ = told
    assert begun.since == START + timedelta(seconds=124)  # the mean of three pictures is dark
    assert ended.since == begun.since
    lost_s = (ended.time - begun.since).total_seconds()
    assert sum(event.gap_s for event in told) == pytest.approx(lost_s)
    assert result.uncovered_s == pytest.approx(lost_s)
    minutes = [event for event in result.events if isinstance(event, ZoneOccupancy)]
    seen_s = sum(event.coverage * event.period_s for event in minutes)
    assert seen_s == pytest.approx(result.duration_s - lost_s, abs=1)
    assert [event.coverage for event in minutes[3:5]] == [0.0, 0.0]


def test_a_camera_that_stays_dark_is_told_of_at_the_end() -> None:
    result = analyse(LightsOut((60.0, 999.0), 200.0), Nobody(), parse_shop(SHOP, "s"), "c")
    told = [event for event in result.events if isinstance(event, CameraHealth)]
    assert [(event.state, event.phase) for event in told] == [("dark", "begins"), ("dark", "lasts")]
    assert sum(event.gap_s for event in told) == pytest.approx(result.uncovered_s, abs=1.1)


@pytest.mark.parametrize("away_s", [(130.0, 146.0), (126.0, 142.0), (140.0, 156.0), (160.0, 176.0)])
def test_a_gap_in_the_dark_is_lost_once(away_s: tuple[float, float]) -> None:
    """Before the dark is told, when it is over, and while it lasts: the result, the minutes, the
    hours and the sum over the events all say the same."""
    source = LightsOut((120.0, 150.0), 300.0, away_s)
    result = analyse(source, Nobody(), parse_shop(SHOP, "s"), "c")
    told = [event for event in result.events if isinstance(event, CameraHealth)]
    gaps = [event for event in told if event.state == "gap"]
    dark = [event for event in told if event.state == "dark"]
    assert [event.gap_s for event in gaps] == [16.0]
    assert [dark[0].phase, dark[-1].phase] == ["begins", "ends"]
    assert {event.phase for event in dark[1:-1]} <= {"lasts"}
    assert dark[0].since is not None
    lost = joined(
        [away_s, ((dark[0].since - START).total_seconds(), (dark[-1].time - START).total_seconds())]
    )
    assert result.uncovered_s == pytest.approx(length_s(lost), abs=1e-3)
    assert sum(event.gap_s for event in told) == pytest.approx(result.uncovered_s)
    stretches = [(a, b) for a, b, _ in gaps_s(result.events, START)]
    assert length_s(stretches) == pytest.approx(result.uncovered_s), "and where it was lost"
    minutes = [event for event in result.events if isinstance(event, ZoneOccupancy)]
    hours = per_interval(result.events, START, result.duration_s, 60)
    assert [event.coverage for event in minutes] == pytest.approx(list(hours.coverage), abs=0.02)
    unseen_s = sum((1 - event.coverage) * event.period_s for event in minutes)
    assert unseen_s == pytest.approx(result.uncovered_s, abs=0.1)


def freezing(frozen_s: tuple[float, float], *, noise: float = 2.0) -> LightsOut:
    return LightsOut((0.0, 0.0), 300.0, frozen_s=frozen_s, noise=noise)


def test_minutes_wait_until_it_is_known_whether_a_picture_is_frozen() -> None:
    """Which is told after a minute, when the minute before would have been written."""
    result = analyse(freezing((90.0, 200.0)), Nobody(), parse_shop(SHOP, "s"), "c")
    told = [event for event in result.events if isinstance(event, CameraHealth)]
    assert [event.state for event in told][:2] == ["frozen", "frozen"]
    assert result.uncovered_s > 100
    minutes = [event for event in result.events if isinstance(event, ZoneOccupancy)]
    hours = per_interval(result.events, START, result.duration_s, 60)
    assert [event.coverage for event in minutes] == pytest.approx(list(hours.coverage), abs=1e-6)
    assert minutes[1].coverage < 0.55


def test_minutes_go_on_when_pictures_were_the_same_for_a_while_only() -> None:
    space_events = analyse(freezing((90.0, 120.0)), Nobody(), parse_shop(SHOP, "s"), "c").events
    minutes = [event for event in space_events if isinstance(event, ZoneOccupancy)]
    assert [event.coverage for event in minutes] == [1.0] * 5


def test_a_picture_that_never_changed_is_told_of_but_loses_nothing() -> None:
    """Nobody can tell a clean picture of an empty shop from an encoder that hangs."""
    result = analyse(freezing((0.0, 999.0), noise=0.0), Nobody(), parse_shop(SHOP, "s"), "c")
    told = [event for event in result.events if isinstance(event, CameraHealth)]
    assert [(event.state, event.phase, event.gap_s) for event in told] == [
        ("frozen", "begins", 0.0),
        ("frozen", "lasts", 0.0),
    ]
    assert result.uncovered_s == 0
    minutes = [event for event in result.events if isinstance(event, ZoneOccupancy)]
    assert {event.coverage for event in minutes} == {1.0}


def test_of_two_troubles_found_in_one_look_the_earlier_counts() -> None:
    shop, source = parse_shop(SHOP, "s"), LightsOut((0.0, 0.0), 1.0)
    watch = SelfWatch(shop, "c", source.info)
    looking = Looking(Nobody(), Tracker(), source.info, gated=False)
    frame = next(source.frames())
    findings = [
        Finding("blocked", "begins", 90.0, 30.0, blind=True),
        Finding("dark", "begins", 90.0, 50.0, blind=True),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ViewHealth, "look", lambda *_: findings)
        told = watch.saw(Frame(frame.bgr, 91, 90.0, frame.utc), looking)
    assert watch.blind == (30.0, 90.0)
    assert sum(e.gap_s for e in told if isinstance(e, CameraHealth)) == 60.0
