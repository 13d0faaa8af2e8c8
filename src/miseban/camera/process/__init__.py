"""A camera process: live cameras in a loop that never ends, their events in an outbox.

In: the shop file and who the hub is. Out: batches of events to the hub, and a line a second to the
supervisor that all is well. Never: a picture that leaves memory, or memory that grows with time.
"""
