"""Intake: what cameras deliver, into the journal, and the answer how far it is kept.

In: payloads of batches, by MQTT or from this machine. Out: answers, once all they speak of is
durable. Never: garbage that stops it, or one camera that speaks for another.
"""
