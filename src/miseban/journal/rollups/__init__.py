"""Roll-ups: what the events of a minute, an hour and a day come to, kept beside them.

In: the events of the days that changed. Out: ``rollups/{minute,hour,day}``, Parquet in the long
form of ``rows.py``, equal to a recount of the events. Never: a figure that shrinks because single
events have been forgotten.
"""

from miseban.journal.rollups.days import ShopDay, days_of_utc, shop_day
from miseban.journal.rollups.rows import BIN_EDGES_S, ROW, Level, class_of

__all__ = ["BIN_EDGES_S", "ROW", "Level", "ShopDay", "class_of", "days_of_utc", "shop_day"]
