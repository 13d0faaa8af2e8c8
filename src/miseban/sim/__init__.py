"""The simulated shop: people who walk, stop, queue and pay, and the exact truth about them.

In: a shop file, a scenario file and a seed. Out: the world at every instant (``Scene``), tracks,
trails and events. Never: the rules of ``space`` or ``insight`` (the truth must not depend on what
it judges), a clock, or randomness that is not from the seed.
"""
