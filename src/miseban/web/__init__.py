"""The hub's pages: what a browser shows of the shop.

In: the hub's own API, as any other client asks it. Out: HTML, style and small ES modules, all from
this machine. A page never reads the journal or a database by itself, so that nobody sees more on a
page than the API would tell them.
"""
