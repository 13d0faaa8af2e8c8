"""Measures one model after another for ``models bench``, and goes on when one of them dies."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from miseban.insight.bench import Candidate, Judging, Timing, judge_apart, time_apart
from miseban.vision.models.measured import Measured
from miseban.vocabulary.errors import BadInput, Failed, MisebanError


def measure_all(
    timing: Sequence[Timing], judging: Judging | None, *, named: bool
) -> tuple[list[Measured], Failed | None]:
    """Times are taken one after the other; the accuracies come last. One that cannot be used, or
    dies, is told and left out; of those that were named the first is refused at once, and the
    death of the last is returned, to be told at the end."""
    fault: Failed | None = None
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        total = len(timing) + (len(judging.candidates) if judging else 0)
        task = bar.add_task("", total=total)
        results: list[Measured] = []
        good: list[Candidate] = []

        def tell(error: MisebanError) -> None:
            bar.console.print(f"left out: {error}", soft_wrap=True, markup=False)

        def died(error: Failed) -> None:
            nonlocal fault
            if not named:
                tell(error)
                return
            if fault is not None:
                tell(fault)
            fault = error

        for job in timing:
            bar.update(task, description=f"timing {job.candidate}")
            try:
                results.append(time_apart(job))
                good.append(job.candidate)
            except BadInput as error:
                if named:
                    raise
                tell(error)
            except Failed as error:
                died(error)
            bar.advance(task)
        if judging is None:
            return results, fault
        bar.update(task, description="judging")
        scored: list[Measured] = []
        while good:
            one_go = judging.model_copy(update={"candidates": tuple(good)})
            try:
                for result, judged in zip(tuple(results), judge_apart(one_go), strict=True):
                    scored.append(result.model_copy(update={"scores": judged.scores}))
                    del results[0], good[0]
                    bar.advance(task)
            except Failed as error:
                if good:  # else it died after all was told
                    died(error)
                    del results[0], good[0]
        return scored, fault
