"""What is not there yet. A wrong answer would hide it; this one is loud."""

import logging
from collections.abc import Iterable

from starlette.requests import Request

from simulator.rest.response import Json
from simulator.wire import JsonObject

_LOGGER = logging.getLogger(__name__)


def not_here(request: Request, what: str = "") -> Json:
    """Answer 501 and warn in the log, naming method and path, and what if only a part is missing."""
    missing = f"{request.method} {request.url.path}{' with ' + what if what else ''}"
    message = f"The simulator does not have {missing} yet."
    _LOGGER.warning("%s", message)
    return Json({"message": message, "code": 0}, 501)


def part_not_here(request: Request, form: JsonObject, names: Iterable[str]) -> Json | None:
    """Answer 501 if a form wants one of these fields, which this Discord does not keep. None if not."""
    missing = next((name for name in names if form.get(name) is not None), None)
    return None if missing is None else not_here(request, f"the field {missing!r}")
