"""Log lines: JSON in production, readable in development, each with the request it belongs to.

What must never be in a line: bodies, interaction tokens, the bot's token, passwords. Nothing here
removes them, because nothing may log them; `tests/edges/interactions/test_secrets.py` watches that.
"""

import logging
import sys
from contextvars import ContextVar
from typing import Final

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from app.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""The request being answered; `-` outside of any."""

_QUIET: Final = ("asyncio", "alembic.runtime.plugins", "hikari", "httpcore2", "httpx2", "mangum")
"""Libraries that say at INFO or DEBUG what nobody on call wants to read."""


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def configure_logging(settings: Settings) -> None:
    """Send every log line of this process to standard error, in the format of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_RequestId())
    handler.setFormatter(_formatter(as_json=settings.logs_as_json))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(*, as_json: bool) -> logging.Formatter:
    if as_json:
        return JsonFormatter(
            "%(levelname)s %(name)s %(message)s %(request_id)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="at",
            reserved_attrs=[*RESERVED_ATTRS, "color_message"],  # uvicorn's, with terminal codes in it
        )
    return logging.Formatter("%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s")
