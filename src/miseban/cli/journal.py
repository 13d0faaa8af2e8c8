"""``miseban journal``: back-up, restore, check, recount and export of what a hub keeps."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from miseban.journal.backup import back_up, check
from miseban.journal.backup import restore as restore_journal
from miseban.journal.export import export as export_events
from miseban.journal.journal import Journal as OpenJournal
from miseban.journal.manifest import read_manifest
from miseban.journal.rollups.keeper import OLDER_AT_ONCE
from miseban.journal.rollups.older import older
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENT_CLASSES

app = typer.Typer(help="Back-up, restore, check, recount and export of what a hub keeps.")
Journal = Annotated[Path, typer.Argument(metavar="JOURNAL", help="A journal's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print the figures for programs.")]


@app.command("backup")
def backup(
    journal: Journal,
    to: Annotated[Path, typer.Argument(metavar="BACKUP", help="A new folder.")],
    as_json: Json = False,
) -> None:
    """Copies a journal as it is now; a hub may be writing it.

    Example: miseban journal backup journal backups/monday
    """
    made = back_up(journal, to, datetime.now(UTC))
    if as_json:
        typer.echo(made.model_dump_json(exclude={"files"}))
    else:
        typer.echo(f"{made.events} events of {made.shop}, {len(made.files)} files, are in {to}")


@app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="What backup made.")],
    journal: Annotated[Path, typer.Argument(metavar="JOURNAL", help="A new folder.")],
    as_json: Json = False,
) -> None:
    """Makes a journal of a back-up, every byte checked. Cameras send again what they still have.

    Example: miseban journal restore backups/monday journal
    """
    made = restore_journal(source, journal)
    if as_json:
        typer.echo(made.model_dump_json(exclude={"files"}))
    else:
        when = made.made.isoformat(timespec="seconds")
        typer.echo(f"{made.events} events of {made.shop}, as of {when}, are in {journal}")


@app.command("verify")
def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A journal or a back-up.")],
    as_json: Json = False,
) -> None:
    """Reads all of a journal or back-up; exit status 1 when anything is damaged or there twice.

    Example: miseban journal verify backups/monday
    """
    found = check(folder)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        for problem in found.problems:
            typer.echo(problem)
        wrong = len(found.problems)
        typer.echo(f"{found.events} events of {found.shop}, {wrong or 'no'} problems")
    if found.problems:
        raise typer.Exit(1)


@app.command("recount")
def recount(journal: Journal, as_json: Json = False) -> None:
    """Counts days again that an older miseban has counted; a hub does so by itself, in some hours.

    Example: miseban journal recount journal
    """
    manifest = read_manifest(journal)
    opened = OpenJournal.open(journal, shop=manifest.shop, timezone=manifest.timezone)
    with contextlib.closing(opened):
        began = left = list(older(journal))
        for _ in range(len(began) // OLDER_AT_ONCE + 2):  # each takes days not tried before
            if left:
                opened.compact(datetime.now(UTC))
                left = list(older(journal))
    done = len(began) - len(left)
    if as_json:
        typer.echo(f'{{"days": {done}, "unreadable": {len(left)}}}')
    else:
        typer.echo(f"{done} days are counted again" + (f", {len(left)} not" if left else ""))
    if left:
        raise typer.Exit(1)


@app.command("export")
def export(
    journal: Journal,
    to: Annotated[Path, typer.Argument(metavar="FILE", help="A new .parquet or .csv file.")],
    kinds: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only this; several times.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", metavar="TIME", help="From then on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", metavar="TIME", help="Before then.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Writes events to one file, in order of time; times without an offset are UTC.

    Example: miseban journal export journal april.parquet --since 2026-04-01 --until 2026-05-01
    """
    unknown = sorted(set(kinds or ()) - set(EVENT_CLASSES))
    if unknown:
        known = ", ".join(sorted(EVENT_CLASSES))
        raise BadInput("type", f"--type {unknown[0]}", f"expected one of {known}")
    count = export_events(journal, to, types=kinds, since=_aware(since), until=_aware(until))
    typer.echo(f'{{"events": {count}}}' if as_json else f"{count} events are in {to}")


def _aware(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time
