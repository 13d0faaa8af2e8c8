"""Web push from a notice to what a browser reads, over a real socket."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine

from miseban.hub.alerts import default_rules
from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import MOST_PLAIN, decrypt, public_bytes
from miseban.hub.notify.messages import LANGUAGES, Message, Words, load_words
from miseban.hub.notify.outgoing import Outgoing, networks
from miseban.hub.notify.subscriptions import MOST, Subscription, Subscriptions
from miseban.hub.notify.vapid import Vapid, check
from miseban.hub.notify.webpush import WebPush, payload
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People
from miseban.vocabulary.errors import BadInput
from tests.hub.alerts.floor import Hub
from tests.hub.notify.receivers import LOOPBACK, Received, http_receiver
from tests.hub.shopfront import SHOP, START, Making

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


class Browser:
    """A phone with the staff page: it subscribes, and reads what it gets."""

    def __init__(self, url: str, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.endpoint = f"{url}/push/{name}"

    def subscribe(self, to: Subscriptions, account: str, now: datetime = START) -> Subscription:
        key = base64url.encode(public_bytes(self.key.public_key()))
        auth = base64url.encode(self.auth)
        return to.add(account, self.endpoint, key, auth, now, insecure=True)

    def read(self, received: Received) -> dict[str, str]:
        found: dict[str, str] = json.loads(decrypt(received.body, self.key, self.auth))
        return found


def account(engine: Engine, login: str, role: str) -> str:
    made, _ = People(engine).accounts.invite(login, role, CONSOLE, START)
    return made.id


def pusher(subscriptions: Subscriptions, folder: Path) -> tuple[WebPush, Vapid, Outgoing]:
    vapid = Vapid.open(folder, "mailto:shop@example.com")
    out = Outgoing(local=False, allowed=networks(LOOPBACK, "x"), insecure=True)
    return WebPush(subscriptions, vapid, out, lambda: START, waits_s=(0.0, 0.0)), vapid, out


def message(roles: Any = ("staff",)) -> Message:
    title, body = "長い列：1番レジ", "5人が並んでいます。"
    return Message("alert-1", roles, "urgent", title, body, "ja", about_help=False)


def test_a_message_reaches_the_browsers_of_its_roles_and_only_they_read_it(
    engine: Engine, tmp_path: Path
) -> None:
    subscriptions = Subscriptions(engine)
    with http_receiver() as service:
        hana, ken = account(engine, "hana", "staff"), account(engine, "ken", "marketer")
        phone, tablet, other = (Browser(service.url, name) for name in ("a", "b", "c"))
        phone.subscribe(subscriptions, hana)
        tablet.subscribe(subscriptions, hana)
        other.subscribe(subscriptions, ken)

        async def work() -> Vapid:
            push, vapid, out = pusher(subscriptions, tmp_path)
            begin = time.perf_counter()
            assert await push.send(message()) == 2
            assert time.perf_counter() - begin < 4.0
            await out.close()
            return vapid

        vapid = run(work())
        by_path = {received.path: received for received in service.received}
        assert set(by_path) == {"/push/a", "/push/b"}
        received = by_path["/push/a"]
        assert phone.read(received) == {
            "alert": "alert-1",
            "title": "長い列：1番レジ",
            "body": "5人が並んでいます。",
            "urgency": "urgent",
            "lang": "ja",
        }
        with pytest.raises(ValueError, match="for this key"):
            tablet.read(received)
        headers = received.headers
        assert check(headers["authorization"], phone.endpoint, START) == vapid.public
        assert headers["content-encoding"] == "aes128gcm"
        assert (headers["ttl"], headers["urgency"]) == ("600", "high")
        assert len(headers["topic"]) == 32


@pytest.mark.parametrize(
    ("statuses", "sent", "asked", "kept"),
    [
        ([201], 1, 1, 1),
        ([410], 0, 1, 0),
        ([404], 0, 1, 0),
        ([503, 429, 201], 1, 3, 1),
        ([503, 503, 503], 0, 3, 1),
        ([400], 0, 1, 1),
        ([403], 0, 1, 1),
    ],
)
def test_what_a_push_service_answers(
    engine: Engine, tmp_path: Path, statuses: list[int], sent: int, asked: int, kept: int
) -> None:
    subscriptions = Subscriptions(engine)
    hana = account(engine, "hana", "staff")
    with http_receiver() as service:
        Browser(service.url, "a").subscribe(subscriptions, hana)
        left = list(statuses)
        service.answer = lambda _: left.pop(0)

        async def work() -> int:
            push, _, out = pusher(subscriptions, tmp_path)
            found = await push.send(message())
            await out.close()
            return found

        assert run(work()) == sent
        assert len(service.received) == asked
    assert len(subscriptions.of_roles(["staff"])) == kept


def test_a_subscription_to_this_machine_is_never_called(engine: Engine, tmp_path: Path) -> None:
    subscriptions = Subscriptions(engine)
    hana = account(engine, "hana", "staff")
    with http_receiver() as service:
        Browser(service.url, "a").subscribe(subscriptions, hana)

        async def work() -> int:
            vapid = Vapid.open(tmp_path, None)
            out = Outgoing(local=False, insecure=True)
            found = await WebPush(subscriptions, vapid, out, lambda: START).send(message())
            await out.close()
            return found

        assert run(work()) == 0
        assert service.received == []


def test_who_has_left_or_has_another_role_is_told_nothing(engine: Engine) -> None:
    people, subscriptions = People(engine), Subscriptions(engine)
    boss, hana, ken = (
        account(engine, login, role)
        for login, role in (("boss", "manager"), ("hana", "staff"), ("ken", "staff"))
    )
    for name, who in (("a", boss), ("b", hana), ("c", ken)):
        Browser("https://push.example", name).subscribe(subscriptions, who)
    assert len(subscriptions.of_roles(["staff"])) == 2
    people.accounts.close(ken, CONSOLE, START)
    people.accounts.set_role(hana, "marketer", CONSOLE, START)
    assert subscriptions.of_roles(["staff"]) == []
    assert [one.account for one in subscriptions.of_roles(["manager", "staff"])] == [boss]


def test_a_browser_is_of_who_used_it_last_and_an_account_has_so_many(engine: Engine) -> None:
    subscriptions = Subscriptions(engine)
    hana, ken = account(engine, "hana", "staff"), account(engine, "ken", "staff")
    phone = Browser("https://push.example", "phone")
    first = phone.subscribe(subscriptions, hana)
    again = phone.subscribe(subscriptions, ken)
    assert first.id == again.id
    assert [one.account for one in subscriptions.of_roles(["staff"])] == [ken]
    for i in range(MOST + 3):
        at = START.replace(minute=i)
        Browser("https://push.example", f"p{i}").subscribe(subscriptions, hana, at)
    mine = [one for one in subscriptions.of_roles(["staff"]) if one.account == hana]
    assert [one.endpoint[-2:].lstrip("p") for one in mine] == [str(i) for i in range(3, MOST + 3)]
    assert not subscriptions.remove(again.id, hana), "not hers"
    assert subscriptions.remove(again.id, ken)
    assert "push.example" not in repr(first)


@pytest.mark.parametrize(
    ("endpoint", "key", "auth", "code"),
    [
        ("http://push.example/x", "ok", "ok", "address"),
        ("https://push.example/x", "AAAA", "ok", "subscription"),
        ("https://push.example/x", "!", "ok", "subscription"),
        ("https://push.example/x", "ok", "AAAA", "subscription"),
    ],
)
def test_what_is_no_subscription(
    engine: Engine, endpoint: str, key: str, auth: str, code: str
) -> None:
    subscriptions = Subscriptions(engine)
    right = base64url.encode(public_bytes(ec.generate_private_key(ec.SECP256R1()).public_key()))
    given = (right if key == "ok" else key, "A" * 22 if auth == "ok" else auth)
    with pytest.raises(BadInput) as caught:
        subscriptions.add(account(engine, "hana", "staff"), endpoint, *given, START)
    assert caught.value.code == code


def keys_of(table: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        here = f"{path}.{key}"
        found |= keys_of(value, here) if isinstance(value, dict) else {here: value}
    return found


def test_every_language_says_the_same_things() -> None:
    english = keys_of(load_words("en"))
    for language in LANGUAGES[1:]:
        other = keys_of(load_words(language))
        assert other.keys() == english.keys()
        for key, text in english.items():
            holes = {hole for hole in ("{n}", "{place}", "{minutes}", "{percent}") if hole in text}
            assert all(hole in other[key] for hole in holes), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_of_every_rule_says_where_and_names_nobody(language: str) -> None:
    """Every built-in rule is raised; what phones get is short, and has no id of a visit in it."""
    hub, make, words = Hub(default_rules().limited(SHOP)), Making(), Words(language, SHOP)
    hub.tell(*(make.crossed(0, "in", f"secret-visit-{i}") for i in range(45)))
    hub.tell(*(make.crossed(1, "out", f"secret-visit-{i}x") for i in range(90)))
    hub.tell(*(make.crossed(2, "in", f"secret-visit-{i}y") for i in range(45)))
    hub.tell(
        make.queue(0, 9, 400.0),
        make.queue(0, 0, 0.0, "queue-2"),
        make.shelf(0, "empty"),
        make.shelf(0, "low", "ham"),
    )
    for number, kind in enumerate(
        ("fall", "on_floor", "wheelchair", "walking_aid", "slow_walk", "long_search",
         "unmanned_counter", "lost_child")
    ):  # fmt: skip
        hub.tell(make.help(1, f"call-{number}", kind))
    hub.tell(make.health(5, "dark", "begins", 1800.0, camera="door"))
    hub.wait(400)
    hub.wait(1300, step=10)
    rules = {notice.alert.rule for notice in hub.notices}
    assert rules == {rule.id for rule in default_rules().rules}
    whys = {notice.why for notice in hub.notices}
    assert whys == {"raised", "escalated"}
    for notice in hub.notices:
        told = words.message(notice)
        data = payload(told)
        assert len(data) <= MOST_PLAIN
        assert b"secret-visit" not in data
        assert b"call-" not in data
        assert "{" not in told.title + told.body
    titles = [words.message(n).title for n in hub.notices if n.alert.rule == "queue-long"]
    assert any("Till 1" in title for title in titles)
    shelf = next(n for n in hub.notices if n.alert.rule == "shelf-empty")
    assert "Egg sandwich" in words.message(shelf).title


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        Words("fr", SHOP)
    assert caught.value.code == "unknown-language"
