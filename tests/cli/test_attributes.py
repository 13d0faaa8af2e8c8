"""``analyze --attributes``: refused in one line, with nothing written; or it says what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.vocabulary.summary import Summary
from tests.cli.footage import SHOP, film, shop_file
from tests.shared import MODELS, need

Capture = pytest.CaptureFixture[str]
NOTICE = """
[notice]
operator = "Test"
purpose = "statistics"
data = ["gender", "age", "expression"]
retention_days = 365
contact = "Test"
posted = 2026-04-01
"""
WITH_NOTICE = SHOP.replace("\n[[camera]]", f"{NOTICE}\n[[camera]]", 1)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("film") / "film.avi")


def analyse(video: Path, out: Path, *more: str) -> int:
    given = ["--out", str(out), "--model", "motion", "--attributes"]
    return run(["analyze", str(video), *given, *more])


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        pytest.param(None, (), "--attributes: expected --shop too", id="no shop file"),
        pytest.param(SHOP, (), "attributes need a notice on record: a table [notice]", id="notice"),
        pytest.param(
            SHOP.replace('"jp"', '"eu"'), (), 'policy is "eu", which has them off', id="eu"
        ),
        pytest.param(
            WITH_NOTICE.replace('"jp"', '"strict"'), (), 'policy is "strict"', id="strict"
        ),
        pytest.param(
            WITH_NOTICE.replace('kind = "area"', 'kind = "crew"'), (), "an area", id="no area"
        ),
        pytest.param(
            WITH_NOTICE,
            (),
            "film.avi: expected --start with --attributes",
            id="only the file's date",
        ),
        pytest.param(
            WITH_NOTICE, ("--start", "2026-03-31T12:00:00"), "posted 2026-04-01", id="too early"
        ),
    ],
)
def test_refused(
    text: str | None,
    more: tuple[str, ...],
    said: str,
    recording: Path,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    if more:
        need(MODELS)
    shop = [] if text is None else ["--shop", str(shop_file(tmp_path, text))]
    status = analyse(recording, tmp_path / "out", *shop, *more)
    printed = capsys.readouterr()
    assert status == 2
    assert len(printed.err.splitlines()) == 1
    assert said in printed.err
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


def test_a_short_film_says_what_is_read_and_tells_of_nobody(
    recording: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openvino")
    monkeypatch.setenv("MISEBAN_MODELS", str(need(MODELS)))
    shop, out = shop_file(tmp_path, WITH_NOTICE), tmp_path / "out"
    start = ("--start", "2026-05-01T12:00:00")
    assert analyse(recording, out, "--shop", str(shop), *start) == 0
    said = capsys.readouterr().err
    assert "attributes: reading gender and age\n" in said
    assert "attributes: expression is not available with the installed models\n" in said
    assert (
        said.count("attributes: no zone of kind crew here: staff are told of like visitors\n") == 1
    )
    assert "nothing to tell" in said
    summary = Summary.model_validate_json((out / "summary.json").read_text("utf-8"))
    assert summary.zones["right"].visits == 1
    assert summary.attributes == []


def test_without_models_one_line_says_so(
    recording: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISEBAN_MODELS", str(tmp_path))
    shop = shop_file(tmp_path, WITH_NOTICE)
    start = ("--start", "2026-05-01T12:00:00")
    assert analyse(recording, tmp_path / "out", "--shop", str(shop), *start) == 2
    said = capsys.readouterr().err
    assert "a model for age-gender: none is installed" in said
    assert len(said.splitlines()) == 1
