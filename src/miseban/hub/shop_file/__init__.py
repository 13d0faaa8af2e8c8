"""The text of a shop or rules file, changed table by table, and the texts that it had before.

In: the file as people wrote it, and what one table of it shall say. Out: the same text in which
nothing else is another, comments and all; and what two texts of it have not in common. Never: a
file that does not read as it should.
"""
