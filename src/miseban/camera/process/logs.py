"""The log of a process that runs for ever: a line of text for people, of JSON for a journal."""

from __future__ import annotations

import logging
import sys

import structlog


def log_lines() -> None:
    """Sets up structlog and the standard library's log, to standard error: coloured lines on a
    terminal, JSON elsewhere."""
    terminal = sys.stderr.isatty()
    shown: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Standard()], force=True)


class _Standard(logging.Handler):
    """Hands what the standard library logs to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        told = structlog.get_logger(record.name)
        told.log(record.levelno, record.getMessage(), logger=record.name)
