"""How a log line looks: one readable line for people, one JSON object for machines."""

import logging
import sys
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
]


def text_formatter() -> logging.Formatter:
    """`12:00:00 warning  tickets.tasks  what happened  name=value`, in colour on a terminal."""
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
    return _formatter([*SHARED, stamp], [console])


def json_formatter() -> logging.Formatter:
    """One JSON object a line with UTC time, level, logger, event and extras."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    tracebacks = structlog.processors.format_exc_info
    return _formatter([*SHARED, stamp], [tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)])


def _formatter(before: list[Any], renderers: list[Any]) -> logging.Formatter:
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[clean, *renderers])
