"""The words all rooms share: the shop file, tracks, events, identifiers, errors.

In: nothing of ours. Out: plain types. Never: pixels, a clock, or a network.
"""
