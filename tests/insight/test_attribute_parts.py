"""What visitors look like in report and summary: what is told, and in words what is not."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from miseban.insight.report import LANGUAGES, ReportMaterial, render_report
from miseban.insight.report.attribute_parts import attribute_parts
from miseban.insight.report.words import Words
from miseban.journal.events_table import read_events, write_events
from tests.insight.sample import NAMES, START, Maker, afternoon, summary_of


def with_looks() -> Maker:
    maker = afternoon()
    maker.looks(1, "sandwiches", 24, gender=(20, [12, 8]), age=(20, [11, None, None]))
    maker.looks(2, "sandwiches", 9, gender=(9, [None, None]))
    maker.looks(2, "drinks", 30, age=(30, [10, 9, 11]))
    return maker


def material(maker: Maker) -> ReportMaterial:
    return ReportMaterial(
        summary_of(maker), maker.events, "Asia/Tokyo", NAMES, entrances={"entrance"}
    )


def test_told_and_suppressed_are_said_in_words() -> None:
    maker = with_looks()
    parts = attribute_parts(material(maker), Words("en", START.astimezone().tzinfo))  # type: ignore[arg-type]
    assert parts is not None
    assert parts.columns == ["Gender", "Age"]
    assert [(row.name, row.visitors, row.cells) for row in parts.rows] == [
        (
            "サンドイッチ",
            "24",
            ["women: 12 · men: 8 · 4 not read", "20 to 39: 11 · others not shown · 4 not read"],
        ),
        ("サンドイッチ", "9", ["not shown", "fewer than 5 read"]),
        ("飲み物", "30", ["fewer than 5 read", "20 to 39: 10 · 40 to 59: 9 · 60 and over: 11"]),
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_shows_them_only_where_there_are_any(lang: str) -> None:
    words = Words(lang, START.tzinfo)  # type: ignore[arg-type]
    html = render_report(material(with_looks()), lang)
    for key in ("heading", "hidden", "others", "value_female", "value_20-39"):
        assert words(f"attributes.{key}") in html
    assert "13:15" in html  # the quarter begins at 04:15 UTC, in Tokyo
    assert words("attributes.heading") not in render_report(material(afternoon()), lang)


def test_the_summary_has_what_the_events_have_and_no_more() -> None:
    maker = with_looks()
    found = json.loads(summary_of(maker).model_dump_json(by_alias=True))["attributes"]
    assert [cell["zone"] for cell in found] == ["sandwiches", "sandwiches", "drinks"]
    assert found[0]["attributes"][1] == {
        "attribute": "age",
        "judged": 20,
        "values": [
            {"value": "20-39", "people": 11},
            {"value": "40-59", "people": None},
            {"value": "60+", "people": None},
        ],
    }
    assert summary_of(afternoon()).attributes == []


def test_events_come_back_from_the_file_as_they_were(tmp_path: Path) -> None:
    events = with_looks().events
    write_events(tmp_path / "events.parquet", events)
    assert read_events(tmp_path / "events.parquet") == events
    kind = "attribute.summary"
    back = read_events(tmp_path / "events.parquet", [kind])
    assert [event.type for event in back] == [kind] * 3
    assert back[0].time - START < timedelta(minutes=30)
