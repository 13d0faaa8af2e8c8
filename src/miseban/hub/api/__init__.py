"""The hub's HTTP API: ``/api/v1``, one file for each group of routes.

In: requests. Out: answers, to those who have the right. Never: a route that says nothing of rights,
an answer of class ``assist`` to somebody who may not see it, or a trace of the code in an error.
"""
