"""docs/api.md and docs/formats.md say what is so."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from miseban.hub.api import safety
from miseban.hub.api.live import HEARTBEAT_S
from miseban.hub.api.metrics import REQUESTS, SECONDS
from miseban.hub.api.needs import Needs, declared
from miseban.hub.api.openapi import api_routes, methods_of
from miseban.hub.api.problems import Problem
from miseban.hub.api.watching import AGAIN_MS, ASKED_AGAIN_S
from miseban.hub.formats.broker import load_onvif
from miseban.hub.formats.onvif_counts import MOST_AT_ONCE
from miseban.hub.formats.public import PublicFigures
from miseban.hub.formats.receipt_csv import NEEDED, OPTIONAL
from miseban.hub.formats.receipt_json import read_json
from miseban.hub.formats.sales import LARGEST_FILE, MOST_LINES
from miseban.hub.mqtt_access import Kind
from miseban.hub.notify.signing import headers, new_secret
from tests.hub.api.hubs import Place

DOCS = Path(__file__).parents[3] / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.M | re.S)


def test_every_route_is_in_the_table_with_what_it_needs(place: Place) -> None:
    rows = re.findall(r"^\| `([A-Z]+) (/\S+)` \| (.*?) \|", text("api.md"), re.M)
    told = {(method, path): needed for method, path, needed in rows}
    assert len(told) == len(rows)
    found: dict[tuple[str, str], str] = {}
    for route in api_routes(place.app):
        declaration = declared(route)
        if isinstance(declaration, Needs):
            needed = ", ".join(f"`{one}`" for one in declaration.rights) or "to be known"
            needed += ", a person" if declaration.session else ""
        else:
            needed = "nothing"
        found |= {(method, route.path): needed for method in methods_of(route)}
    assert told == found


def test_the_documented_problem_is_one() -> None:
    (example,) = blocks("api.md", "json")
    assert json.loads(example).keys() == Problem.model_fields.keys()


def test_a_receiver_as_documented_knows_our_messages() -> None:
    (code,) = blocks("api.md", "python")
    scope: dict[str, Any] = {}
    exec(code, scope)  # our own document
    is_ours = scope["is_ours"]
    secret, old = new_secret(), new_secret()
    signed = headers("id", int(time.time()), b"body", [secret, old])
    assert is_ours(signed, b"body", secret)
    assert is_ours(signed, b"body", old)
    assert not is_ours(signed, b"other", secret)
    assert not is_ours(signed, b"body", new_secret())
    late = headers("id", int(time.time()) - 400, b"body", [secret])
    assert not is_ours(late, b"body", secret)


def test_numbers_are_as_documented() -> None:
    told = re.sub(r"\s+", " ", text("api.md"))
    assert f"retry: {AGAIN_MS}" in told
    assert f"Every {HEARTBEAT_S:.0f} seconds without an event" in told
    assert f"ends within {'ten' if ASKED_AGAIN_S == 10 else ASKED_AGAIN_S} seconds" in told
    assert f"took over {safety.BODY_S:.0f} s" in told
    assert f"{safety.SMALL // 1024} KiB" in told
    assert f"receipts {LARGEST_FILE // 10**6} MB" in told
    formats = text("formats.md")
    assert f"{LARGEST_FILE // 10**6} MB and {MOST_LINES:,} lines" in formats
    assert f"{MOST_AT_ONCE:,} at once" in formats
    for metric in (REQUESTS, SECONDS):
        name = next(iter(metric.describe())).name
        assert re.search(rf"`{name}(_total)?`", text("api.md"))


def test_columns_and_kinds_are_as_documented() -> None:
    table = text("formats.md").split("### CSV")[1].split("### JSON")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.M)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == {*NEEDED, *OPTIONAL}
    named = set(re.findall(r"of kind\s+`(\w+)`", text("formats.md")))
    assert named - {"crew"} == {"onvif", "reader"} <= set(get_args(Kind))


def test_examples_can_be_read(tmp_path: Path) -> None:
    (example,) = blocks("formats.md", "json")
    sales = read_json(example.encode(), ZoneInfo("Asia/Tokyo"))
    assert [(line.quantity, line.price) for line in sales[0].lines] == [(2, 120), (2, 33), (1, 34)]
    (rules,) = blocks("formats.md", "toml")
    (tmp_path / "onvif.toml").write_text(rules, "utf-8")
    assert [rule.line for rule in load_onvif(tmp_path / "onvif.toml")] == ["entrance"]


def test_every_topic_that_is_published_is_documented(place: Place) -> None:
    figures = PublicFigures(place.hub.shop, place.hub.live.snapshot)
    told = text("formats.md")
    for topic in figures.told(place.clock()):
        below = topic.removeprefix("miseban/shop/public/")
        if below.startswith("onvif-ej/"):
            assert f".../{below.partition('/&')[0]}/&SOURCE/RULE" in told
        else:
            kind, _, name = below.partition("/")
            assert f"`{kind}/{kind.upper() if kind != 'queue' else 'ZONE'}`" in told or not name
            assert f"| `{kind}" in told
