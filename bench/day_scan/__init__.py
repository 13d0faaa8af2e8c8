"""A whole simulated day through cameras, broker and hub, then a search of every file and of every
byte that went over a socket for pictures, crops and vectors: ``python -m bench.day_scan``.

Nothing may be found, and each kind that is planted must be. The hub's clock is that of the newest
event, so that a day takes as long as its parts need: everything else runs as in a shop.
"""
