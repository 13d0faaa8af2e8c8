"""Where the hub may call, and where nobody can make it."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from miseban.hub.notify import outgoing
from miseban.hub.notify.outgoing import (
    Outgoing,
    check_url,
    networks,
    of_this_machine,
    reachable,
)
from miseban.vocabulary.errors import BadInput, Failed, MisebanError
from tests.hub.notify.receivers import LOOPBACK, http_receiver

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


@pytest.mark.parametrize(
    ("address", "anywhere", "in_the_shop"),
    [
        ("8.8.8.8", True, True),
        ("2606:4700::1111", True, True),
        ("192.168.1.9", False, True),
        ("10.1.2.3", False, True),
        ("fd00::1", False, True),
        ("127.0.0.1", False, False),
        ("127.9.9.9", False, False),
        ("0.0.0.0", False, False),
        ("169.254.169.254", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("240.0.0.1", False, False),
        ("::1", False, False),
        ("::", False, False),
        ("fe80::1", False, False),
        ("ff02::1", False, False),
        ("::ffff:127.0.0.1", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::7f00:1", False, False),
        ("2002:7f00:1::", False, False),
        ("2001:0:c000:201::80ff:fffe", False, False),
        ("2001:0:808:808::", False, False),
        ("64:ff9b:1::7f00:1", False, False),
    ],
)
def test_which_addresses_may_be_called(address: str, anywhere: bool, in_the_shop: bool) -> None:
    found = ipaddress.ip_address(address)
    assert reachable(found, local=False, allowed=()) == anywhere
    assert reachable(found, local=True, allowed=()) == in_the_shop
    if found.version == 4:
        assert reachable(found, local=False, allowed=networks([address], "x"))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "https://user:secret@example.com/",
        "https:///x",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://example.com:99999/",
        "https://[::1/",
        "https://例え.jp/",
        "https://example.com/" + "x" * 2048,
        "",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_url(url)
    assert caught.value.code == "address"
    assert "secret" not in str(caught.value)


def test_a_call_goes_out_with_its_headers_and_comes_back_with_a_status() -> None:
    async def work(url: str) -> None:
        out = Outgoing(local=False, allowed=networks(LOOPBACK, "x"), insecure=True)
        answer = await out.post(f"{url}/a?b=1", b"body", {"TTL": "5"})
        assert (answer.status, answer.retry_after_s) == (429, 7.0)
        await out.close()

    with http_receiver() as receiver:
        receiver.answer = lambda _: (429, {"Retry-After": "7"})
        run(work(receiver.url))
        got = receiver.received[0]
        assert (got.path, got.body, got.headers["ttl"]) == ("/a?b=1", b"body", "5")
        assert got.headers["host"] == receiver.url.removeprefix("http://")


@pytest.mark.parametrize(
    "names", [["127.0.0.1"], ["8.8.8.8", "169.254.169.254"], ["::1"], ["fe80::1%eth0"]]
)
def test_a_name_of_this_machine_is_refused_whatever_it_is_called(names: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        assert (host, port) == ("hooks.example", 443)
        return names

    async def work() -> None:
        out = Outgoing(local=True, resolve=resolve)
        with pytest.raises(BadInput) as caught:
            await out.post("https://hooks.example/x", b"", {})
        assert caught.value.code == "address"
        await out.close()

    run(work())


@pytest.mark.parametrize("named", ["192.168.7.9", "::ffff:192.168.7.9", "fd00::7", "2001:4860::7"])
def test_an_address_that_the_machine_has_is_its_own_unless_it_is_allowed(named: str) -> None:
    """An interface in the shop's network, or in the internet, is no way round."""
    mine = {"192.168.7.9", "fd00::7", "2001:4860::7"}
    address = f"[{named}]" if ":" in named else named

    async def work() -> None:
        out = Outgoing(local=True, own=lambda found: str(found) in mine)
        with pytest.raises(BadInput) as caught:
            await out.post(f"https://{address}/x", b"", {})
        assert caught.value.code == "address"
        await out.close()

    run(work())
    found = ipaddress.ip_address(named)
    allowed = networks(["192.168.7.9", "fd00::7", "2001:4860::7"], "x")
    assert reachable(found, local=True, allowed=allowed, own=lambda _: True)


@pytest.mark.parametrize("anything_binds", [False, True])
def test_this_machine_knows_its_addresses(
    monkeypatch: pytest.MonkeyPatch, anything_binds: bool
) -> None:
    if anything_binds:
        monkeypatch.setattr(outgoing, "_binds", lambda _: True)
    for address, own in (
        ("127.0.0.1", True),
        ("192.0.2.7", False),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
    ):
        assert of_this_machine(ipaddress.ip_address(address)) == own
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return  # a machine with no network at all
        assert of_this_machine(ipaddress.ip_address(probe.getsockname()[0]))


def test_web_push_goes_to_no_address_of_the_shop() -> None:
    async def work() -> None:
        out = Outgoing(local=True)
        with pytest.raises(BadInput) as caught:
            await out.post("https://192.168.1.1/x", b"", {}, local=False)
        assert caught.value.code == "address"
        await out.close()

    run(work())


def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """A name that says something else the second time (DNS rebinding) is asked once."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async def work(port: int) -> None:
        out = Outgoing(local=False, allowed=networks(LOOPBACK, "x"), insecure=True, resolve=resolve)
        answer = await out.post(f"http://hooks.example:{port}/x", b"", {})
        assert answer.status == 201
        await out.close()

    with http_receiver() as receiver:
        run(work(int(receiver.url.rpartition(":")[2])))
        assert asked == ["hooks.example"]
        assert receiver.received[0].headers["host"].startswith("hooks.example:")


def test_a_redirect_is_not_followed() -> None:
    async def work(url: str) -> None:
        out = Outgoing(local=False, allowed=networks(LOOPBACK, "x"), insecure=True)
        assert (await out.post(url, b"", {})).status == 307
        await out.close()

    with http_receiver() as receiver:
        receiver.answer = lambda _: (307, {"Location": f"{receiver.url}/other"})
        run(work(receiver.url))
        assert len(receiver.received) == 1


def test_who_is_not_there_is_out_of_reach() -> None:
    async def no_name(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def work() -> list[MisebanError]:
        with http_receiver() as receiver:
            url = receiver.url  # nobody listens there any more
        found: list[MisebanError] = []
        for out, where in (
            (Outgoing(local=False, allowed=networks(LOOPBACK, "x"), insecure=True), url),
            (Outgoing(local=False, resolve=no_name), "https://hooks.example/"),
        ):
            with pytest.raises(Failed) as caught:
                await out.post(where, b"", {})
            found.append(caught.value)
            await out.close()
        return found

    assert {error.code for error in run(work())} == {"unreachable"}
