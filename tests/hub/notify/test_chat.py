"""Chat and mail by Apprise, to receivers on loopback and to nowhere else."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Coroutine
from email import message_from_string
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any, TypeVar

import pytest

from miseban.hub.notify.chat import Chat
from miseban.hub.notify.messages import Message
from miseban.hub.notify.settings import Channel, load_notify, parse_notify
from miseban.vocabulary.errors import BadInput
from tests.hub.notify.receivers import http_receiver, smtp_receiver

T = TypeVar("T")
MESSAGE = Message("a1", ("staff",), "warning", "列：1番", "5人が並んでいます。", "ja", False)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 30))


def channel(*urls: str) -> Channel:
    return Channel(id="chat", urls=urls)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address to which a socket was connected."""
    found: list[Any] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        found.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return found


def test_a_chat_is_told_and_nobody_else_is_called(called: list[Any], tmp_path: Path) -> None:
    with http_receiver() as receiver:
        receiver.answer = lambda _: 200
        port = int(receiver.url.rpartition(":")[2])
        chat = Chat(channel(f"json://127.0.0.1:{port}/chat"), waits_s=())
        assert run(chat.send(MESSAGE)) == 1
        told = json.loads(receiver.received[0].body)
        assert (told["title"], told["message"]) == ("列：1番", "5人が並んでいます。")
        assert told["type"] == "warning"
        assert "http" not in receiver.received[0].body.decode(), "no picture of the internet"
    assert called == [("127.0.0.1", port)]


def test_a_mail_is_sent(called: list[Any]) -> None:
    with smtp_receiver() as (port, mails):
        url = f"mailto://127.0.0.1:{port}/?from=hub@example.com&to=shop@example.com&mode=insecure"
        assert run(Chat(channel(url), waits_s=()).send(MESSAGE)) == 1
        mail = message_from_string(mails[0])
        assert "列：1番" in str(make_header(decode_header(mail["Subject"] or "")))
        assert mail["To"] == "shop@example.com"
        parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
        text = b"".join(part for part in parts if isinstance(part, bytes)).decode()
        assert "5人が並んでいます。" in text
        assert "http" not in text
    assert {address[0] for address in called} == {"127.0.0.1"}


def test_a_receiver_that_is_busy_is_asked_again_and_the_others_only_once() -> None:
    with http_receiver() as busy, http_receiver() as good:
        answers = iter([503, 200])
        busy.answer = lambda _: next(answers)
        good.answer = lambda _: 200
        urls = [one.url.replace("http", "json") for one in (busy, good)]
        assert run(Chat(channel(*urls), waits_s=(0.0,)).send(MESSAGE)) == 2
        assert (len(busy.received), len(good.received)) == (2, 1)


def test_a_channel_that_is_down_reaches_nobody_and_raises_nothing() -> None:
    with http_receiver() as receiver:
        url = receiver.url.replace("http", "json")
    begin = time.perf_counter()
    assert run(Chat(channel(url), waits_s=(0.0,)).send(MESSAGE)) == 0
    assert time.perf_counter() - begin < 10


def test_an_address_that_apprise_does_not_know_is_not_shown() -> None:
    with pytest.raises(BadInput) as caught:
        Chat(channel("nothing://name:geheim@host"))
    assert caught.value.code == "channel"
    assert "geheim" not in str(caught.value)
    assert "geheim" not in repr(channel("nothing://name:geheim@host"))


def test_settings_are_read_and_wrong_ones_named(tmp_path: Path) -> None:
    path = tmp_path / "notify.toml"
    assert load_notify(path).channels == ()
    path.write_text('contact = "mailto:a@b.c"\n[[channel]]\nid = "line"\nurls = ["json://h"]\n')
    path.chmod(0o644)
    with pytest.raises(BadInput) as caught:
        load_notify(path)
    assert caught.value.code == "notify-mode"
    path.chmod(0o600)
    assert [one.id for one in load_notify(path).channels] == ["line"]
    path.write_bytes(b"\xff")
    with pytest.raises(BadInput):
        load_notify(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("contact = 'me'", 'contact: expected "mailto:NAME@HOST"'),
        ("allow = ['x']", "expected an address or a network"),
        ("[[channel]]\nid = 'push'\nurls = ['json://h']", '[[channel]] 1 "push" id'),
        ("[[channel]]\nid = 'a'\nurls = []", '[[channel]] 1 "a" urls'),
        ("[[channel]]\nid = 'a'\nurl = 'json://h'", "expected one of id, urls, language"),
        ("dead_after_days = 0", "dead_after_days: expected a number of at least 1"),
        ("x", "expected TOML"),
        ("[[report]]\nid = 'a'\nkind = 'month'\nchannels = ['b']", "kind: expected day, week"),
        (
            "[[report]]\nid = 'a'\nkind = 'day'\nat = '7:00'\nchannels = ['b']",
            'at: expected a clock time such as "07:00"',
        ),
        (
            "[[report]]\nid = 'a'\nkind = 'day'\nchannels = ['b']",
            '[[report]] 1 "a" channels 1: expected a channel of this file',
        ),
        ("[[report]]\nid = 'a'\nkind = 'day'\nchannels = []", '[[report]] 1 "a" channels'),
    ],
)
def test_what_is_wrong_in_the_settings_is_said_in_one_line(text: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_notify(text, "notify.toml")
    assert told in str(caught.value)
