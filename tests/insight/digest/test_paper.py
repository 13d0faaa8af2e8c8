"""The report as PDF, CSV and words in every language."""

from __future__ import annotations

import csv
import io
import re
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from miseban.insight.digest import Kind, Report
from miseban.insight.digest.csv_file import COLUMNS, as_csv
from miseban.insight.digest.pdf import as_pdf
from miseban.insight.digest.pdf_chart import nice_top
from miseban.insight.digest.report import Compared, Figure, Uncompared
from miseban.insight.digest.sentences import headline, with_sentences
from miseban.insight.digest.words import Words, catalog
from miseban.insight.report.words import LANGUAGES
from miseban.vocabulary.errors import BadInput
from tests.insight.digest.papers import pages, text_of
from tests.insight.digest.shop_days import TUESDAY, journal, report, weeks


@pytest.fixture(scope="module")
def tuesday(tmp_path_factory: pytest.TempPathFactory) -> Report:
    days = weeks({0: 150, 1: 100, 2: 104}, wait_s={17: 100.0})
    days[-1].empty_shelf(10, 12.1).sold(60)
    return report(journal(tmp_path_factory.mktemp("journal"), days), devices=True)


def _leaves(table: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= _leaves(value, f"{path}{key}.") if isinstance(value, dict) else {path + key: value}
    return found


def test_every_language_has_every_word_and_the_same_values() -> None:
    english = _leaves(catalog("en"))
    for lang in LANGUAGES:
        own = _leaves(catalog(lang))
        # Japanese and Korean have one form for any number.
        assert own.keys() | {k for k in english if k.endswith(".one")} == english.keys(), lang
        for key, text in own.items():
            values = set(re.findall(r"\{(\w+)\}", text))
            assert values == set(re.findall(r"\{(\w+)\}", english[key])), (lang, key)


def _changed(of: Report, **parts: Any) -> Report:
    assert of.visitors is not None
    return of.model_copy(update={"visitors": of.visitors.model_copy(update=parts)})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_is_a_sentence_for_all_that_can_be(tuesday: Report, lang: str) -> None:
    """No text has a hole, and none is said of the other kind."""
    said = set()
    for kind, why, whole in product(get_args(Kind), get_args(Uncompared), (True, False)):
        one = _changed(tuesday, normal=None, uncompared=why)
        said |= set(
            with_sentences(one.model_copy(update={"kind": kind, "whole": whole}), lang).says
        )
    shares = [(0.2, 0.1, 0.3), (-0.2, -0.3, -0.1), (0.0, -0.1, 0.1), (0.2, None, None)]
    for kind, (share, low, high), n in product(get_args(Kind), shares, (1, 4)):
        normal = Compared(
            mean=100, least=90, most=110, times=(TUESDAY,) * n, share=share, low=low, high=high,
            beyond=True,
        )  # fmt: skip
        one = _changed(tuesday, normal=normal).model_copy(update={"kind": kind})
        said |= set(with_sentences(one, lang).says)
    for update in ({"until": None}, {"seen": tuesday.seen.model_copy(update={"entrances": 0.95})}):
        said |= set(with_sentences(tuesday.model_copy(update=update), lang).says)
    said |= set(with_sentences(_changed(tuesday, counted=Figure(value=None)), lang).says)
    assert len(said) > 20
    assert not [text for text in said if re.search(r"[{}]|None|nan", text)]


def test_a_language_that_nobody_speaks_is_refused(tuesday: Report) -> None:
    with pytest.raises(BadInput):
        with_sentences(tuesday, "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_says_what_the_report_says(tuesday: Report, lang: str) -> None:
    named = tuesday.model_copy(update={"shop_name": "川口店 강남 <b>&"})
    told = with_sentences(named, lang)
    pdf = as_pdf(told)
    assert pdf.startswith(b"%PDF-1.")
    text = text_of(pdf).replace(" ", "")
    expected = [
        *told.says,
        "川口店강남<b>&",
        Words(lang, told.timezone)("part.shelves"),
        Words(lang, told.timezone)("note.seen_well", share="100%"),
    ]
    for words in expected:
        plain = re.sub(r"[\s\u2060]", "", words).replace("−", "–")
        assert plain in text, words
    assert pages(pdf) == 1
    assert len(pdf) < 40_000, "no font is embedded"
    assert as_pdf(told) == pdf, "the same report gives the same bytes"


def test_the_pdf_of_a_time_without_figures_is_a_page(tuesday: Report) -> None:
    nothing = tuesday.model_copy(
        update={"until": None, "visitors": None, "areas": (), "shelves": None, "waiting": None}
    )
    pdf = as_pdf(with_sentences(nothing, "en"))
    assert "Nothing is known of this day." in text_of(pdf)


def test_a_week_and_many_areas_go_on_paper(tuesday: Report) -> None:
    area = tuesday.areas[0]
    many = tuple(
        area.model_copy(update={"name": f"Area number {n}", "total_s": 100.0 - n})
        for n in range(30)
    )
    week = tuesday.model_copy(update={"kind": "week", "areas": many})
    text = text_of(as_pdf(with_sentences(week, "en")))
    assert "Area number 0" in text
    assert "Area number 29" in text
    assert "Area number 15" not in text, "those between are in the CSV"
    assert "Area number 15" in as_csv(week)


def test_the_csv_has_every_figure(tuesday: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(tuesday))))
    assert tuple(rows[0]) == COLUMNS
    found = {(row["part"], row["place"], row["measure"]): row for row in rows}
    visitors = tuesday.visitors
    assert visitors is not None
    whole = found["visitors", "", "visitors"]
    assert float(whole["value"]) == visitors.counted.value == 150
    assert float(whole["low"]) == visitors.counted.low
    assert visitors.normal is not None
    against = found["visitors", "", "against_normal"]
    assert float(against["value"]) == pytest.approx(visitors.normal.share, abs=1e-4)
    assert against["base"] == "2"
    assert float(found["shelves", "milk/a", "empty_min"]["value"]) == 126
    assert found["queues", "queue", "length_max"]["value"] == "", "not known is not 0"
    over = [row for row in rows if row["part"] == "visitors_over_time"]
    assert len(over) == 2 * len(visitors.over) == 48
    assert float(found["areas", "milk", "stays"]["value"]) == tuesday.areas[0].stays.value


def test_a_name_is_no_formula_in_a_spreadsheet(tuesday: Report) -> None:
    area = tuesday.areas[0].model_copy(update={"name": "=1+1"})
    text = as_csv(tuesday.model_copy(update={"areas": (area,)}))
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_the_headline_of_a_mail_says_how_many(tuesday: Report) -> None:
    words = {lang: Words(lang, tuesday.timezone) for lang in LANGUAGES}
    assert headline(tuesday, words["en"]) == "small: Tuesday, 24 March 2026: 150 visitors"
    assert headline(tuesday, words["ja"]) == "small 日報 2026年3月24日火曜日 来店150人"
    assert headline(tuesday, words["ko"]).startswith("small 일간 보고서 2026년 3월 24일 화요일")


@pytest.mark.parametrize(
    ("most", "top"), [(0.4, 2), (2, 2), (3, 4), (75, 80), (80, 80), (81, 100), (901, 1000)]
)
def test_an_axis_ends_above_all_bars(most: float, top: float) -> None:
    assert nice_top(most) == top


def test_nothing_of_it_is_kept_on_disk(tuesday: Report, tmp_path: Path) -> None:
    before = set(Path.cwd().iterdir())
    as_pdf(with_sentences(tuesday, "en"))
    assert set(Path.cwd().iterdir()) == before
