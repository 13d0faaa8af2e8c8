"""The assessment is made of what is configured, and leaves open what only the operator knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from cryptography.hazmat.primitives.asymmetric import ec

from miseban.cli.app import run
from miseban.hub.database import open_database
from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import public_bytes
from miseban.hub.notify.subscriptions import Subscriptions
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People
from miseban.hub.people.rights import ROLES
from miseban.hub.privacy.assessment import FILL_IN, Recipient, assessment, host_of
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import parse_shop
from tests.hub.people.staff import FAST, PASSWORD
from tests.hub.privacy.shops import WITH_NOTICE
from tests.hub.shopfront import SHOP

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_it_names_all_that_is_in_force() -> None:
    shop = parse_shop(WITH_NOTICE, "kado.toml")
    hook = Recipient("webhook", host_of("https://x.example/secret"), "events line.crossed")
    text = assessment(shop, NOW, [hook])
    policy = load_policy("jp")
    for data in get_args(DataClass):
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{data}` |")]
        assert policy.rule(data).why in row
        assert str(policy.rule(data).keep_days or "until withdrawn") in row
    for word in (
        *ROLES,
        *(c.id for c in shop.cameras),
        *(z.id for z in shop.zones),
        "03-0000-0000",
    ):
        assert word in text
    assert "https://x.example" in text
    assert "secret" not in text
    assert "Kado \\<Foods\\> & Co." in text  # what an operator writes is no markup
    assert text == assessment(shop, NOW, [hook])


def test_what_is_not_configured_is_left_open() -> None:
    text = assessment(SHOP, NOW)
    assert f"- Operator: {FILL_IN}" in text
    assert "**none on record**" in text
    assert "None is configured" in text


def test_the_commands(tmp_path: Path, capsys: Any) -> None:
    shop = tmp_path / "kado.toml"
    shop.write_text(WITH_NOTICE, "utf-8")
    assert run(["privacy", "policy", str(shop), "--json"]) == 0
    assert '"name": "jp"' in capsys.readouterr().out
    out = str(tmp_path / "assessment.md")
    here = ["--data", str(tmp_path / "data")]
    assert run(["privacy", "assessment", str(shop), "--out", out, *here]) == 0
    assert Path(out).read_text().startswith("# Record of processing")
    assert run(["privacy", "assessment", str(shop), "--out", out, *here]) == 2
    asked = ["privacy", "notice", str(shop), "--url", "https://a.example/notice"]
    assert run([*asked, "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.glob("*.html")} == {"poster.html", "notice.html"}
    assert run([*asked, "--out", str(tmp_path)]) == 2
    assert "expected a new file" in capsys.readouterr().err
    assert run(["privacy", "scan", str(tmp_path)]) == 0
    (tmp_path / "x").write_bytes(b"GIF89a....")
    assert run(["privacy", "scan", str(tmp_path)]) == 1


def test_recipients_are_those_that_there_are(tmp_path: Path, capsys: Any) -> None:
    shop = tmp_path / "kado.toml"
    shop.write_text(WITH_NOTICE, "utf-8")
    data = tmp_path / "data"
    data.mkdir()
    engine = open_database(f"sqlite:///{data / 'hub.db'}")
    hanako = People(engine, passwords=FAST).accounts.add(
        "hanako", "manager", PASSWORD, CONSOLE, NOW
    )
    MqttAccess(engine).add("board", "reader", CONSOLE, NOW)
    MqttAccess(engine).add("door", "camera", CONSOLE, NOW)
    private = ec.generate_private_key(ec.SECP256R1())
    key = base64url.encode(public_bytes(private.public_key()))
    for n in range(2):
        Subscriptions(engine).add(
            hanako.id, f"https://push.example/secret{n}", key, base64url.encode(bytes(16)), NOW
        )
    engine.dispose()
    (tmp_path / "hub.toml").write_text('[mqtt]\nbroker = "mqtts://hub@broker.example:8883"\n')
    asked = ["privacy", "assessment", str(shop), "--data", str(data)]
    assert run([*asked, "--settings", str(tmp_path / "hub.toml")]) == 0
    text = capsys.readouterr().out.partition("## Recipients")[2].partition("## Risks")[0]
    assert text.count("push service: `https://push.example`") == 1
    assert "secret" not in text
    assert "reader on the broker: `board` — public figures" in text
    assert "`door`" not in text
    (broker,) = [line for line in text.splitlines() if "mqtts://broker.example" in line]
    assert "all events" not in broker
    assert "public figures" in broker
    assert "nothing leaves" not in text
