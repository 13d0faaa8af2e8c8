"""``miseban people`` and ``miseban device`` as somebody on the hub's console uses them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from miseban.cli import device, people
from miseban.hub.database import open_database
from miseban.hub.mqtt_broker import Broker
from miseban.hub.people.people import People
from miseban.hub.running import command
from miseban.vocabulary.errors import BadInput, Failed
from tests.vocabulary.shop_text import SHOP

PASSWORD = "seven blue umbrellas"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")


def call(app: object, *words: object, typed: str | None = None) -> Result:
    given = [str(word) for word in words]
    return CliRunner().invoke(app, [*given, "--data", "hub"], input=typed)  # type: ignore[arg-type]


def told(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def hub() -> People:
    return People(open_database("sqlite:///hub/hub.db"))


def test_a_shop_is_set_up_from_the_console(tmp_path: Path) -> None:
    added = told(call(people.app, "add", "hanako", "--role", "manager", "--password",
                      typed=PASSWORD + "\n"))  # fmt: skip
    assert added == "hanako: manager, can log in\n"
    link = told(call(people.app, "add", "taro", "--role", "staff")).splitlines()[-1]
    now = datetime.now(UTC)
    begun = hub().doors.welcome(link.removeprefix("/welcome#"), PASSWORD, now, came_from="x")
    assert (begun.identity.name, begun.identity.role) == ("taro", "staff")
    told(call(people.app, "role", "taro", "marketer"))
    listed = json.loads(told(call(people.app, "list", "--json")))
    assert [(one["login"], one["role"], one["ready"]) for one in listed] == [
        ("hanako", "manager", True), ("taro", "marketer", True),
    ]  # fmt: skip
    reset = json.loads(told(call(people.app, "reset", "taro", "--json")))
    assert reset["path"].startswith("/welcome#")
    told(call(people.app, "close", "taro"))
    assert "taro" not in told(call(people.app, "list"))
    assert "closed" in told(call(people.app, "list", "--closed"))
    assert stat.S_IMODE((tmp_path / "hub").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "hub" / "hub.db").stat().st_mode) == 0o600


def test_tokens_are_made_shown_and_revoked() -> None:
    told(call(people.app, "add", "hanako", "--role", "manager", "--password", typed=PASSWORD))
    made = call(people.app, "token", "add", "hanako", "till [1]", "--scope", "import.receipts",
                "--scope", "see.count", "--days", 30)  # fmt: skip
    secret = told(made).strip()
    identity = hub().authenticate(datetime.now(UTC), bearer=secret)
    assert identity is not None
    assert {str(right) for right in identity.rights} == {"import.receipts", "see.count"}
    (row,) = json.loads(told(call(people.app, "token", "list", "hanako", "--json")))
    assert row["name"] == "till [1]"
    shown = told(call(people.app, "token", "list"))
    assert "till [1]" in shown
    assert secret not in shown
    told(call(people.app, "token", "revoke", row["id"]))
    assert hub().authenticate(datetime.now(UTC), bearer=secret) is None


def test_the_log_is_shown_and_verified() -> None:
    told(call(people.app, "add", "hanako", "--role", "manager", "--password", typed=PASSWORD))
    head = told(call(people.app, "audit", "verify")).strip()
    told(call(people.app, "add", "taro", "--role", "staff"))
    assert told(call(people.app, "audit", "verify", "--head", head)).startswith("2:")
    rows = json.loads(told(call(people.app, "audit", "show", "--json")))
    assert [(row["act"], row["who"], row["about"]) for row in rows] == [
        ("account.add", "console", "hanako"), ("account.add", "console", "taro"),
    ]  # fmt: skip
    assert "taro" in told(call(people.app, "audit", "show", "--limit", 1))
    wrong = call(people.app, "audit", "verify", "--head", "2:" + "0" * 64)
    assert isinstance(wrong.exception, BadInput)


@pytest.mark.parametrize(
    ("words", "typed", "what"),
    [
        (("add", "hanako", "--role", "boss"), None, "expected manager"),
        (("add", "ha nako", "--role", "staff"), None, "expected 1 to 64 letters"),
        (("add", "taro", "--role", "staff", "--password"), "short\n", "expected 12 to 256"),
        (("add", "taro", "--role", "staff", "--password"), "", "expected a line with a password"),
        (("close", "nobody"), None, "nobody: no such account"),
        (("close", "hanako"), None, "the last one who can log in"),
        (("role", "hanako", "staff"), None, "the last one who can log in"),
        (("token", "add", "hanako", "t", "--scope", "set.people", "--days", "1"), None, "expected"),
        (("token", "revoke", "0"), None, "no such token"),
        (("token", "list", "nobody"), None, "no such account"),
    ],
)
def test_what_will_not_do_is_told_in_one_line(
    words: tuple[str, ...], typed: str | None, what: str
) -> None:
    told(call(people.app, "add", "hanako", "--role", "manager", "--password", typed=PASSWORD))
    refused = call(people.app, *words, typed=typed)
    assert isinstance(refused.exception, BadInput)
    assert what in str(refused.exception)
    assert "\n" not in str(refused.exception)
    assert [one.login for one in hub().accounts.all()] == ["hanako"]


def test_no_database_is_made_by_asking(tmp_path: Path) -> None:
    refused = call(people.app, "list")
    assert isinstance(refused.exception, BadInput)
    assert "there is no database of a hub" in str(refused.exception)
    assert not (tmp_path / "hub").exists()


def test_a_camera_needs_none_of_it() -> None:
    """The commands are there, and what the hub needs is loaded only when they are used."""
    hub_only = "{'sqlalchemy', 'argon2', 'cryptography', 'pg8000'}"
    code = f"import sys, miseban.cli.app; assert not {hub_only} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_devices_come_and_go(tmp_path: Path) -> None:
    shop = ("--shop", "shop.toml")
    made = told(call(device.app, "broker", *shop, "--listen", "0.0.0.0:8883", "--port", 1884))
    assert "mosquitto -c " in made
    config = (tmp_path / "hub" / "broker" / "mosquitto.conf").read_text()
    assert "listener 8883 0.0.0.0\n" in config
    assert "allow_anonymous false\n" in config
    door = json.loads(told(call(device.app, "add", "door", *shop, "--json")))
    file = tmp_path / "till.password"
    shown = told(call(device.app, "add", "till", *shop, "--password-file", file))
    assert shown == "user: till\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) == 43
    passwords = (tmp_path / "hub" / "broker" / "passwords").read_text()
    assert [line.partition(":")[0] for line in passwords.splitlines()] == [
        "hub",
        "hub-others",
        "door",
        "till",
    ]
    assert door["password"] not in passwords
    told(call(device.app, "revoke", "door", *shop))
    assert "door" not in (tmp_path / "hub" / "broker" / "passwords").read_text()
    assert "user door" not in (tmp_path / "hub" / "broker" / "access").read_text()
    listed = json.loads(told(call(device.app, "list", "--json")))
    assert [one["name"] for one in listed] == ["till"]
    assert "till" in told(call(device.app, "list"))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("add", "a/b"), "expected letters, digits"),
        (("add", "door"), "is there already"),
        (("add", "new", "--password-file", "shop.toml"), "expected a new file"),
        (("revoke", "nobody"), "no such device"),
        (("broker", "--listen", "8883"), "expected an address and a port"),
        (("broker", "--listen", "shop:0"), "expected an address and a port"),
    ],
)
def test_wrong_devices_are_told_in_one_line(words: tuple[str, ...], what: str) -> None:
    told(call(device.app, "add", "door", "--shop", "shop.toml"))
    refused = call(device.app, *words, "--shop", "shop.toml")
    assert isinstance(refused.exception, BadInput)
    assert what in str(refused.exception)
    assert "new" not in told(call(device.app, "list"))


def test_who_is_revoked_on_the_console_is_out_of_the_lists_of_the_hubs_own_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    class Watched:
        def __init__(self, broker: Broker, *_: object) -> None:
            read.append(broker.folder)

        def start(self) -> None:
            raise BadInput("broker", "mosquitto", "is not needed here")

    monkeypatch.setattr(command, "OwnBroker", Watched)
    (tmp_path / "hub.toml").write_text('data = "hub"\n[broker]\n')
    with pytest.raises(BadInput, match="is not needed here"):
        command.run_hub(Path("shop.toml"), Path("hub.toml"))
    passwords = read[0] / "passwords"
    told(call(device.app, "add", "door", "--shop", "shop.toml"))
    assert "\ndoor:" in passwords.read_text()
    told(call(device.app, "revoke", "door", "--shop", "shop.toml"))
    assert "door" not in passwords.read_text()


def test_a_password_is_shown_also_where_the_broker_cannot_be_told(tmp_path: Path) -> None:
    told(call(people.app, "add", "taro", "--role", "staff"))
    (tmp_path / "hub" / "broker").write_text("a file, where a folder should be")
    failed = call(device.app, "add", "door", "--shop", "shop.toml")
    assert isinstance(failed.exception, Failed)
    password = failed.stdout.splitlines()[-1].removeprefix("password: ")
    assert len(password) == 43
