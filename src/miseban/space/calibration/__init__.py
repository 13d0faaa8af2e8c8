"""Calibration: from what is known of a picture to where the floor is in it.

In: points that a person clicked, boards that lie on the floor (`clicks`, `boards`), or tracks of
people who walked by (`walking`, `overlap`). Out: a ``Pinhole`` or a homography, floor points for
the shop file, and how many centimetres it is likely to be wrong. Never: a pixel.
"""
