"""A source becomes facts: the loop that drives vision and space.

In: a source and the shop file. Out: events and rows. Never: a frame written anywhere.
"""
