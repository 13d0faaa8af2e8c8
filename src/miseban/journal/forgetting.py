"""Retention's primitive: events of a class that are too old are gone for good, with a receipt."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from miseban.journal.compaction import Compaction
from miseban.journal.manifest import RECEIPTS, Receipt
from miseban.journal.rejected import forget_rejected
from miseban.vocabulary.events import DataClass


def forget(of: Compaction, data: DataClass, before: datetime, now: datetime | None) -> Receipt:
    """Of segments; the log has been brought there. Whole days go as files, the day of ``before`` is
    written anew without its older part. Where nothing went, there is no file of the receipt, and
    the next one has its number. Raises ``OSError``; what stood stands, or all is done."""
    before = before.astimezone(UTC)
    days, gone = set(), 0
    if of.rollups is not None:
        # First, so that a crash in between leaves something to do, never something undone; and up
        # to what will be told as forgotten, since nobody looks there again.
        until = of.forgotten.get(data, before)
        of.rollups.forget(of.disk, of.folder, of.manifest, data, max(before, until))
    rejected = forget_rejected(of.disk, of.folder, before)
    with of.changing() as change:
        for segment in of.manifest.segments:
            if segment.data != data or segment.day > before.date():
                continue
            kept = 0
            if segment.day == before.date():
                table = of.readable(segment)
                if table is None:
                    continue  # it goes with its day
                later = table.filter(
                    pc.greater_equal(table["time"], pa.scalar(before, pa.timestamp("us", "UTC")))
                )
                kept = len(later)
                if kept == len(table):
                    continue
                if kept:
                    change.add(data, segment.day, later)
            change.drop(segment)
            days.add(segment.day)
            gone += segment.events - kept
        manifest = of.manifest
        receipt = Receipt(
            number=manifest.next_receipt,
            data=data,
            before=before,
            events=gone,
            days=tuple(sorted(days)),
            rejected=rejected,
            made=now,
        )
        forgotten = {**manifest.forgotten, data: of.forgotten.get(data, before)}
        if not gone and not rejected:
            change.commit(forgotten=forgotten)
            return receipt
        change.commit(
            forgotten=forgotten,
            receipts=(*_missing(of, manifest.receipts), receipt),
            next_receipt=receipt.number + 1,
        )
    return receipt


def _missing(of: Compaction, receipts: tuple[Receipt, ...]) -> tuple[Receipt, ...]:
    """Those that are no files yet."""
    there = set(of.disk.names(of.folder / RECEIPTS))
    return tuple(r for r in receipts if r.file not in there)
