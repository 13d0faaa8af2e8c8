"""``hub.toml``: safe without a word in it, and one line for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from miseban.hub.running.settings import (
    Mqtt,
    OwnBrokerTable,
    Settings,
    Tls,
    Upkeep,
    load_settings,
)
from miseban.vocabulary.errors import BadInput


def written(folder: Path, text: str) -> Path:
    path = folder / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_it_listens_on_this_machine_alone_with_tls(tmp_path: Path) -> None:
    found = load_settings(None, data=tmp_path / "data")
    assert (found.host, found.port, found.tls.on) == ("127.0.0.1", 8443, True)
    assert found.data == tmp_path / "data"
    assert found.database_url == f"sqlite:///{tmp_path}/data/hub.db"
    assert found.mqtt is None


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'data = "kept"\nrules = "rules.toml"\n[tls]\ncertificate = "a.pem"\nkey = "/k.pem"\n'
        '[mqtt]\nbroker = "mqtts://hub@broker.local"\npassword_file = "secret"\n',
    )
    found = load_settings(path)
    assert found.data == tmp_path / "kept"
    assert found.rules == tmp_path / "rules.toml"
    assert found.tls.certificate == tmp_path / "a.pem"
    assert found.tls.key == Path("/k.pem")
    assert found.mqtt is not None
    assert found.mqtt.password_file == tmp_path / "secret"
    assert found.mqtt.ca is None


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'database = "postgresql+pg8000://hub:hunter2@db/miseban"\n',
    )
    assert "hunter2" not in repr(load_settings(path))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("liste = 1", "liste"),
        ('hosts = ["a b"]', ": hosts 1: expected a name or address without a port"),
        ('listen = "0.0.0.0"', 'listen: expected an address such as "127.0.0.1:8443"'),
        ('listen = ":70000"', "listen"),
        ('listen = ":8080"\n[tls]\non = false', "tls.on where others can reach the hub"),
        ('[tls]\nkey = "a.pem"', "certificate and key, or neither"),
        ('[mqtt]\nbroker = "http://x"', "broker"),
        ('[mqtt]\nbroker = "mqtts://hub:hunter2@x"', "password_file"),
        ("[mqtt]\nbroker = 5", "broker"),
        (
            '[mqtt]\nbroker = "mqtt://hub@192.168.1.9"',
            "expected TLS to a broker on another machine",
        ),
        ('[mqtt]\nbroker = "mqtt://localhost.example:1883"', "expected TLS to a broker"),
        ("[upkeep]\nreserve_mb = 1", "reserve_mb: expected a number of at least 16"),
        ("listen = ", "expected TOML"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadInput) as error:
        load_settings(path)
    line = str(error.value)
    assert says in line
    assert line.startswith(str(path))
    assert "\n" not in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "broker", ["mqtt://hub@127.0.0.1:1884", "mqtt://[::1]", "mqtt://localhost"]
)
def test_a_broker_on_this_machine_needs_no_tls(tmp_path: Path, broker: str) -> None:
    found = load_settings(written(tmp_path, f'[mqtt]\nbroker = "{broker}"\n'))
    assert found.mqtt is not None
    assert found.mqtt.broker == broker


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="can be read"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        load_settings(tmp_path / "odd.toml")


def test_what_is_said_on_the_command_line_stands_above_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'listen = "127.0.0.1:1"\ndata = "kept"\n')
    found = load_settings(path, data=tmp_path / "other", listen=":9000")
    assert (found.listen, found.data) == (":9000", tmp_path / "other")
    with pytest.raises(BadInput, match="listen: expected an address"):
        load_settings(path, listen="nowhere")
    with pytest.raises(BadInput, match="the settings: listen: expected an address"):
        load_settings(None, listen="nowhere")


def test_every_setting_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "hub.md").read_text("utf-8")
    tables: dict[str, type[BaseModel]] = {
        "tls": Tls, "broker": OwnBrokerTable, "mqtt": Mqtt, "upkeep": Upkeep,
    }  # fmt: skip
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for name in Settings.model_fields.keys() - tables.keys():
        assert any(line.startswith(f"| `{name}` |") for line in rows), name
    for table, model in tables.items():
        told = " ".join(line for line in rows if line.startswith(f"| `[{table}] "))
        for name, field in model.model_fields.items():
            assert f"{name}`" in told or f"`{name}`" in told, f"[{table}] {name}"
            if isinstance(field.default, int) and not isinstance(field.default, bool):
                assert f"`{field.default}`" in told, f"[{table}] {name}"
