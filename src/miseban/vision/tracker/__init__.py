"""The tracker: boxes of one frame after another become people followed through time.

In: ``Detections`` with the time of their frame. Out: ``TrackRows`` of confirmed tracks. Never:
pixels, a clock of its own, or anything a shop calls by name.
"""

from miseban.vision.tracker.gaps import fill_gaps
from miseban.vision.tracker.mot import write_mot
from miseban.vision.tracker.settings import TrackerSettings
from miseban.vision.tracker.tracker import Tracker

__all__ = ["Tracker", "TrackerSettings", "fill_gaps", "write_mot"]
