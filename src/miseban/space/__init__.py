"""Tracks become facts: floor projection, lines, zones, queues, visits, heat.

In: ``TrackRows`` and the shop file. Out: events. Never: pixels, or the time of day from a clock.
"""
