"""``miseban privacy``: what is in force, what is held, and the documents that tell of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from miseban import __version__
from miseban.cli.at_hub import DataFolder, SettingsFile, now
from miseban.cli.common import wide_console
from miseban.cli.hub import need_hub_packages
from miseban.cli.new_files import check_new, write_new
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import load_shop

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from miseban.hub.privacy.assessment import Recipient
    from miseban.hub.privacy.audit import Audited
    from miseban.hub.running.settings import Settings

app = typer.Typer(
    help="The policy in force, what is held, the notice and the assessment.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ShopFile = Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_MOST_SHOWN = 50


@app.callback()
def privacy() -> None:
    """The policy in force, what is held, the notice and the assessment."""


@app.command("policy")
def show_policy(shop_file: ShopFile, as_json: AsJson = False) -> None:
    """Shows the policy in force: what is on, how long it is kept, and why.

    Example: miseban privacy policy shop.toml
    """
    policy = load_policy(load_shop(shop_file).shop.policy)
    if as_json:
        typer.echo(policy.model_dump_json(indent=2))
        return
    typer.echo(f"{policy.name}: {policy.title}. {policy.basis}")
    table = Table("what", "on", "kept", "why", box=None)
    for name, rule in policy:
        if not hasattr(rule, "why"):
            continue
        minutes = getattr(rule, "keep_minutes", None)
        kept = f"{rule.keep_days} days" if rule.keep_days else "until withdrawn"
        kept = f"{minutes} minutes" if minutes else kept
        table.add_row(name, "on" if rule.on else "off", kept if rule.on else "-", rule.why)
    wide_console().print(table)


@app.command("audit")
def audit_command(
    shop_file: ShopFile,
    settings_file: SettingsFile = None,
    data: DataFolder = None,
    backups: Annotated[
        list[Path] | None,
        typer.Option("--backups", metavar="DIR", help="A folder with back-ups; several times."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lists all that a hub holds, by class, with its oldest record and the policy's limit; exit
    status 1 when anything is out of policy.

    Example: miseban privacy audit shop.toml --data /var/lib/miseban --backups /mnt/backups
    """
    need_hub_packages()
    from miseban.hub.privacy.audit import audit

    shop = load_shop(shop_file)
    settings = _settings(settings_file, data)
    if not settings.data.is_dir():
        raise BadInput("data", settings.data, "expected a hub's folder, found none")
    engine = _database(settings)
    try:
        found = audit(
            settings.data, shop.shop.id, load_policy(shop.shop.policy), now(), engine, backups
        )
    finally:
        if engine is not None:
            engine.dispose()
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _print_audit(found)
    if found.out_of_policy:
        raise typer.Exit(1)


@app.command("notice")
def notice_command(
    shop_file: ShopFile,
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where visitors find the page; in the code.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="A folder for poster.html and notice.html.")
    ] = Path(),
) -> None:
    """Writes the notice as a poster to print and as a page, in Japanese, English, Korean and
    Chinese, from the shop file's [notice]. A hub serves the page itself, at /notice.

    Example: miseban privacy notice shop.toml --url https://shop.local:8443/notice --out print
    """
    need_hub_packages()
    from miseban.hub.privacy.notice import notice_of, own_language
    from miseban.hub.privacy.poster import poster, whole_page

    shop = load_shop(shop_file)
    notice = notice_of(shop, shop_file)
    made = {
        out / "poster.html": poster(shop, notice, url, own_language(shop)).encode(),
        out / "notice.html": whole_page(shop, notice).encode(),
    }
    check_new({f"--out ({path.name})": path for path in made})
    write_new(made)
    for path in made:
        typer.echo(f"{path}")


@app.command("assessment")
def assessment_command(
    shop_file: ShopFile,
    settings_file: SettingsFile = None,
    data: DataFolder = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Instead of printing it.")
    ] = None,
) -> None:
    """Prints the record of processing and the impact assessment in Markdown, from the configuration
    that is in force. What only the operator can say is left to be filled in.

    Example: miseban privacy assessment shop.toml --settings hub.toml --out assessment.md
    """
    need_hub_packages()
    from miseban.hub.privacy.assessment import assessment

    shop = load_shop(shop_file)
    settings = _settings(settings_file, data)
    text = assessment(shop, now(), _recipients(settings, shop_file), __version__)
    if out is None:
        typer.echo(text, nl=False)
    else:
        check_new({"--out": out})
        write_new({out: text.encode()})


@app.command("scan")
def scan_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Any folder, as a hub's data.")],
    as_json: AsJson = False,
) -> None:
    """Looks for pictures in every file below a folder; exit status 1 when there is one.

    Example: miseban privacy scan /var/lib/miseban
    """
    need_hub_packages()
    from miseban.hub.privacy.scan import scan

    if not folder.is_dir():
        raise BadInput("folder", folder, "expected a folder, found none")
    try:
        found = list(scan(folder))
    except OSError as error:
        raise Failed(
            "scan", error.filename or folder, f"cannot be read: {error.strerror}"
        ) from None
    if as_json:
        typer.echo("[" + ",\n ".join(one.model_dump_json() for one in found) + "]")
    else:
        for one in found[:_MOST_SHOWN]:
            where = f" in {one.inside}" if one.inside else ""
            typer.echo(f"{one.file}: {one.kind} at byte {one.at}{where}")
        typer.echo(f"{len(found) or 'no'} pictures")
    if found:
        raise typer.Exit(1)


def _settings(settings_file: Path | None, data: Path | None) -> Settings:
    from miseban.hub.running.settings import load_settings

    return load_settings(settings_file, data=data)


def _database(settings: Settings) -> Engine | None:
    """None where there is none yet: to look at it does not make one."""
    from miseban.hub.database import open_database

    url = settings.database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return None
    return open_database(url)


def _recipients(settings: Settings, shop_file: Path) -> list[Recipient]:
    """Chat, mail and broker from the settings, webhooks, push services and readers of the broker
    from the database, without their secrets."""
    from miseban.hub.notify.settings import load_notify
    from miseban.hub.privacy.assessment import Recipient, host_of
    from miseban.hub.privacy.elsewhere import push_services, readers, webhooks

    notify = load_notify(settings.notify_file(shop_file))
    found = [
        Recipient("chat or mail", channel.id, "alerts, without data of people")
        for channel in notify.channels
    ]
    engine = _database(settings)
    if engine is not None:
        try:
            found += [
                Recipient("webhook", host_of(url), f"events {types}")
                for url, types in webhooks(engine)
            ]
            found += [
                Recipient("push service", host, "alerts, sealed for the browser of an account")
                for host in dict.fromkeys(map(host_of, push_services(engine)))
            ]
            found += [
                Recipient("reader on the broker", name, "public figures: how many, of nobody alone")
                for name in readers(engine)
            ]
        finally:
            engine.dispose()
    if settings.mqtt is not None:
        what = "carries what cameras deliver to the hub; whoever else may read gets public figures"
        found.append(Recipient("broker of others", host_of(settings.mqtt.broker), what))
    return found


def _print_audit(found: Audited) -> None:
    table = Table("what", "class", "records", "oldest", "limit", "where", "", box=None)
    for one in found.findings:
        held = one.held
        table.add_row(
            held.kind,
            held.data or "any",
            f"{held.records}",
            f"{held.oldest:%Y-%m-%d %H:%M}" if held.oldest else "-",
            f"{one.limit:%Y-%m-%d %H:%M}" if one.limit else "-",
            held.place,
            one.wrong or "ok",
        )
    wide_console().print(table)
    wrong = len(found.out_of_policy)
    typer.echo(f"{found.shop}, policy {found.policy}: {wrong or 'nothing'} out of policy")
