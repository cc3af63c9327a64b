"""The logs: one JSON object a line on stderr, and in each the click it came from. No bodies, no addresses, no names.

One id, the `cause` of the audit event, leads from the request through the relay and the worker to the mail server.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import psycopg
import structlog

from workflow.engine import click

OF_A_VALUE = "22"
"""The class of the database's errors that quote what they were given in their very sentence."""


def said(error: BaseException) -> str:
    """What an error says; of the database's, its sentence without the row or the value it stumbled at (T32)."""
    cause = getattr(error, "orig", None) or error
    if not isinstance(cause, psycopg.Error) or cause.diag.message_primary is None:
        return str(cause)
    sentence = cause.diag.message_primary
    if (cause.sqlstate or "").startswith(OF_A_VALUE):
        return re.sub(r'".*"', '"…"', sentence, flags=re.S)
    return sentence


def _traced(exc_info: structlog.typing.ExcInfo) -> str:
    """A traceback, in which the database's errors say no more than `said`."""
    told = "".join(traceback.format_exception(exc_info[1])).rstrip()
    for error in _behind(exc_info[1]):
        if isinstance(error, psycopg.Error):
            told = told.replace(str(error), said(error))
    return told


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those it came from."""
    if error is not None:
        yield error
        yield from _behind(error.__cause__ or error.__context__)


def _with_the_click(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if (cause := click.cause()) is not None:
        line.setdefault("cause", cause)
    return line


_TRACED = structlog.processors.ExceptionRenderer(_traced)
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
            _TRACED,
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
                _TRACED,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[theirs], level=logging.WARNING, force=True)
