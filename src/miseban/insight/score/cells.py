"""How the score's tables and their cells are written."""

from __future__ import annotations

from rich.table import Table

from miseban.insight.score.figures import CountScore, DurationScore


def table(name: str, *columns: str) -> Table:
    made = Table(box=None, header_style="bold", pad_edge=False)
    made.add_column(name)
    for column in columns:
        made.add_column(column, justify="right")
    return made


def count(score: CountScore) -> tuple[str, str, str]:
    """Truth, result and error."""
    error = f"{signed(score.error, 0)}{percent(score.relative_error)}"
    return str(score.truth), str(score.result), error


def durations(score: DurationScore | None) -> tuple[str, str, str]:
    """Error, bias and median bias."""
    if score is None:
        return "", "", ""
    bias = f"{signed(score.bias_mean)} s{percent(score.relative_bias)}"
    return f"{score.error_mean:.2f} s", bias, f"{signed(score.bias_median)} s"


def signed(value: float, digits: int = 2) -> str:
    """With its sign, and without one when it rounds to nothing."""
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}"


def percent(part: float | None) -> str:
    return "" if part is None else f" ({signed(100 * part, 1)} %)"


def rate(part: float | None) -> str:
    return "" if part is None else f"{part:.1%}"


def number(value: float | None, unit: str = "", digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}{unit}"
