"""Exactly once, put to the test: cameras, broker and hub are killed at random for minutes.

    python -m bench.torture --minutes 10

Real outboxes and senders, a real mosquitto, ``miseban hub`` itself; only the events are made up.
While events are told at a steady rate, processes get ``kill -9``, the broker loses its state,
networks are cut or hang, and wall clocks are set forward and back by seconds, minutes, hours or a
day, while processes run and while they are down. Then all come to rest, and the journal is judged:
no event lost, none twice, order kept, roll-ups as a recount; no alert twice, and what the hub says
is so now is what a new look at the journal says, after one more day back and three ahead.
"""
