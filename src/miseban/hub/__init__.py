"""The hub: one a shop. It keeps what the cameras tell, and turns it into help at once.

In: batches of events, receipts, what people at the shop say and ask. Out: live state, alerts,
answers under ``/api/v1``. Never: a picture, an answer to somebody without the right to it, or a
cell of fewer than k people.
"""
