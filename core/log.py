"""Logs: structlog with constant event names, and a processor that hides personal data whoever forgot to."""

import logging
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog

from core.masking import mask_name, mask_phone, mask_text

#: Keywords whose value is hidden as a whole, by the end of their name.
_PHONES = ("phone", "number", "caller", "mobile", "callerid")
_NAMES = ("citizen_name", "caller_name", "person_name")
_TEXTS = ("text", "body", "comment", "content", "reply")
_SECRETS = ("password", "secret", "token", "key", "cookie", "authorization")
#: Keywords that end like one of those and hold nothing personal.
_HARMLESS = frozenset({"ticket_number", "order_key", "idempotency_key", "line_number", "short_number"})


def hide_personal_data(_logger: Any, _method: str, line: Any) -> Any:
    """The processor: keywords that name personal data are hidden, and numbers inside every other text."""
    return {name: _hidden(name, value) for name, value in line.items()}


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(name, inner) for inner in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if not isinstance(value, str):
        return value
    return _hidden_text(name.lower(), value)


def _hidden_text(name: str, value: str) -> str:
    if name in _HARMLESS or name == "event":
        return mask_text(value)
    if name.endswith(_SECRETS):
        return "***"
    if name.endswith(_PHONES):
        return mask_phone(value)
    if name.endswith(_NAMES):
        return mask_name(value)
    if name.endswith(_TEXTS):
        return f"{len(value)} characters"
    return mask_text(value)


class _Masking(logging.Filter):
    """The same for libraries that log through the standard library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), ()
        return True


def configure_logging(*, json_lines: bool | None = None, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Log to stderr: readable on a terminal, one JSON object a line elsewhere."""
    target = stream or sys.stderr
    as_json = not target.isatty() if json_lines is None else json_lines
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    before_masking: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*before_masking, hide_personal_data, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=target is sys.__stderr__,
    )
    handler = logging.StreamHandler(target)
    handler.addFilter(_Masking())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(
        level=max(logging.getLevelNamesMapping()[level], logging.WARNING), handlers=[handler], force=True
    )
