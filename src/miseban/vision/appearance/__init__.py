"""Appearance: what colours somebody wears, to join views of one visit, and for nothing else.

In: frames and boxes. Out: sealed vectors, and from these how much likelier than not two tracks are
of one person. Never: a vector that is written, sent, printed, or older than minutes; one that
compares with another day's or another process's; or anything about a face.
"""
