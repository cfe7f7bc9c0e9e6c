"""How a log line looks: one readable line for people, one JSON object for machines."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
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
        colors=sys.stderr.isatty(),
        pad_event_to=0,
        pad_level=False,
        exception_formatter=structlog.dev.plain_traceback,
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
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before, processors=[clean, _plain, *renderers]
    )


def _plain(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop what other people's libraries add for their own screens: coloured copies, request objects."""
    return {name: value for name, value in event.items() if name not in {"color_message", "request"}}
