"""Members who ask what is kept of them: every step is noted, and no answer says what is not so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from miseban.hub.people.people import AUDIT_KEPT
from miseban.hub.privacy.elsewhere import held_in_database
from tests.hub.api.hubs import Place, a_morning, open_hub

pytestmark = pytest.mark.anyio
PATH = "/api/v1/privacy/requests"
WISH = {"wish": "erase", "reference": "=card 4901 花", "way": "counter"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


def noted(place: Place) -> list[Any]:
    return [one for one in place.hub.people.audit.entries() if one.act.startswith("member.")]


async def test_a_request_is_received_looked_into_and_answered(place: Place) -> None:
    place.keep(*a_morning())  # of shoppers, and of no member
    async with place.client("privacy_officer") as client:
        made = (await client.post(PATH, json=WISH)).json()
        assert made["due_at"][:10] == f"{place.clock() + timedelta(days=14):%Y-%m-%d}"
        url = f"{PATH}/{made['id']}"
        early = await client.post(f"{url}/answer", json={"answer": "nothing-held"})
        assert (early.status_code, early.json()["code"]) == (409, "not-looked")
        looked = (await client.post(f"{url}/look")).json()
        assert (looked["found"], looked["answer"]) == (0, None)
        place.clock.at += timedelta(days=15)
        assert (await client.get(PATH)).json()["requests"][0]["late"]
        done = (await client.post(f"{url}/answer", json={"answer": "nothing-held"})).json()
        assert done["answered_by"]
        assert done["late"]
        again = await client.post(f"{url}/answer", json={"answer": "withdrawn"})
        assert (again.status_code, again.json()["code"]) == (409, "answered")
        file = await client.get(f"{PATH}/file")
    (row,) = csv.DictReader(io.StringIO(file.text))
    assert row["reference"] == "'=card 4901 花"  # no formula
    assert row["answer"] == "nothing-held"
    entries = noted(place)
    assert [one.act for one in reversed(entries)] == [
        "member.request", "member.look", "member.answer", "member.export",
    ]  # fmt: skip
    # Its receipt is its entry in the chain, and the log does not say who asked.
    answered = next(one for one in entries if one.act == "member.answer")
    assert done["receipt"].split(":")[0] == str(answered.number)
    assert answered.detail == {"answer": "nothing-held", "found": 0, "late": True}
    assert "4901" not in str([(one.about, one.detail) for one in entries])
    place.hub.people.audit.verify()


async def test_that_nothing_is_held_cannot_be_said_where_something_is(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a later version, whose events may be of members."""
    place.keep(*a_morning())
    monkeypatch.setattr("miseban.hub.privacy.requests.EVENT_CLASSES", {"visit.ended": "member"})
    async with place.client("privacy_officer") as client:
        url = f"{PATH}/{(await client.post(PATH, json=WISH)).json()['id']}"
        assert (await client.post(f"{url}/look")).json()["found"] == 20
        refused = await client.post(f"{url}/answer", json={"answer": "nothing-held"})
        assert (refused.status_code, refused.json()["code"]) == (409, "held")


async def test_it_is_forgotten_a_year_after_the_answer_and_counted_until_then(
    place: Place,
) -> None:
    async with place.client("privacy_officer") as client:
        url = f"{PATH}/{(await client.post(PATH, json=WISH)).json()['id']}"
        await client.post(f"{url}/answer", json={"answer": "not-shown"})
        await client.post(PATH, json=WISH)
    held = [one for one in held_in_database(place.hub.engine) if one.kind == "member requests"]
    assert [(one.records, one.data, one.oldest) for one in held] == [(2, "member", place.clock())]
    place.clock.at += AUDIT_KEPT + timedelta(days=1)
    assert place.hub.requests.forget(place.clock() - AUDIT_KEPT) == 1
    assert [one.answer for one in place.hub.requests.all()] == [None]


@pytest.mark.parametrize("reference", ["", "   ", "a\nb", "x" * 81])
async def test_a_reference_that_is_none_is_refused(place: Place, reference: str) -> None:
    async with place.client("privacy_officer") as client:
        answer = await client.post(PATH, json=WISH | {"reference": reference})
    assert answer.status_code == 422
    assert place.hub.requests.all() == []
