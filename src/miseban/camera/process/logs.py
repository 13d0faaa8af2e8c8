"""Structured logs: a line of JSON an event for machines, a readable line on a terminal.

Every line has a time in UTC, a level and what happened; secrets never get that far, because what is
secret is a ``SecretStr``, and addresses are shown without their passwords.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal, TextIO

import structlog

Form = Literal["json", "text"]


def start_logging(
    form: Form | None = None, *, level: str = "info", to: TextIO | None = None
) -> None:
    """Sends logs to ``to`` (standard error). Without ``form`` a terminal gets text, all else JSON.
    What libraries log comes by the same way, from warnings on."""
    out = to or sys.stderr
    form = form or ("text" if out.isatty() else "json")
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("miseban").setLevel(level.upper())


def log(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a part of the product."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"miseban.{name}")
    return logger
