"""A shop whose journal lies in a folder of this machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from miseban.client.questions import Shop
from miseban.insight.questions import Answer, Question, answer
from miseban.insight.uncertainty.accuracy_file import load_accuracy
from miseban.journal.reader import JournalReader
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import load_shop

SHOP_FILE, JOURNAL = "shop.toml", "journal"


class LocalShop(Shop):
    """Reads while somebody else may write. Raises ``BadInput`` where there is no journal or no shop
    file."""

    def __init__(self, folder: Path, shop_file: Path | None = None) -> None:
        below = folder / JOURNAL
        journal = below if (below / "journal.json").exists() else folder
        self._reader = JournalReader(journal)
        path = shop_file or _found(journal)
        self._shop = load_shop(path)
        self._accuracy = load_accuracy(path, self._shop.shop.id)

    @property
    def id(self) -> str:
        return self._reader.shop

    @property
    def timezone(self) -> str:
        return self._reader.timezone

    def ask(self, question: Question) -> Answer:
        return answer(question, self._shop, self._reader, self._accuracy)

    def table(self, sql: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """What DuckDB answers to a SELECT over ``events``, ``minutes``, ``hours`` and ``days``
        (docs/journal.md)."""
        found: pd.DataFrame = self._reader.table(sql, parameters).to_pandas()
        return found

    def events(
        self,
        types: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """Single events, in order of time, for as long as they are kept."""
        return self._reader.events(types, since, until, limit)

    def close(self) -> None:
        self._reader.close()


def _found(journal: Path) -> Path:
    """The shop file in the journal's folder or the one above."""
    folder = journal.absolute()
    for place in (folder, folder.parent):
        if (place / SHOP_FILE).exists():
            return place / SHOP_FILE
    raise BadInput("no-shop-file", folder, f"expected {SHOP_FILE} here or above, or shop=...")
