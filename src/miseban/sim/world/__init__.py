"""The people of the simulated shop: who comes, where they go, and what they do there.

In: a shop, a scenario and a seed. Out: ``Simulation``, whose ``scene`` is the world at an instant
and whose records are what happened. Never: pixels, a camera, or a clock on the wall.
"""
