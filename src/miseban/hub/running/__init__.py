"""Running a hub: its settings, its parts put together, its logs, and its place among services.

In: a shop file and a settings file. Out: a process that keeps, alarms and answers until it is told
to stop. Never: a secret in a log, or a start that leaves something half done.
"""
