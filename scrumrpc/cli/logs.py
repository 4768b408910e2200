"""Logs: one JSON line for each event, on standard error."""

from __future__ import annotations

import logging
import sys

import orjson
import structlog


def configure_logs() -> None:
    """Sends our own events and those of libraries through the same form."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_dump)],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=lambda event, **_: _dump(event).decode()),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _dump(event: object, **_options: object) -> bytes:
    return orjson.dumps(event, default=str)
