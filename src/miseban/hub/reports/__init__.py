"""Reports of days and weeks: asked for, and sent on schedule.

In: the hub's journal through the one entrance for questions, and ``[[report]]`` of ``notify.toml``.
Out: a report to whoever may see counts, and one to each channel, once. Never: a report that tells
more than the API would, or the same one twice to the same address.
"""
