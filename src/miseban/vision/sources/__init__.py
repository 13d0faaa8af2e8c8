"""Sources: files, live streams, USB cameras and image folders become frames with honest time.

In: an address. Out: a ``Source`` of ``Frame``. Never: a frame on disk, a password in a message.
"""

from miseban.vision.sources.live import LiveOptions
from miseban.vision.sources.opening import check_resolution, open_source
from miseban.vision.sources.source import Gap, Source, SourceInfo

__all__ = ["Gap", "LiveOptions", "Source", "SourceInfo", "check_resolution", "open_source"]
