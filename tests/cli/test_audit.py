"""``miseban audit``: by a truth, by a tally, and at the keyboard with a real film."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.cli import audit_person
from miseban.cli.app import run
from tests.cli.footage import SHOP, film, shop_file

KONBINI = Path(__file__).parents[2] / "shops" / "konbini.toml"
START = "2026-04-06T07:00:00"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty minutes of the konbini: its truth, and what the door's camera counted."""
    folder = tmp_path_factory.mktemp("day")
    for name in ("konbini.toml", "konbini.scenario.toml"):
        (folder / name).write_text(KONBINI.with_name(name).read_text("utf-8"), "utf-8")
    shop = ["--shop", str(folder / "konbini.toml")]
    simulate = [*shop, "--minutes", "40", "--seed", "5", "--detector", "default"]
    assert run(["simulate", *simulate, "--out", str(folder / "truth")]) == 0
    detected = str(folder / "truth" / "detected.csv")
    camera = ["--camera", "door", "--start", START]
    assert run(["replay", detected, *shop, *camera, "--out", str(folder / "result")]) == 0
    return folder


@pytest.fixture
def konbini(day: Path) -> Path:
    """The same, with nothing known of its counters."""
    (day / "konbini.accuracy.json").unlink(missing_ok=True)
    return day


def audit(folder: Path, *options: str, shop: str = "konbini.toml") -> int:
    given_ = ["--shop", str(folder / shop), "--result", str(folder / "result")]
    return run(["audit", *given_, *options])


def kept(folder: Path, name: str = "konbini.accuracy.json") -> list[dict[str, object]]:
    looks = json.loads((folder / name).read_text("utf-8"))["looks"]
    assert isinstance(looks, list)
    return looks


def test_a_truth_acts_as_the_person(konbini: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(konbini, "--truth", str(konbini / "truth"), "--minutes", "20", "--json") == 0
    into, out = json.loads(capsys.readouterr().out)

    assert (into["line"], into["way"], into["minutes"]) == ("entrance", "in", 20)
    assert into["told"] > 5
    assert abs(into["counted"] - into["told"]) <= 1
    assert into["error_95"]["low"] <= into["error_percent"] <= into["error_95"]["high"]
    assert out["told"] > 5
    assert len(kept(konbini)) == 20

    # A second audit looks at other minutes, and intervals are made with both.
    assert audit(konbini, "--truth", str(konbini / "truth"), "--minutes", "9") == 0
    assert len(kept(konbini)) == 29
    assert "entrance" in capsys.readouterr().out


def test_what_was_told_narrows_the_intervals(konbini: Path) -> None:
    def high() -> int:
        detected = str(konbini / "truth" / "detected.csv")
        options = ["--shop", str(konbini / "konbini.toml"), "--camera", "door", "--start", START]
        assert run(["replay", detected, *options, "--out", str(konbini / "again")]) == 0
        summary = json.loads((konbini / "again" / "summary.json").read_text("utf-8"))
        return int(summary["lines"]["entrance"]["in"]["high"])

    before = high()
    looks = [
        {
            "made": "2026-04-07T00:00:00Z",
            "camera": "door",
            "line": "entrance",
            "start": f"2026-04-06T{hour:02}:00:00+09:00",
            "seconds": 3600,
            "condition": "well",
            "counted": [400, 400],
            "told": told,
            "passed": 800,
        }
        for hour, told in ((1, [400, 400]), (2, [500, 400]))
    ]
    file = konbini / "konbini.accuracy.json"
    file.write_text(json.dumps({"shop": "konbini", "looks": looks[:1]}), "utf-8")
    good = high()
    file.write_text(json.dumps({"shop": "konbini", "looks": looks}), "utf-8")
    bad = high()

    assert good <= before < bad


def test_a_plan_is_filled_in_and_read(konbini: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = konbini / "tally.csv"
    assert audit(konbini, "--plan", str(tally), "--minutes", "6", "--seed", "3", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"plan": str(tally), "minutes": 6}
    with tally.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["line"] for row in rows] == ["entrance"] * 6
    assert not (konbini / "konbini.accuracy.json").exists()

    filled = [{**row, "in": "2", "out": ""} for row in rows[:4]]
    with tally.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows([*filled, *rows[4:]])
    capsys.readouterr()
    assert audit(konbini, "--counts", str(tally), "--minutes", "6", "--seed", "3", "--json") == 0

    into, out = json.loads(capsys.readouterr().out)
    assert (into["minutes"], into["told"], out["told"]) == (4, 8, 0)

    # The rest is filled in later; other minutes told of in between do not matter.
    assert audit(konbini, "--truth", str(konbini / "truth"), "--minutes", "2", "--seed", "9") == 0
    with tally.open("a", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writerows({**row, "in": "1", "out": "1"} for row in rows[4:])
    capsys.readouterr()
    assert audit(konbini, "--counts", str(tally), "--json") == 0
    into, out = json.loads(capsys.readouterr().out)
    assert into["minutes"] == 8
    told = {
        datetime.fromisoformat(str(look["start"])).timestamp(): look["weight"]
        for look in kept(konbini)
    }
    for row in rows:
        at = datetime.fromisoformat(row["start"]).timestamp()
        assert told[at] == pytest.approx(float(row["weight"]))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("start,line\n", "line 1: expected start,line,in,out", id="columns"),
        pytest.param(
            "start,line,in,out,weight\nnoon,entrance,1,1,2\n", "line 2: expected a start", id="time"
        ),
        pytest.param(
            f"start,line,in,out,weight\n{START}+09:00,entrance,-1,1,2\n",
            "line 2: in: expected how many",
            id="people",
        ),
        pytest.param("start,line,in,out,weight\n", "nobody told of any", id="nothing told"),
        pytest.param(
            f"start,line,in,out,weight\n{START}+09:00,entrance,1,1,\n",
            "line 2: weight: expected for how many",
            id="weight",
        ),
        pytest.param(
            f"start,line,in,out,weight\n{START}+09:00,exit,1,1,2\n",
            "line 2: expected a line of entrance, found 'exit'",
            id="line",
        ),
        pytest.param(
            "start,line,in,out,weight\n2026-04-07T07:00:00+09:00,entrance,1,1,2\n",
            "line 2: expected a minute of the recording",
            id="another day",
        ),
    ],
)  # fmt: skip
def test_a_bad_tally_is_named(
    konbini: Path, content: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = konbini / "bad.csv"
    tally.write_text(content, "utf-8")

    assert audit(konbini, "--counts", str(tally)) == 2
    told = capsys.readouterr().err.strip()
    assert says in told
    assert "\n" not in told
    assert not (konbini / "konbini.accuracy.json").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param([], "found none of them", id="nobody to ask"),
        pytest.param(["--truth", "a", "--counts", "b"], "found --truth and --counts", id="two"),
        pytest.param(["--truth", "nowhere"], "expected the summary of a truth", id="no truth"),
        pytest.param(["--truth", "t", "--keep", "k"], "expected VIDEO too", id="no clips to keep"),
        pytest.param(["--truth", "t", "--camera", "roof"], "roof", id="no such camera"),
        pytest.param(["--overlap", "entrance=exit"], "expected LINE=OTHER", id="no such line"),
        pytest.param(["--overlap", "entrance"], "expected LINE=OTHER", id="half an overlap"),
        pytest.param(["--truth", "t", "--within", "0"], "--within", id="no specification"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    konbini: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(konbini, *options) == 2
    told = capsys.readouterr().err.strip()
    assert says in told
    assert "\n" not in told


def test_a_broken_accuracy_file_stops_all_that_read_it(
    konbini: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = konbini / "konbini.accuracy.json"
    file.write_text('{"shop": "konbini", "looks": 3}', "utf-8")
    try:
        assert audit(konbini, "--truth", str(konbini / "truth")) == 2
        detected = str(konbini / "truth" / "detected.csv")
        shop = ["--shop", str(konbini / "konbini.toml"), "--camera", "door"]
        assert run(["replay", detected, *shop, "--out", str(konbini / "never")]) == 2
        for line in capsys.readouterr().err.strip().splitlines():
            assert "konbini.accuracy.json: looks:" in line
        assert file.read_text("utf-8") == '{"shop": "konbini", "looks": 3}'
        assert not (konbini / "never").exists()
    finally:
        file.unlink()


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes (of six seconds each) of film, counted: one passes, from left to right."""
    folder = tmp_path_factory.mktemp("filmed")
    film(folder / "film.avi", seconds=14)
    shop_file(folder)
    options = ["--shop", str(folder / "shop.toml"), "--model", "motion", "--start", START]
    assert (
        run(["analyze", str(folder / "film.avi"), *options, "--out", str(folder / "result")]) == 0
    )
    return folder


@pytest.fixture
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miseban.insight.audit.minutes.MINUTE_S", 6.0)


def answers(monkeypatch: pytest.MonkeyPatch, *given_: str) -> list[str]:
    """What somebody types; returns what is asked, with the clips that lie there then."""
    left, asked = list(given_), []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        if not left:
            raise KeyboardInterrupt
        return left.pop(0)

    monkeypatch.setattr("miseban.cli.audit_person.typer.prompt", prompt)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return asked


@pytest.mark.usefixtures("short_minutes")
def test_a_person_counts_and_no_clip_stays(
    filmed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    asked = answers(monkeypatch, "many", "1", "0", "0", "0")
    status = audit(filmed, str(filmed / "film.avi"), "--minutes", "2", "--json", shop="shop.toml")

    assert status == 0
    out = capsys.readouterr().out
    assert asked == ["entrance: in"] * 2 + ["entrance: out", "entrance: in", "entrance: out"]
    assert "a number of people" in out
    assert len(kept(filmed, "shop.accuracy.json")) == 2
    assert list(tmp_path.iterdir()) == []
    (filmed / "shop.accuracy.json").unlink()


@pytest.mark.usefixtures("short_minutes")
def test_ctrl_c_keeps_what_was_told(
    filmed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    answers(monkeypatch, "1", "0")
    clips = tmp_path / "clips"
    options = ["--minutes", "2", "--keep", str(clips)]
    assert audit(filmed, str(filmed / "film.avi"), *options, shop="shop.toml") == 0

    assert "stopped; 1 minutes are kept" in capsys.readouterr().err
    (look,) = kept(filmed, "shop.accuracy.json")
    assert look["told"] == [1, 0]
    assert [p.suffix for p in clips.iterdir()] == [".mp4", ".mp4"]
    (filmed / "shop.accuracy.json").unlink()


@pytest.mark.usefixtures("short_minutes")
def test_a_skipped_minute_is_left_out(
    filmed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, "s", "0")
    status = audit(filmed, str(filmed / "film.avi"), "--minutes", "1", shop="shop.toml")

    assert status == 2
    assert "nobody told of any" in capsys.readouterr().err
    assert not (filmed / "shop.accuracy.json").exists()


def test_a_killed_audit_leaves_a_whole_file(konbini: Path) -> None:
    file = konbini / "konbini.accuracy.json"
    options = ["--shop", str(konbini / "konbini.toml"), "--result", str(konbini / "result")]
    code = "import sys; from miseban.cli.app import run; sys.exit(run(sys.argv[1:]))"
    truth = ["--truth", str(konbini / "truth"), "--minutes", "38"]
    running = subprocess.Popen([sys.executable, "-c", code, "audit", *options, *truth])
    waited = 0.0
    while not file.exists() and waited < 60 and running.poll() is None:
        time.sleep(0.005)
        waited += 0.005
    running.send_signal(signal.SIGKILL)
    running.wait()

    assert kept(konbini)  # whole, with at least the first answer


def test_two_cameras_check_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines in one place, on two cameras: what one saw and the other did not."""
    from datetime import UTC, timedelta

    from miseban.insight.summary import summarise
    from miseban.journal.events_table import write_events
    from miseban.vocabulary.events import LineCrossed

    two = SHOP.replace(
        "[[zone]]",
        '[[line]]\nid = "second"\ncamera = "side"\npoints = [[160, 240], [160, 0]]\n\n[[zone]]',
    )
    two += '\n[[camera]]\nid = "side"\nsource = "b.avi"\nresolution = [320, 240]\nfps = 10\n'
    shop_file(tmp_path, two)
    start = datetime(2026, 4, 6, tzinfo=UTC)
    sides = (("entrance", "door", 10, 0.0), ("second", "side", 7, 1.0))
    events = [
        LineCrossed(
            id=f"{line}{n}", time=start + timedelta(seconds=30 * n + late), shop="test",
            camera=camera, line=line, direction="in", visit=f"{line}{n}",
        )
        for line, camera, left_out, late in sides
        for n in range(100)
        if n % left_out
    ]  # fmt: skip
    summary = summarise(
        events, shop_id="test", camera=None, start=start, duration_s=3600.0, frames=0,
        analysed_fps=0.0, incomplete="", lines=["entrance", "second"], zones={}, tills=(),
        model="tracks", versions={}, uncovered_s=0.0,
    )  # fmt: skip
    (tmp_path / "result").mkdir()
    write_events(tmp_path / "result" / "events.parquet", events)
    text = summary.model_dump_json(by_alias=True)
    (tmp_path / "result" / "summary.json").write_text(text, "utf-8")

    assert audit(tmp_path, "--overlap", "entrance=second", shop="shop.toml") == 0
    out = capsys.readouterr().out
    # Of the 85 of the second, 8 or 9 are not at the first; both miss number 0 and 70.
    assert "entrance: missed 8 of 85" in out
    assert "second: missed 13 of 90" in out
    assert "by both: 99" in out
    looks = kept(tmp_path, "shop.accuracy.json")
    assert {look["source"] for look in looks} == {"overlap"}

    assert audit(tmp_path, "--overlap", "entrance=second", "--json", shop="shop.toml") == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["line"], one["missed"], one["told"]) for one in found["lines"]] == [
        ("entrance", 8, 85),
        ("second", 13, 90),
    ]
    assert round(found["passages"]) == 99
    looks = kept(tmp_path, "shop.accuracy.json")

    write_events(tmp_path / "result" / "events.parquet", [])
    assert audit(tmp_path, "--overlap", "entrance=second", "--json", shop="shop.toml") == 2
    assert "found none: nothing is learnt" in capsys.readouterr().err
    assert kept(tmp_path, "shop.accuracy.json") == looks

    # Had the two been fused, one visit would pass both lines.
    fused = {name: {"fused": True, "sights": 1} for name in ("door", "side")}
    told = {**json.loads(text), "cameras": fused}
    (tmp_path / "result" / "summary.json").write_text(json.dumps(told), "utf-8")
    assert audit(tmp_path, "--overlap", "entrance=second", shop="shop.toml") == 2
    assert "cameras that count alone" in capsys.readouterr().err
    assert kept(tmp_path, "shop.accuracy.json") == looks


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_an_answer_is_a_number_or_asked_again(typed: str) -> None:
    given_ = [typed, "3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("miseban.cli.audit_person.typer.prompt", lambda *_, **__: given_.pop(0))
        found = audit_person._people("in")

    plain = typed.strip()
    if plain.lower() == "s":
        assert found is None
    elif plain.isascii() and plain.isdigit() and int(plain) <= 10_000:
        assert found == int(plain)
    else:
        assert found == 3
