"""Attributes: what people look like, for aggregates and for nothing else.

In: moments of a track. Out: one sealed ``Vote`` a track, which only ``camera`` may count. Never: a
value about a single person in anything that can be written or sent, or a band below 20 years.
"""
