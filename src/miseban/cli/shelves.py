"""``miseban shelves``: the shelves beside a plan of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from miseban.cli.common import wide_console
from miseban.insight.planogram import (
    LARGEST_PLAN,
    LOOKED_BACK,
    OF_LOOKS,
    By,
    Finding,
    Part,
    compare,
    looks_of,
    plan_of,
    read_plan,
    shares_of,
)
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Stocked
from miseban.vocabulary.shop import load_shop

app = typer.Typer(
    help="The shelves beside a plan of them.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def shelves() -> None:
    """The shelves beside a plan of them."""


@app.command("plan")
def plan_command(
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    plan_file: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", help="The plan as CSV (default: the shop file's own)."),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Of what the shares of shelf are.")] = "product",
    journal: Annotated[
        Path | None,
        typer.Option("--journal", metavar="DIR", help="A journal that says how facings look now."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Tells facing by facing what stands otherwise than planned, and who has how much shelf.

    Example: miseban shelves plan shop.toml plan.csv --by brand
    """
    shop = load_shop(shop_file)
    plan = plan_of(shop) if plan_file is None else read_plan(_bytes(plan_file), shop, plan_file)
    looks = {} if journal is None else _looks(journal, shop.shop.id)
    found, parts = compare(plan, shop, looks), shares_of(plan, shop, by)
    if as_json:
        told = {"facings": len(plan), "differences": [asdict(one) for one in found]}
        typer.echo(json.dumps(told | {"shares": [asdict(one) for one in parts]}))
        return
    typer.echo(f"{len(plan)} facings planned, {len(found) or 'no'} differences")
    console = wide_console()
    if found:
        console.print(_differences(found))
    console.print(_shares(parts, by))


def _looks(journal: Path, shop: str) -> dict[str, Stocked]:
    from miseban.journal.reader import JournalReader  # cameras have no DuckDB

    now = datetime.now(UTC)
    with closing(JournalReader(journal)) as reader:
        if reader.shop != shop:
            what = f"expected the journal of {shop}, found that of {reader.shop}"
            raise BadInput("journal", journal, what)
        return looks_of(reader.events(OF_LOOKS, now - LOOKED_BACK, now))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_PLAN + 1)  # read_plan refuses what is longer
    except OSError as error:
        raise BadInput("bad-plan", path, f"cannot be read: {error.strerror or error}") from None


def _differences(found: Sequence[Finding]) -> Table:
    table = Table("facing", "what", "product", "planned", "found", box=None)
    for one in found:
        kind = f"{one.kind} ({one.side})" if one.side else one.kind
        table.add_row(one.place, kind, one.gtin, one.expected, one.found)
    return table


def _shares(parts: Sequence[Part], by: By) -> Table:
    table = Table(by, "facings", "share", "planned", box=None)
    for one in parts:
        table.add_row(one.name or "-", str(one.facings), f"{one.share:.1%}", f"{one.planned:.1%}")
    return table
