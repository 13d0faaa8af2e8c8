"""Rules set one by one: what the file says afterwards, what is in force, and the way back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from miseban.hub.alerts import load_rules
from tests.hub.api.hubs import Place, open_hub
from tests.hub.api.test_setting import TOML, noted

pytestmark = pytest.mark.anyio
FILE = '# ours\n[[rule]]\nid = "milk-full"\nwhen = "zone.people"   # of one zone\n' + (
    'at_least = 8.0\nsubjects = ["milk"]\n'
)
PATH = "/api/v1/rules"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


def written(place: Place) -> str:
    file = place.hub.files.rules
    assert file is not None
    return file.read_text("utf-8") if file.exists() else ""


def by_id(each: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["rule"]["id"]: one for one in each["rules"]}


async def test_each_rule_says_where_it_comes_from_and_what_it_may_be_about(place: Place) -> None:
    async with place.client("manager") as client:
        assert (await client.put(f"{PATH}/file", content=FILE, headers=TOML)).status_code == 200
        each = (await client.get(f"{PATH}/each")).json()
    rules = by_id(each)
    assert rules["milk-full"]["stands"] == "own"
    assert rules["queue-long"]["stands"] == "built-in"
    assert [one["rule"]["id"] for one in each["rules"]][-1] == "milk-full"
    measures = {one["when"]: one for one in each["measures"]}
    assert [one["id"] for one in measures["queue.length"]["subjects"]] == ["queue-1"]
    assert measures["shelf.empty"]["subjects"] == [{"id": "egg", "name": "egg", "kind": None}]
    assert measures["till.load"]["subjects"] == []
    assert {"milk", "queue-1"} <= {one["id"] for one in measures["help.needed"]["subjects"]}
    assert measures["room.people"]["least"] == 48.0  # 12 m by 8 m, two for each
    assert rules["room-full"]["rule"]["at_least"] is None
    assert each["channels"] == ["page", "push"]


async def test_a_built_in_rule_is_changed_in_the_file_and_comes_back(place: Place) -> None:
    async with place.client("manager") as client:
        await client.put(f"{PATH}/file", content=FILE, headers=TOML)
        each = (await client.get(f"{PATH}/each")).json()
        rule = by_id(each)["queue-long"]["rule"] | {"at_least": 7.0, "hours": ["09:00-12:00"]}
        match = {"If-Match": each["etag"]}
        body = {"edits": [{"id": "queue-long", "put": rule}], "language": "ja"}
        done = await client.patch(f"{PATH}/file", json=body, headers=match)
        assert done.status_code == 200, done.text
        late = await client.patch(f"{PATH}/file", json=body, headers=match)
        assert late.status_code == 412
        text = written(place)
        assert all(line in text.splitlines() for line in FILE.splitlines())
        # Nothing stands there that is so without it.
        data = tomllib.loads(text)
        assert data["language"] == "ja"
        assert data["rule"][1] == {
            "id": "queue-long", "when": "queue.length", "at_least": 7.0, "back": 3.0,
            "hold_s": 20.0, "hours": ["09:00-12:00"],
            "escalate": [{"after_s": 180.0}],
        }  # fmt: skip
        in_force = {one.id: one for one in load_rules(place.hub.files.rules, place.hub.shop).rules}
        assert in_force["queue-long"].roles == ("staff",)
        assert by_id((await client.get(f"{PATH}/each")).json())["queue-long"]["stands"] == "changed"
        back = {"edits": [{"id": "queue-long", "put": None}]}
        assert (await client.patch(f"{PATH}/file", json=back)).status_code == 200
        assert (
            by_id((await client.get(f"{PATH}/each")).json())["queue-long"]["stands"] == "built-in"
        )
    assert place.told == ["rules"] * 3
    assert noted(place).count("rules.set") == 3


@pytest.mark.parametrize(
    ("put", "why", "reason", "key"),
    [
        ({"back": 4.0}, "back: expected less", "back-less", "back"),
        ({"subjects": ["milk"]}, "queue-1", "not-there", "subjects"),
        ({"roles": []}, "at least one", "too-few", "roles"),
        ({"loud": True}, "loud", "unknown-key", "loud"),
        ({"hours": ["9-12"]}, "hours", "other", "hours"),
        ({"hold_s": -1.0}, "hold_s", "at-least", "hold_s"),
    ],
)
async def test_a_mistake_is_told_and_nothing_is_written(
    place: Place, put: dict[str, Any], why: str, reason: str, key: str
) -> None:
    async with place.client("manager") as client:
        whole = {"when": "queue.length", "at_least": 4.0} | put
        body = {"edits": [{"id": "queue-long", "put": whole}], "language": "ko"}
        answer = await client.patch(f"{PATH}/file", json=body)
    assert answer.status_code == 400
    told = answer.json()
    assert why in told["detail"]
    assert told["reason"] == reason
    values = told["values"]
    assert (values["table"], values["id"], values["key"]) == ("rule", "queue-long", key)
    assert written(place) == ""
    assert place.told == []


async def test_versions_say_who_changed_what_and_lead_back(place: Place) -> None:
    async with place.client("manager") as client:
        await client.put(f"{PATH}/file", content=FILE, headers=TOML)
        off = {"when": "zone.people", "at_least": 8.0, "subjects": ["milk"], "on": False}
        await client.patch(f"{PATH}/file", json={"edits": [{"id": "milk-full", "put": off}]})
        versions = (await client.get(f"{PATH}/versions")).json()["versions"]
        assert [one["by"] for one in versions] == ["manager", "manager", ""]
        assert [(one["id"], one["what"]) for one in versions[0]["changes"]] == [
            ("milk-full", "changed")
        ]
        before = (await client.get(f"{PATH}/versions/{versions[1]['id']}")).json()
        assert [line["text"] for line in before["diff"] if line["sign"] == "-"] == ["on = false"]
        restored = await client.post(f"{PATH}/versions/{versions[1]['id']}/restore")
        assert restored.status_code == 200, restored.text
    assert written(place) == FILE


@pytest.mark.parametrize(
    "broken",
    [
        b"[[rule]\nid = 1",
        b"rule = 3",
        b"a = " + b"1" * 5000,
        b"a = " + b"[" * 5000,
        b"rule = [1]",
        b"[[rule]]\nid = []",
        b'[[rule]]\nid = "queue-long"\nescalate = 3',
        '[[rule]]\nid = "queue-long" # 混雑'.encode("cp932"),
    ],
)
async def test_a_file_that_was_broken_by_hand_is_told_and_can_be_left_behind(
    place: Place, broken: bytes
) -> None:
    file = place.hub.files.rules
    assert file is not None
    put = {"when": "queue.length", "at_least": 4.0, "escalate": [{"after_s": 60.0}]}
    async with place.client("manager") as client:
        assert (await client.put(f"{PATH}/file", content=FILE, headers=TOML)).status_code == 200
        good = (await client.get(f"{PATH}/versions")).json()["versions"][0]["id"]
        file.write_bytes(broken)
        told = [
            await client.get(f"{PATH}/each"),
            await client.patch(f"{PATH}/file", json={"edits": [{"id": "queue-long", "put": put}]}),
        ]
        for answer in told:
            assert answer.status_code == 400, answer.text
            assert "rules.toml" in answer.json()["detail"]
        assert file.read_bytes() == broken
        if b"#" in broken:
            return  # not to be read at all: only on the box
        assert (await client.get(f"{PATH}/versions/{good}")).status_code == 200
        restored = await client.post(f"{PATH}/versions/{good}/restore")
        assert restored.status_code == 200, restored.text
        versions = (await client.get(f"{PATH}/versions")).json()["versions"]
    assert written(place) == FILE
    assert versions[0]["now"] is True
    assert versions[0]["by"] == "manager"


@pytest.mark.parametrize(
    "put",
    [
        {"when": "queue.length", "at_least": {"a": None}},
        {"when": "queue.length", "roles": [None]},
        {"when": "queue.length", "at_least": 4.0, "a b\n[[rule]]": 1},
        {"when": "queue.length", "at_least": 4.0, "\ud800": 1},
        {"when": "queue.length", "at_least": 4.0, "escalate": [[1]]},
        {"when": "queue.length", "at_least": 4.0, "escalate": {"after_s": 3.0}},
        {"when": "queue.length", "at_least": 4.0, "escalate": [1, {"after_s": 3.0}]},
        {"when": "queue.length", "at_least": 10**400},
    ],
)
@pytest.mark.parametrize("there", [False, True])
async def test_what_no_rule_can_say_is_refused_with_one_line(
    place: Place, put: dict[str, Any], there: bool
) -> None:
    async with place.client("manager") as client:
        if there:
            one = '[[rule]]\nid = "queue-long"\nwhen = "queue.length"\nat_least = 5.0\n'
            await client.put(f"{PATH}/file", content=one, headers=TOML)
        before = written(place)
        body = json.dumps({"edits": [{"id": "queue-long", "put": put}]})
        headers = {"Content-Type": "application/json"}
        answer = await client.patch(f"{PATH}/file", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert "\n" not in answer.json()["detail"]
    assert written(place) == before


async def test_what_could_not_be_written_is_no_version(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty tries on a box that writes to nothing but its data would push out all that was."""

    def refuse(path: Path, text: str, *, mode: int) -> None:
        raise OSError(30, "Read-only file system")

    async with place.client("manager") as client:
        await client.put(f"{PATH}/file", content=FILE, headers=TOML)
        before = (await client.get(f"{PATH}/versions")).json()
        monkeypatch.setattr("miseban.hub.api.shop_text.write_whole", refuse)
        body = {"edits": [], "language": "ko"}
        answer = await client.patch(f"{PATH}/file", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "read-only")
        assert (await client.get(f"{PATH}/versions")).json() == before
    assert written(place) == FILE
