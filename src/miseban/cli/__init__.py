"""Commands, thin, one file each.

In: what a person typed. Out: files, exit status 0, 1 or 2. Never: logic of its own.
"""
