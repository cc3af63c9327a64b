"""The logs: one JSON object a line on stderr, and in each the click it came from. No bodies, no addresses, no names.

One id, the `cause` of the audit event, leads from the request through the relay and the worker to the mail server.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from workflow.engine import click


def _with_the_click(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if (cause := click.cause()) is not None:
        line.setdefault("cause", cause)
    return line


_COMMON: tuple[structlog.typing.Processor, ...] = (
    _with_the_click,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def keep() -> None:
    """From here on this process logs so, the libraries' own words included; stdout belongs to what a command says."""
    structlog.configure(
        processors=[
            *_COMMON,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    theirs = logging.StreamHandler(sys.stderr)
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_COMMON, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[theirs], level=logging.WARNING, force=True)
