"""Learning: pictures with truth become models of our own.

In: rendered shops, recordings labelled by a larger detector, a training folder. Out: weights and
what was measured of them. Never: a picture of a customer of a running shop.
"""
