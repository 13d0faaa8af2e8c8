"""Detectors: a frame goes in, people come out as boxes with scores."""

from miseban.vision.detectors.detection import Detections, Detector
from miseban.vision.detectors.opening import open_detector

__all__ = ["Detections", "Detector", "open_detector"]
