"""``hub.toml``: where a hub keeps its data, where it listens, and whom it tells.

Every setting has a default, so that a hub runs without the file: on this machine alone.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.problem import bad_shop
from miseban.vocabulary.shop.table import Table, wrong
from miseban.vocabulary.shop.translate import from_pydantic

_ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:]+)\]|([^\s:\[\]]*)):(\d{1,5})")


def _address(text: str) -> str:
    found = _ADDRESS.fullmatch(text)
    if found is None or not 1 <= int(found[3]) <= 65535:
        raise wrong('an address such as "127.0.0.1:8443" or ":8443"')
    return text


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?", text):
        raise wrong('a name or address without a port, such as "shop.local"')
    return text.lower()


def _broker(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise wrong('a broker such as "mqtts://hub@127.0.0.1:8883"')
    if parts.password is not None:
        raise wrong("no password here: it goes into a file, password_file", "one")
    if parts.scheme == "mqtt" and not is_here(parts.hostname):
        raise wrong("TLS to a broker on another machine, mqtts://", "mqtt://")
    return text


Address = Annotated[str, AfterValidator(_address)]
Host = Annotated[str, AfterValidator(_host)]
Broker = Annotated[str, AfterValidator(_broker)]


class Tls(Table):
    """``[tls]``: the hub makes a certificate of its own, unless it is given one."""

    on: bool = Field(
        default=True, description="Off only where the hub listens on this machine alone."
    )
    certificate: Path | None = Field(default=None, description="A certificate (chain) in PEM.")
    key: Path | None = Field(default=None, description="Its key in PEM.")

    @model_validator(mode="after")
    def _both(self) -> Tls:
        if (self.certificate is None) != (self.key is None):
            raise wrong("certificate and key, or neither", "one of them")
        return self


class OwnBrokerTable(Table):
    """``[broker]``: the hub runs a Mosquitto of its own, which must be installed."""

    listen: Address | None = Field(
        default=None, description="Where cameras reach it, with TLS; without it this machine alone."
    )
    inside: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=1883, description="The port by which the hub reaches it."
    )


class Mqtt(Table):
    """``[mqtt]``: a broker that others run, over which cameras deliver."""

    broker: Broker = Field(description="`mqtt://` or `mqtts://`, with the hub's user name.")
    password_file: Path | None = Field(default=None, description="Holds the hub's password.")
    ca: Path | None = Field(default=None, description="Certificates to believe, in PEM.")


class Upkeep(Table):
    """``[upkeep]``: what a hub does by itself."""

    compact_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        default=10, description="Minutes between two compactions of the journal."
    )
    reserve_mb: Annotated[int, Field(ge=16, le=100_000)] = Field(
        default=256, description="Megabytes that are left free; with less no event is taken in."
    )
    retention_hour: Annotated[int, Field(ge=0, le=23)] = Field(
        default=3, description="Hour of the shop's day at which what is too old is deleted."
    )
    memory_mb: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        default=1000,
        description="Megabytes; a hub that takes more begins anew, once a day from that hour on.",
    )


class Settings(Table):
    """The whole of ``hub.toml``. Paths are relative to it."""

    data: Path = Field(default=Path("data"), description="Folder of journal, database and keys.")
    listen: Address = Field(default="127.0.0.1:8443", description="Where pages and API are served.")
    hosts: tuple[Host, ...] = Field(
        default=(), description="Names and addresses by which browsers call this hub."
    )
    database: SecretStr | None = Field(
        default=None, description="`postgresql+pg8000://…`; without it SQLite in `data`."
    )
    rules: Path | None = Field(
        default=None,
        description="The rules of alerts; without it `rules.toml` beside the shop file, if there.",
    )
    notify: Path | None = Field(
        default=None,
        description="By which ways people are told (docs/notify.md); else `notify.toml` there.",
    )
    tls: Tls = Tls()
    broker: OwnBrokerTable | None = None
    mqtt: Mqtt | None = None
    upkeep: Upkeep = Upkeep()

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        if not self.tls.on and not is_here(self.host):
            raise wrong("tls.on where others can reach the hub", f"listen {self.listen} without it")
        if self.broker is not None and self.mqtt is not None:
            raise wrong("[broker] or [mqtt]", "both")
        if self.broker is not None and self.broker.listen is not None and not self.tls.on:
            raise wrong("tls.on where cameras reach the broker", "it off")
        return self

    @property
    def host(self) -> str:
        """Where it listens: an address; empty for all."""
        return split_address(self.listen)[0]

    @property
    def port(self) -> int:
        return split_address(self.listen)[1]

    def rules_file(self, shop_file: Path) -> Path:
        """Where the rules of the shop in ``shop_file`` lie or, once they are set, will lie. Raises
        ``BadInput`` (``rules``) where the settings name a file that is not there."""
        if self.rules is None:
            return shop_file.absolute().with_name("rules.toml")
        if not self.rules.exists():
            raise BadInput("rules", self.rules, "expected a rules file, found none")
        return self.rules

    def notify_file(self, shop_file: Path) -> Path:
        """Where it would say by which ways the people of the shop in ``shop_file`` are told.
        Raises ``BadInput`` (``notify``) where the settings name a file that is not there."""
        if self.notify is None:
            return shop_file.absolute().with_name("notify.toml")
        if not self.notify.exists():
            raise BadInput("notify", self.notify, "expected a file, found none")
        return self.notify

    @property
    def broker_folder(self) -> Path:
        """Where the files of the shop's broker lie: whoever writes its lists writes them there."""
        return self.data / "broker"

    @property
    def database_url(self) -> str:
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data / 'hub.db'}"


def split_address(text: str) -> tuple[str, int]:
    """Host (empty for all) and port of an ``Address``."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def is_here(host: str) -> bool:
    """Whether ``host`` is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_settings(
    path: Path | None, *, data: Path | None = None, listen: str | None = None
) -> Settings:
    """The settings of the TOML file at ``path``, or the defaults, with every path made absolute:
    relative ones start at the file's folder, without a file here. ``data`` and ``listen``, where
    they are given, stand above the file's.

    Raises ``BadInput`` naming file, table and key, or line and column.
    """
    where = str(path) if path is not None else "the settings"
    written = {} if path is None else _read(path)
    if listen is not None:
        written["listen"] = listen
    if data is not None:
        written["data"] = str(data.absolute())
    try:
        settings = Settings.model_validate(written, by_alias=True, by_name=False)
    except ValidationError as error:
        found = from_pydantic(error, Settings)
        raise bad_shop(where, found, written, code="settings", lists=()) from None
    return _placed(settings, (path.parent if path is not None else Path()).absolute())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8").removeprefix("\ufeff"))
    except OSError as error:
        what = f"expected a settings file that can be read, found: {error.strerror or error}"
        raise BadInput("settings", path, what) from None
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML
        raise BadInput("settings", path, f"expected TOML in UTF-8, found: {error}") from None


def _placed(settings: Settings, base: Path) -> Settings:
    changes: dict[str, Any] = {"data": base / settings.data}
    for name in ("rules", "notify"):
        if (file := getattr(settings, name)) is not None:
            changes[name] = base / file
    if settings.tls.certificate is not None and settings.tls.key is not None:
        pem = {"certificate": base / settings.tls.certificate, "key": base / settings.tls.key}
        changes["tls"] = settings.tls.model_copy(update=pem)
    if settings.mqtt is not None:
        given = settings.mqtt.model_dump(include={"password_file", "ca"}, exclude_none=True)
        files = {name: base / file for name, file in given.items()}
        changes["mqtt"] = settings.mqtt.model_copy(update=files)
    return settings.model_copy(update=changes)
