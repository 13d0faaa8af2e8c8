"""No other page acts in somebody's name."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest

from miseban.hub.people.browser import Cookies, Origins
from miseban.hub.people.handed_out import csrf_of, new_secret
from miseban.hub.people.identity import Refused

OURS = Origins(["Shop.local", "192.168.1.5", "fe80::1"], 8443, tls=True)
SESSION = new_secret()
GOOD = {
    "origin": "https://shop.local:8443", "fetch_site": "same-origin", "session": SESSION,
    "csrf": csrf_of(SESSION),
}  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {}, {"origin": "https://192.168.1.5:8443"}, {"origin": "https://[fe80::1]:8443"},
        {"origin": "https://SHOP.local.:8443"}, {"fetch_site": None}, {"origin": None},
        {"session": None, "csrf": None},
    ],
    ids=str,
)  # fmt: skip
def test_our_own_pages_may_change_something(changed: dict[str, str | None]) -> None:
    OURS.check("POST", **{**GOOD, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"}, {"origin": "https://evil.example:8443"},
        {"origin": "http://shop.local:8443"}, {"origin": "https://shop.local"},
        {"origin": "https://shop.local:8444"}, {"origin": "null"}, {"origin": ""},
        {"origin": "https://shop.local.evil.example:8443"},
        {"origin": "https://shop.local:8443@evil.example"},
        {"origin": "https://evil.example/https://shop.local:8443"},
        {"origin": "https://shop.local:8443/x"}, {"origin": "https://[shop.local:8443"},
        {"origin": "https://shop.local:x"}, {"fetch_site": "cross-site"},
        {"fetch_site": "same-site"}, {"fetch_site": "none"},
        {"origin": None, "fetch_site": None}, {"csrf": None}, {"csrf": ""},
        pytest.param({"csrf": csrf_of(new_secret())}, id="of another session"),
        pytest.param({"csrf": SESSION}, id="the session itself"), {"csrf": "\u00e9"},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "post", "BREW"])
def test_others_may_not(changed: dict[str, str | None], method: str) -> None:
    with pytest.raises(Refused) as told:
        OURS.check(method, **{**GOOD, **changed})
    assert told.value.code == "csrf"


def test_reading_needs_no_token() -> None:
    OURS.check("GET", origin=None, fetch_site="cross-site", session=SESSION, csrf=None)


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("shop.local:8443", True), ("[fe80::1]:8443", True), ("192.168.1.5:8443", True),
        ("shop.local", False), ("evil.example:8443", False), ("", False),
        ("a@shop.local:8443", False),
    ],
)  # fmt: skip
def test_a_name_pointed_at_us_is_not_ours(host: str, ours: bool) -> None:
    assert OURS.is_host(host) is ours


def test_the_usual_port_need_not_be_said() -> None:
    usual = Origins(["shop.local"], 443, tls=True)
    assert usual.is_host("shop.local")
    assert usual.is_host("shop.local:443")


@pytest.mark.parametrize("tls", [True, False])
def test_cookies_go_to_no_script_and_no_other_site(tls: bool) -> None:
    cookies = Cookies(tls)
    kept = SimpleCookie()
    for header in (cookies.keep_session("s-1"), cookies.keep_device("d-1")):
        kept.load(header)
    for morsel in kept.values():
        assert morsel["httponly"]
        assert morsel["samesite"] == "Strict"
        assert morsel["path"] == "/"
        assert bool(morsel["secure"]) is tls
        assert morsel["domain"] == ""
        assert morsel.key.startswith("__Host-") is tls
    sent = {name: morsel.value for name, morsel in kept.items()}
    assert cookies.read(sent) == ("s-1", "d-1")
    assert Cookies(not tls).read(sent) == (None, None)
    kept.load(cookies.drop_session())
    assert kept[cookies.session].value == ""
    assert kept[cookies.session]["max-age"] == "0"
