"""Discord's errors: an HTTP status, a code and a message, and a tree of fields for forms."""

from enum import Enum
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.wire import JsonObject


class _Kind(NamedTuple):
    status: int
    code: int
    message: str


class ErrorKind(Enum):
    """The errors that this Discord knows, as Discord numbers and words them."""

    UNAUTHORIZED = _Kind(401, 0, "401: Unauthorized")
    NOT_JSON = _Kind(400, 50109, "The request body contains invalid JSON.")
    NOT_THIS_APPLICATION = _Kind(
        403, 20012, "You are not authorized to perform this action on this application"
    )
    MISSING_ACCESS = _Kind(403, 50001, "Missing Access")
    UNKNOWN_GUILD = _Kind(404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = _Kind(404, 10007, "Unknown Member")
    UNKNOWN_USER = _Kind(404, 10013, "Unknown User")
    TOO_MANY_COMMANDS = _Kind(400, 30032, "Maximum number of application commands reached (100)")
    INVALID_FORM = _Kind(400, 50035, "Invalid Form Body")


class DiscordError(Exception):
    """Raised when Discord would refuse; `errors` is the tree of fields of an invalid form."""

    def __init__(self, kind: ErrorKind, errors: JsonObject | None = None) -> None:
        super().__init__(kind.value.message)
        self.kind = kind
        self.errors = errors


async def render_discord_error(_request: Request, error: Exception) -> JSONResponse:
    """Write an error as Discord does."""
    if not isinstance(error, DiscordError):
        raise error
    status, code, message = error.kind.value
    body: JsonObject = {"message": message, "code": code}
    if error.errors is not None:
        body["errors"] = error.errors
    return JSONResponse(body, status_code=status)
