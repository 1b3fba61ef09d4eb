"""What is not there yet. A wrong answer would hide it; this one is loud."""

import logging

from starlette.requests import Request

from simulator.rest.response import Json

_LOGGER = logging.getLogger(__name__)


def not_here(request: Request, what: str = "") -> Json:
    """Answer 501 and warn in the log, naming method and path, and what if only a part is missing."""
    missing = f"{request.method} {request.url.path}{' with ' + what if what else ''}"
    message = f"The simulator does not have {missing} yet."
    _LOGGER.warning("%s", message)
    return Json({"message": message, "code": 0}, 501)
