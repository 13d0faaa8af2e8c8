"""Pixels become tracks: sources, detectors, the tracker.

In: a camera or a recording. Out: ``TrackRows``. Never: a shop's lines and zones, or a pixel
written to disk or network.
"""
