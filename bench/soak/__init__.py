"""A shop that runs for hours while its cameras come and go: ``python -m bench.soak --minutes 120``.

A real hub, a real mosquitto, ``miseban camera`` with two cameras that see pictures by RTSP, further
cameras that tell numbered events at an ordinary rate, one page that always listens and one that
comes and goes. Every half a minute or so something breaks and is mended. What every process takes
is written down every ten seconds, at once, so that a run that is cut off leaves all it saw;
``--report FOLDER`` judges what is there, also of a run that goes on.
"""
