"""The field's own formats, at the border: tills' receipts, ONVIF Profile M, figures for others.

In: bytes that others wrote. Out: events, or what others can read. Never: half of a file, an
exception other than ``BadInput``, or a figure about single people.
"""
