"""Exactly once, put to the test: cameras, broker and hub are killed at random for minutes.

    python -m bench.torture --minutes 10

Real outboxes and senders, a real mosquitto, a real journal behind the hub's own intake; only the
events are made up. While events are told at a steady rate, processes get ``kill -9``, the broker
loses its state, networks are cut or hang, and every process's wall clock jumps about. Then all come
to rest, and the journal is judged: no event lost, none twice, order kept, roll-ups as a recount.
"""
