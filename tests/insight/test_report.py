"""The report: one file, readable by anybody, in agreement with the events, in three languages."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from miseban.insight.report import LANGUAGES, ReportMaterial, render_report
from miseban.insight.report.queue_parts import queue_parts
from miseban.insight.report.words import Words, load_catalog
from miseban.vocabulary.attributes import VALUES
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import VisitEnded
from miseban.vocabulary.summary import Correction, Flag, InsideSummary
from tests.insight.sample import NAMES, START, Maker, afternoon, summary_of

PNG = b"\x89PNG\r\n\x1a\n-heat"


def material(maker: Maker | None = None, **facts: Any) -> ReportMaterial:
    maker = maker or afternoon()
    summary = summary_of(maker, **facts)
    return ReportMaterial(
        summary, maker.events, "Asia/Tokyo", NAMES, PNG, PNG, True,
        entrances=set(summary.lines), line_names={"entrance": NAMES["entrance"]},
    )  # fmt: skip


class Page(HTMLParser):
    """Tags, attributes and visible text; fails where tags do not close."""

    VOID = frozenset({"meta", "img", "br", "link", "input", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.text.append(data.strip())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_file_that_asks_for_nothing(lang: str) -> None:
    html = render_report(material(), lang)
    page = Page(html)

    policy = [a for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0]["content"] == ("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object"})
    addresses = [a[k] for _, a in page.tags for k in ("src", "href", "xlink:href") if k in a]
    assert addresses
    assert all(str(address).startswith("data:image/png;base64,") for address in addresses)
    assert re.findall(r"url\(([^)]*)\)|@import|https?:", html) == ["#hatch"]
    assert ("html", {"lang": lang}) in page.tags
    assert "  " not in "".join(page.text).replace("\n", "")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="all there"),
        pytest.param({"lines": (), "zones": {}, "tills": ()}, id="no shop file"),
        pytest.param({"uncovered_s": 240.0, "incomplete": "broken"}, id="incomplete"),
        pytest.param({"duration_s": 90_000.0}, id="over midnight"),
    ],
)
def test_every_state_renders(lang: str, facts: dict[str, Any]) -> None:
    for maker in (afternoon(), Maker()):
        Page(render_report(material(maker, **facts), lang))


def test_the_numbers_are_the_summarys() -> None:
    """Rule 11: tiles, chart and table add up to the same."""
    full = material()
    html = render_report(full)
    line = full.summary.lines["entrance"]

    values = re.findall(r'<div class="value">([^<]*)</div>', html)
    queue = full.summary.queues["queue-1"]
    people = [str(n) for n in (line.in_.count, line.out.count, full.summary.people)]
    assert values[:4] == [*people, str(queue.length_max)]
    bars = {
        way: re.findall(rf'class="bar {way}" x=.*?<title>\S+ \w+ (\d+)', html)
        for way in ("in", "out")
    }
    assert sum(map(int, bars["in"])) == line.in_.count
    assert sum(map(int, bars["out"])) == line.out.count
    foot = re.search(r"<tfoot>(.*?)</tfoot>", html, re.S)
    assert foot is not None
    assert re.findall(r'"n">(\d+)<', foot[1]) == [str(line.in_.count), str(line.out.count)]


def test_areas_are_ranked_by_the_time_spent_in_them() -> None:
    html = render_report(material())

    found = material()
    zones = found.summary.zones
    shown = [z for z in zones if zones[z].kind != "crew"]
    ranked = sorted(shown, key=lambda zone: -zones[zone].dwell_s.total)
    table = html[html.index('class="ranked"') :]
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th>', table[: table.index("</table>")])
    assert rows == [NAMES[zone] for zone in ranked]
    assert f"Used most: {rows[0]}" in html
    assert f"Used least: {rows[-1]}" in html
    assert "back-room" not in html, "the crew is not measured"


def test_drift_of_the_people_inside_is_shown() -> None:
    found = material()
    inside = InsideSummary(
        entered=70,
        left=72,
        people_end=1,
        people_max=9,
        drift=-3,
        corrections=[
            Correction(time=START, people=-4),
            Correction(time=START + timedelta(hours=1), people=1),
        ],
    )
    summary = found.summary.model_copy(update={"inside": inside})
    for lang in LANGUAGES:
        html = render_report(replace(found, summary=summary), lang)
        assert "−3" in html
        assert '13:05</th><td class="n">−4' in html  # by the intervals of the chart
        assert '14:05</th><td class="n">+1' in html
        Page(html)
    assert '<div class="value">1</div><div class="small">most at once: 9' in render_report(
        replace(found, summary=summary)
    )


def test_what_is_missing_is_said_with_what_to_do() -> None:
    html = render_report(material(Maker(), lines=(), zones={}, tills=()))

    assert "Draw a line at the door in shop.toml" in html
    assert "Draw areas in shop.toml" in html
    assert "Draw a zone of kind &#34;queue&#34; in shop.toml" in html


def test_lost_coverage_is_hatched_and_listed() -> None:
    html = render_report(material(uncovered_s=240.0))

    assert html.count('<rect class="unseen" x=') == 2  # visitors and the queue
    assert "14:08:30" in html
    assert "14:12:30" in html
    assert "the stream stopped" in html
    assert "no data is not zero visitors" in html
    clear = Maker()
    clear.cross(10, "a")
    assert '<rect class="unseen" x=' not in render_report(material(clear))


def test_an_incomplete_recording_is_said() -> None:
    html = render_report(material(incomplete="the file breaks off at 80 s"))

    assert "This recording is incomplete: the file breaks off at 80 s." in html


def test_hostile_names_stay_names() -> None:
    hostile = '"><script>alert(1)</script>'
    maker = afternoon()
    maker.gap(100, 5, hostile)
    found = ReportMaterial(
        summary_of(maker, incomplete=hostile),
        maker.events,
        "Asia/Tokyo",
        dict.fromkeys(NAMES, hostile),
        entrances={"entrance"},
        line_names={"entrance": hostile},
    )
    for lang in LANGUAGES:
        html = render_report(found, lang)
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 10
        Page(html)


@pytest.mark.parametrize(
    ("timezone", "lang", "message"),
    [
        pytest.param("Asia/Tokyo", "fr", "lang: expected en, ja or ko, found 'fr'", id="language"),
        pytest.param("Mars/Olympus", "en", "timezone: expected an IANA name", id="zone"),
        pytest.param("../etc/passwd", "en", "timezone: expected an IANA name", id="no zone at all"),
    ],
)
def test_wrong_use_is_said(timezone: str, lang: str, message: str) -> None:
    found = ReportMaterial(summary_of(Maker()), [], timezone, entrances=set())

    with pytest.raises(BadInput, match=re.escape(message)):
        render_report(found, lang)


def test_a_line_and_a_zone_of_one_id_keep_their_names() -> None:
    maker = afternoon()
    found = ReportMaterial(
        summary_of(maker), maker.events, "Asia/Tokyo", {"drinks": "Drinks", "entrance": "Porch"},
        entrances={"entrance"}, line_names={"entrance": "Front door"}, truth=summary_of(maker),
    )  # fmt: skip
    page = render_report(found, "en")
    assert "Front door" in page
    assert "Porch" not in page


def test_lines_inside_the_shop_are_no_visitors() -> None:
    """Passages at inner lines stand in the table of lines, not among the visitors."""
    maker = afternoon()
    summary = summary_of(maker, lines=("entrance", "window"))
    passed = summary.lines["entrance"].in_.count
    assert passed > 0
    for doors, visitors in (({"entrance"}, passed), ({"window"}, 0)):
        found = ReportMaterial(summary, maker.events, "Asia/Tokyo", entrances=doors)
        html = render_report(found)
        assert f'<div class="label">Visitors in</div><div class="value">{visitors}</div>' in html
        assert f'<tfoot><tr><th scope="row">Total</th><td class="n">{visitors}</td>' in html
        assert '<th scope="row">entrance</th>' in html


def texts(catalog: dict[str, Any], path: str = "") -> dict[str, list[str]]:
    """Key to its text, or to its plural forms."""
    found: dict[str, list[str]] = {}
    for key, entry in catalog.items():
        if isinstance(entry, str):
            found[f"{path}{key}"] = [entry]
        elif "other" in entry:
            found[f"{path}{key}"] = list(entry.values())
        else:
            found |= texts(entry, f"{path}{key}.")
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_catalogs_say_the_same(lang: str) -> None:
    english, other = texts(load_catalog("en")), texts(load_catalog(lang))

    assert list(other) == list(english)
    for key, forms in other.items():
        wanted = set().union(*map(placeholders, english[key]))
        assert all(placeholders(form) == wanted for form in forms), key
        own = re.sub(r"\{\w+\}|[\W\d_]", "", forms[0])
        if own:  # not only a pattern of placeholders
            assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]", own), f"{key}: {own}"
    assert max(len(forms) for forms in other.values()) == 1, "no plural forms in this language"


def test_every_text_is_used() -> None:
    folder = files("miseban.insight.report")
    sources = "".join(
        (folder / name).read_text(encoding="utf-8")
        for name in (
            "visitor_parts.py",
            "page.html",
            "charts.html",
            "page.py",
            "words.py",
            "beside.py",
            "attribute_parts.py",
            "sure.py",
        )
    )
    made = {"big.out", "traffic.seen"}  # put together there
    # The reasons for which the engine of space passes over a row, likewise.
    reasons = {"repeated", "unconfirmed", "not_a_number", "shared_id", "private_zone", "late"}
    made |= {f"rejected.{reason}" for reason in reasons}
    values = [value for known in VALUES.values() for value in known]
    made |= {f"sure.{flag}" for flag in get_args(Flag)}
    made |= {f"attributes.{name}" for name in VALUES}
    made |= {f"attributes.value_{value}" for value in values}
    unused = [key for key in texts(load_catalog("en")) if f'"{key}"' not in sources]
    assert set(unused) == made
    engine = "".join(
        path.read_text(encoding="utf-8") for path in Path(str(files("miseban.space"))).glob("*.py")
    )
    assert all(f'"{reason}"' in engine for reason in reasons)


@pytest.mark.parametrize(
    ("seconds", "en", "ja", "ko"),
    [
        (0, "0 s", "0秒", "0초"),
        (4.26, "4.3 s", "4.3秒", "4.3초"),
        (59.4, "59 s", "59秒", "59초"),
        (60, "1 min", "1分", "1분"),
        (200, "3 min 20 s", "3分20秒", "3분 20초"),
        (3599.6, "1 h", "1時間", "1시간"),
        (5400, "1 h 30 min", "1時間30分", "1시간 30분"),
    ],
)
def test_durations(seconds: float, en: str, ja: str, ko: str) -> None:
    found = [Words(lang, ZoneInfo("UTC")).duration(seconds) for lang in LANGUAGES]
    assert found == [en, ja, ko]


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0, "0%"), (0.0004, "0.1%"), (0.004, "0.4%"), (0.32, "32%"), (0.9996, "99.9%"), (1, "100%")],
)
def test_nearly_all_is_not_all(fraction: float, text: str) -> None:
    assert Words("en", ZoneInfo("UTC")).share(fraction) == text


def test_the_table_behind_a_queue_agrees_with_its_numbers() -> None:
    found = material()
    part = queue_parts(found, Words("en", ZoneInfo(found.timezone)))[0]

    assert max(row.max or 0 for row in part.rows) == part.numbers.length_max
    maker = Maker()
    maker.queue(10, 3)
    maker.gap(5400, 5400 - 150)  # from 13:10 on
    rows = queue_parts(material(maker), Words("en", ZoneInfo("Asia/Tokyo")))[0].rows
    assert rows[0].mean == pytest.approx(3 * 140 / 150)
    assert rows[0].max == 3
    assert [(row.mean, row.max) for row in rows[1:]] == [(None, None)] * (len(rows) - 1)


def test_truth_stands_beside_what_was_counted() -> None:
    found = material()
    line, counted = next(iter(found.summary.lines.items()))
    more = counted.in_.model_copy(update={"count": counted.in_.count + 3})
    lines = {**found.summary.lines, line: counted.model_copy(update={"in_": more})}
    truth = found.summary.model_copy(update={"lines": lines})
    assert 'class="n off"' not in render_report(replace(found, truth=found.summary))
    html = render_report(replace(found, truth=truth))
    row = f'<td>in</td><td class="n">{more.count}</td><td class="n">{counted.in_.count}</td>'
    assert row + '<td class="n off">−3</td>' in html
    assert html.count('class="n off"') == 1


def test_truth_of_another_time_or_none_is_not_shown() -> None:
    found = material()
    heading = Words("en", ZoneInfo("Asia/Tokyo"))("beside.heading")
    assert heading not in render_report(found)
    later = found.summary.model_copy(update={"start": found.summary.start + timedelta(minutes=5)})
    assert heading not in render_report(replace(found, truth=later))
    assert heading in render_report(replace(found, truth=found.summary))


def a_day_with_staff() -> ReportMaterial:
    """Its visitors came alone, in a pair, or work here."""
    maker = Maker()
    people = [("a", 60, 600, "g"), ("b", 62, 602, "g"), ("c", 700, 730, "h"), ("w", 90, 5000, "")]
    for visit, since_s, until_s, group in people:
        maker.cross(since_s, visit)
        maker.cross(until_s, visit, "out")
        role = "shopper" if group else "staff"
        maker.visit(since_s, until_s, visit, role=role, group=group or None)
    maker.stay(100, 200, "a", "drinks")
    maker.stay(100, 4000, "w", "drinks")
    return material(maker)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_visitors_are_told_without_staff(lang: str) -> None:
    html, words = render_report(a_day_with_staff(), lang), Words(lang, ZoneInfo("Asia/Tokyo"))
    section = html[html.index(words("visitors.heading")) :]
    rows = dict(re.findall(r'<tr><th scope="row">([^<]*)</th><td class="n">([^<]*)</td>', section))
    assert rows[words("visitors.visitors")] == "3"
    assert rows[words("visitors.groups")] == "2"
    assert rows[words("visitors.staff")] == "1"
    assert rows[words("visitors.bounce")] == words.share(1 / 3)
    reach = section[section.index(words("visitors.reach")) :]
    assert f'>{words.share(1 / 3)}</span></td><td class="n">1</td>' in reach


def test_who_cannot_tell_staff_is_compared_with_everybody() -> None:
    """A truth without its staff, beside one camera that counted them too."""
    known = a_day_with_staff()
    told = known.summary.zones["drinks"]
    assert (told.visits, told.staff_visits, told.staff_s) == (1, 1, 4000.0)
    visits = [e for e in known.events if isinstance(e, VisitEnded)]
    nobody = [e.model_copy(update={"role": None, "group": None}) for e in visits]
    rest = [e for e in known.events if not isinstance(e, VisitEnded)]
    maker = Maker()
    maker.events = [*rest, *nobody]
    html = render_report(replace(material(maker), truth=known.summary))
    assert (
        '<th scope="row">飲み物</th><td>Visits</td><td class="n">2</td><td class="n">2</td>' in html
    )
    assert 'class="n off"' not in html


def test_visitors_and_groups_stand_beside_the_truth() -> None:
    known = a_day_with_staff()
    assert known.summary.visitors is not None
    more = known.summary.visitors.model_copy(update={"groups": 5})
    truth = known.summary.model_copy(update={"visitors": more})
    html = render_report(replace(known, truth=truth))
    assert '<td class="n">5</td><td class="n">2</td><td class="n off">−3</td>' in html
