"""The journal: every event that was told, once, for as long as the policy allows.

In: events, in batches of a camera's outbox or one by one. Out: the same events, by time and type,
and roll-ups by minute, hour and day. Never: an event that was accepted and is lost, one that is
there twice, or a picture.
"""
