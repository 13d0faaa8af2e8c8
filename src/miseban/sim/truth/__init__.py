"""What really happened, in the product's own formats.

In: the people and the goods of a simulation. Out: exact events, trails and tables. Never: a rule or
a line of code of what it judges.
"""
