"""The process that measures; see ``job.py``."""

from __future__ import annotations

import sys

from pydantic import TypeAdapter

from miseban.insight.bench.job import Judging, Timing
from miseban.insight.bench.judging import judge
from miseban.insight.bench.timing import measure
from miseban.vocabulary.errors import BadInput, Failed


def main() -> int:
    job: Timing | Judging = TypeAdapter(Timing | Judging).validate_json(sys.stdin.read())
    try:
        for found in [measure(job)] if isinstance(job, Timing) else judge(job):
            sys.stdout.write(found.model_dump_json() + "\n")
            sys.stdout.flush()
    except (BadInput, Failed) as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


sys.exit(main())
