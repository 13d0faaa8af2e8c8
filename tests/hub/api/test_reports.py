"""Reports by the API: for whom, of which day, in which form."""

from __future__ import annotations

import csv
import io

import pytest

from miseban.insight.digest import Report
from tests.hub.api.hubs import NOW, Place
from tests.insight.digest.papers import text_of

pytestmark = pytest.mark.anyio
TODAY = f"/api/v1/reports/day/{NOW.date()}"


async def test_a_report_is_what_the_questions_say(place: Place) -> None:
    async with place.client("marketer") as client:
        found = await client.get(TODAY, params={"lang": "ja"})
        assert found.status_code == 200
        report = Report.model_validate(found.json())
        query = {"since": report.since.isoformat(), "until": NOW.isoformat(), "by": "whole"}
        asked = (await client.get("/api/v1/questions/visitors", params=query)).json()
        assert report.visitors is not None
        assert report.visitors.counted.value == asked["measures"]["visitors"]["values"][0] == 20
        assert report.language == "ja"
        assert "月曜日" in report.says[0]
        assert not report.whole


async def test_single_cameras_are_for_those_who_may_see_devices(place: Place) -> None:
    for role, told in (("marketer", False), ("manager", True)):
        async with place.client(role) as client:  # type: ignore[arg-type]
            found = (await client.get(TODAY)).json()
            assert (found["seen"]["cameras"] is not None) == told, role
            table = (await client.get(TODAY, params={"format": "csv"})).text
            assert (",coverage," in table.partition("\n")[2]) == told, role


async def test_it_comes_as_pdf_and_csv(place: Place) -> None:
    async with place.client("manager") as client:
        pdf = await client.get(TODAY, params={"format": "pdf", "lang": "en"})
        assert pdf.headers["content-type"] == "application/pdf"
        assert 'filename="shop-day-2026-03-02.pdf"' in pdf.headers["content-disposition"]
        assert "20 visitors" in text_of(pdf.content)
        table = await client.get(TODAY, params={"format": "csv"})
        assert table.headers["content-type"].startswith("text/csv")
        rows = {
            (row["part"], row["measure"]): row for row in csv.DictReader(io.StringIO(table.text))
        }
        assert rows["visitors", "visitors"]["value"] == "20"
        assert rows["visitors_over_time", "normal"]["value"] == ""
        week = await client.get(f"/api/v1/reports/week/{NOW.date()}", params={"format": "pdf"})
        assert "the week of 2 March 2026" in text_of(week.content)


async def test_help_is_not_in_it(place: Place) -> None:
    """Whoever may see help is told of it elsewhere, and by no report."""
    async with place.client("manager") as client:
        for form in ("json", "csv"):
            text = (await client.get(TODAY, params={"format": form})).text
            assert "help" not in text
            assert "fall" not in text


async def test_what_is_no_day_is_said(place: Place) -> None:
    async with place.client("manager") as client:
        for path, status in (
            ("day/yesterday", 422), ("day/2026-02-30", 422), ("day/9999-12-31", 400),
            ("month/2026-03-02", 404), ("day/2026-03-02?format=xml", 422),
            ("day/2026-03-02?lang=fr", 422),
        ):  # fmt: skip
            found = await client.get(f"/api/v1/reports/{path}")
            assert found.status_code == status, path
            assert found.headers["content-type"] == "application/problem+json"
        ahead = (await client.get("/api/v1/reports/day/2030-01-01")).json()
        assert ahead["until"] is None
        assert ahead["visitors"] is None
