"""Uniform: whether somebody wears the colours that the shop file names for staff.

In: frames and boxes. Out: for each track one number, the logarithm of how many times likelier what
is seen is of somebody who wears them than of somebody who does not. Never: a colour, or anything
that could tell one person from another; anything at all where the shop file names no uniform.
"""

from miseban.vision.uniform.watch import UniformWatch

__all__ = ["UniformWatch"]
