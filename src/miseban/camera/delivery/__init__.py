"""The way from a camera to its hub: an outbox on disk, and senders that empty it.

In: events that became certain. Out: the same events, in order, as batches, until the hub says that
it has kept them. Never: an event that goes because a broker, a network or a process went.
"""
