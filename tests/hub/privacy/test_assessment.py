"""The assessment is made of what is configured, and leaves open what only the operator knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from miseban.cli.app import run
from miseban.hub.people.rights import ROLES
from miseban.hub.privacy.assessment import FILL_IN, Recipient, assessment, host_of
from miseban.vocabulary.events import DataClass
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import parse_shop
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
