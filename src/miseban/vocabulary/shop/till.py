"""``[[till]]``: where people wait and where they are served."""

from __future__ import annotations

from pydantic import Field

from miseban.vocabulary.shop.table import Id, Table, Title, title_from_id


class Till(Table):
    """A till joins a zone to wait in with a zone to be served in. Tills may share a queue."""

    id: Id = Field(description="What events and reports call this till.")
    name: Title = Field(
        default_factory=title_from_id, description="Its name for people. Without it: the id."
    )
    queue: Id = Field(description="The zone of kind `queue` in which people wait for it.")
    service: Id = Field(description="The zone of kind `counter` in which people are served.")
