"""What is not there yet. A wrong answer would hide it; this one is loud."""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse

_LOGGER = logging.getLogger(__name__)


async def not_here(request: Request) -> JSONResponse:
    """Answer 501, naming the method and the path, and warn in the log."""
    message = f"The simulator does not have {request.method} {request.url.path} yet."
    _LOGGER.warning("%s", message)
    return JSONResponse({"message": message, "code": 0}, status_code=501)
