"""People and rights: accounts, roles, sessions, tokens, and the log of what they did.

In: names, passwords, tokens. Out: who is asking, and what that person or program may do. Never: a
password or token that can be read again.
"""
