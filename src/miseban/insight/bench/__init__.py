"""How well and how cheaply each model sees, on this machine.

In: models and runtimes. Out: ``Measured``. Never: two timings in one process.
"""

from miseban.insight.bench.job import Candidate, Judging, Timing, judge_apart, time_apart

__all__ = ["Candidate", "Judging", "Timing", "judge_apart", "time_apart"]
