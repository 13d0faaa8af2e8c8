"""Printed boards: drawn on a sheet of paper, and found again where they lie on the floor.

In: frames. Out: the corners of boards that lay still, in pixels. Never: a picture.
"""
