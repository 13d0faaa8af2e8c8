"""What people set: the shop, the rules, accounts, tokens, webhooks, devices; and what is noted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from miseban.hub.people.rights import Role
from tests.hub.api.hubs import SHOP, Place, open_hub
from tests.hub.people.staff import OTHER, PASSWORD

pytestmark = pytest.mark.anyio
SECRET = "secret-of-the-camera"
OURS = {"Origin": "http://localhost"}
TOML = {"Content-Type": "application/toml"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


def person(place: Place, role: Role) -> httpx.AsyncClient:
    """A browser in which somebody has logged in."""
    begun = place.log_in(role)
    client = place.client()
    client.headers.update(OURS | {"X-CSRF-Token": begun.csrf})
    client.cookies.set(place.hub.door.cookies.session, begun.session)
    return client


def noted(place: Place) -> list[str]:
    return [entry.act for entry in place.hub.people.audit.entries()]


async def test_the_shop_is_shown_without_where_its_cameras_are(place: Place) -> None:
    async with place.client("marketer") as client:
        response = await client.get("/api/v1/shop")
    assert [zone["id"] for zone in response.json()["zones"]] == ["milk", "queue-1", "counter-1"]
    assert SECRET not in response.text
    assert "10.0.0.7" not in response.text


async def test_the_shop_file_is_shown_without_passwords_and_keeps_them(place: Place) -> None:
    file = place.hub.files.shop
    assert file is not None
    async with place.client("installer") as client:
        shown = await client.get("/api/v1/shop/file")
        assert SECRET not in shown.text
        new = shown.text.replace('name = "A shop"', 'name = "Another name"')
        etag = {"If-Match": shown.headers["etag"]} | TOML
        done = await client.put("/api/v1/shop/file", content=new, headers=etag)
        assert done.status_code == 200, done.text
        assert f"eye:{SECRET}@10.0.0.7" in file.read_text()
        assert "Another name" in file.read_text()
        assert place.told == ["shop"]
        assert "shop.set" in noted(place)
        late = await client.put("/api/v1/shop/file", content=new, headers=etag)
        assert late.status_code == 412  # somebody has set it since it was read
        moved = new.replace("10.0.0.7", "10.0.0.8")
        stolen = await client.put("/api/v1/shop/file", content=moved, headers=TOML)
        assert stolen.status_code == 400  # the password does not go to another address


@pytest.mark.parametrize(
    ("old", "new", "status", "why"),
    [
        ('kind = "area"', 'kind = "lounge"', 400, 'zone]] 1 "milk" kind'),
        ("[shop]", "[shop", 400, "line 2"),
        ('id = "shop"', 'id = "other"', 400, "the journal is of the shop shop"),
        ('policy = "jp"', 'policy = "strict"', 403, "set.privacy"),
    ],
)
async def test_a_shop_that_is_wrong_or_not_ones_to_set_changes_nothing(
    place: Place, old: str, new: str, status: int, why: str
) -> None:
    file = place.hub.files.shop
    assert file is not None
    async with place.client("installer") as client:
        body = SHOP.replace(old, new)
        response = await client.put("/api/v1/shop/file", content=body, headers=TOML)
    assert response.status_code == status
    assert why in response.json()["detail"]
    assert file.read_text() == SHOP
    assert place.told == []


async def test_rules_are_checked_set_and_noted(place: Place) -> None:
    rule = '[[rule]]\nid = "queue-long"\nwhen = "queue.length"\nat_least = 7.0\n'
    async with place.client("manager") as client:
        assert (await client.get("/api/v1/rules/file")).text == ""
        bad = await client.put(
            "/api/v1/rules/file", content=rule.replace("queue.length", "x"), headers=TOML
        )
        assert bad.status_code == 400
        assert "queue-long" in bad.json()["detail"]
        assert place.told == []
        done = await client.put("/api/v1/rules/file", content=rule, headers=TOML)
        assert done.status_code == 200, done.text
        assert (await client.get("/api/v1/rules/file")).text == rule
        assert place.told == ["rules"]
        assert "rules.set" in noted(place)
        assert (await client.get("/api/v1/rules")).json()["rule"]


async def test_what_would_stop_the_next_start_is_refused(place: Place) -> None:
    place.hub.channels = ["night"]
    rule = (
        '[[rule]]\nid = "queue-long"\nwhen = "queue.length"\nat_least = 7.0\n'
        'subjects = ["queue-1"]\nchannels = ["page", "NAME"]\n'
    )
    file = place.hub.files.shop
    assert file is not None
    async with place.client("manager") as client:
        path = "/api/v1/rules/file"
        unknown = await client.put(path, content=rule.replace("NAME", "day"), headers=TOML)
        assert unknown.status_code == 400
        assert "day" in unknown.json()["detail"]
        done = await client.put(path, content=rule.replace("NAME", "night"), headers=TOML)
        assert done.status_code == 200, done.text
        gone = SHOP.replace('"queue-1"', '"line-1"')
        refused = await client.put("/api/v1/shop/file", content=gone, headers=TOML)
    assert refused.status_code == 400
    assert "rules.toml" in refused.json()["detail"]
    assert file.read_text() == SHOP
    assert place.told == ["rules"]


async def test_a_file_that_may_not_be_written_is_told_and_not_a_fault_inside(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("miseban.hub.api.shop_text.write_whole", read_only)
    async with place.client("manager") as client:
        answer = await client.put("/api/v1/shop/file", content=SHOP, headers=TOML)
    assert answer.status_code == 409
    assert answer.json()["code"] == "read-only"
    assert "shop.toml" in answer.json()["detail"]
    assert place.told == []


async def test_the_first_run_by_a_link_and_then_by_a_password(tmp_path: Path) -> None:
    with open_hub(tmp_path) as place:
        for account in place.hub.people.accounts.all():
            if account.role != "manager":
                continue
            link = place.hub.people.accounts.reset(account.id, _actor(place), place.clock())
        async with place.client() as client:
            client.headers.update(OURS)
            seen = await client.post("/api/v1/setup/look", json={"link": link.secret})
            assert seen.json() == {"purpose": "reset", "login": "manager"}
            weak = {"link": link.secret, "password": "short"}
            assert (await client.post("/api/v1/setup", json=weak)).status_code == 400
            good = {"link": link.secret, "password": OTHER}
            done = await client.post("/api/v1/setup", json=good)
            assert done.status_code == 201
            assert done.json()["role"] == "manager"
            assert (await client.get("/api/v1/sessions/current")).status_code == 200
            assert (await client.post("/api/v1/setup", json=good)).status_code == 403
        async with place.client() as client:
            client.headers.update(OURS)
            told = {"login": "manager", "password": PASSWORD}
            assert (await client.post("/api/v1/sessions", json=told)).status_code == 401
            response = await client.post("/api/v1/sessions", json=told | {"password": OTHER})
            cookies = response.headers.get_list("set-cookie")
            assert len(cookies) == 2
            assert all("HttpOnly" in one and "SameSite=Strict" in one for one in cookies)
            client.headers["X-CSRF-Token"] = response.json()["csrf"]
            assert (await client.delete("/api/v1/sessions/current")).status_code == 204
            assert (await client.get("/api/v1/sessions/current")).status_code == 401


def _actor(place: Place) -> Any:
    from miseban.hub.people.identity import CONSOLE

    return CONSOLE


async def test_guessing_is_slowed_down_and_says_for_how_long(place: Place) -> None:
    async with place.client() as client:
        client.headers.update(OURS)
        told = {"login": "staff", "password": "a wrong password"}
        found = [await client.post("/api/v1/sessions", json=told) for _ in range(12)]
    assert found[0].status_code == 401
    assert found[-1].status_code == 429
    assert int(found[-1].headers["retry-after"]) > 0


async def test_a_page_of_somebody_else_cannot_log_in_here(place: Place) -> None:
    told = {"login": "staff", "password": PASSWORD}
    async with place.client() as client:
        for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            response = await client.post("/api/v1/sessions", json=told, headers=headers)
            assert response.status_code == 403


async def test_people_are_invited_and_let_go(place: Place) -> None:
    async with person(place, "manager") as client:
        new = await client.post("/api/v1/people", json={"login": "hana", "role": "staff"})
        assert new.status_code == 201
        account = new.json()["person"]["id"]
        assert new.json()["link"]["path"].startswith("/welcome#")
        role = await client.patch(f"/api/v1/people/{account}", json={"role": "installer"})
        assert role.json()["role"] == "installer"
        assert (await client.delete(f"/api/v1/people/{account}")).status_code == 204
        assert (await client.delete(f"/api/v1/people/{account}")).status_code == 404
        logins = [one["login"] for one in (await client.get("/api/v1/people")).json()]
        assert "hana" not in logins
        last = await client.delete(f"/api/v1/people/{place.accounts['manager']}")
        assert (last.status_code, last.json()["code"]) == (409, "last-manager")


async def test_tokens_are_made_for_oneself_shown_once_and_revoked(place: Place) -> None:
    until = (place.clock() + timedelta(days=5)).isoformat()
    async with person(place, "marketer") as client:
        body = {"name": "notebook", "scopes": ["see.count"], "expires_at": until}
        made = (await client.post("/api/v1/tokens", json=body)).json()
        listed = (await client.get("/api/v1/tokens")).text
        assert made["id"] in listed
        assert made["token"] not in listed
        beyond = await client.post("/api/v1/tokens", json=body | {"scopes": ["see.assist"]})
        assert beyond.status_code == 400
        everybodys = await client.get("/api/v1/tokens", params={"everybodys": True})
        assert everybodys.status_code == 403
        async with place.client(token=made["token"]) as program:
            assert (await program.get("/api/v1/live")).status_code == 200
            other = place.token("staff", ["see.count"], timedelta(days=1))[0]  # type: ignore[list-item]
            assert (await client.delete(f"/api/v1/tokens/{other}")).status_code == 404
            assert (await client.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
            assert (await program.get("/api/v1/live")).status_code == 401


async def test_webhooks_never_take_help_and_what_may_not_be_seen(place: Place) -> None:
    async with place.client("manager") as client:
        url = "https://erp.example/in"
        made = await client.post("/api/v1/hooks", json={"url": url, "types": ["line.crossed"]})
        assert made.status_code == 201, made.text
        assert made.json()["secret"].startswith("whsec_")
        assert made.json()["secret"] not in (await client.get("/api/v1/hooks")).text
        for wrong in (["help.needed"], ["alert.answered"], ["nothing"]):
            bad = await client.post("/api/v1/hooks", json={"url": url, "types": wrong})
            assert bad.status_code == 400
        for address in ("http://erp.example", "file:///etc/passwd", "https://u:p@erp.example"):
            body = {"url": address, "types": ["line.crossed"]}
            assert (await client.post("/api/v1/hooks", json=body)).status_code == 400
        hook = made.json()["id"]
        assert (await client.post(f"/api/v1/hooks/{hook}/secret")).status_code == 200
        assert (await client.post(f"/api/v1/hooks/{hook}/revive")).status_code == 200
        assert (await client.delete(f"/api/v1/hooks/{hook}")).status_code == 204
        assert (await client.delete(f"/api/v1/hooks/{hook}")).status_code == 404
        assert {"hook.add", "hook.secret", "hook.revive", "hook.remove"} <= set(noted(place))


async def test_devices_get_a_password_once(place: Place) -> None:
    async with place.client("installer") as client:
        made = await client.post("/api/v1/devices", json={"name": "door", "kind": "camera"})
        assert made.status_code == 201
        twice = await client.post("/api/v1/devices", json={"name": "door", "kind": "camera"})
        assert twice.status_code == 400
        assert made.json()["password"] not in (await client.get("/api/v1/devices")).text
        assert (await client.delete("/api/v1/devices/door")).status_code == 204
        assert place.told == ["devices", "devices"]


async def test_a_browser_is_told_and_only_its_owner_ends_it(place: Place) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    from miseban.hub.notify import base64url
    from miseban.hub.notify.encryption import public_bytes

    browser = ec.generate_private_key(ec.SECP256R1()).public_key()
    keys = {"p256dh": base64url.encode(public_bytes(browser)), "auth": base64url.encode(b"a" * 16)}
    body = {"endpoint": "https://push.example/x", "expirationTime": None, "keys": keys}
    async with person(place, "staff") as staff, person(place, "manager") as manager:
        assert (await staff.get("/api/v1/push/key")).json() == {"key": place.hub.push_key}
        made = await staff.post("/api/v1/push/subscriptions", json=body)
        assert made.status_code == 201, made.text
        path = f"/api/v1/push/subscriptions/{made.json()['id']}"
        assert (await manager.delete(path)).status_code == 404
        assert (await staff.delete(path)).status_code == 204


async def test_an_alert_is_accepted_passed_on_and_done(place: Place) -> None:
    from tests.hub.api.hubs import a_morning

    place.keep(*a_morning())
    now = place.clock()
    place.hub.alerts.tick(now, 0.0)
    place.hub.alerts.tick(now, 600.0)
    given: list[Any] = []
    place.hub.deliver = given.extend
    async with place.client("staff") as client:
        alert = (await client.get("/api/v1/alerts")).json()[0]
        path = f"/api/v1/alerts/{alert['alert']}"
        assert (await client.post(f"{path}/accept")).json()["accepted"]
        assert (await client.post(f"{path}/escalate")).json()["escalated"] > alert["escalated"]
        assert [notice.alert.alert for notice in given] == [alert["alert"]]
        assert (await client.post(f"{path}/done")).status_code == 200
        assert (await client.post(f"{path}/done")).status_code == 404
