"""How the control API says no: a status and one sentence."""

from starlette.requests import Request
from starlette.responses import JSONResponse


class ControlError(Exception):
    """Raised when a request cannot be carried out as asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


async def render_control_error(_request: Request, error: Exception) -> JSONResponse:
    """Write a refusal as JSON."""
    if not isinstance(error, ControlError):
        raise error
    return JSONResponse({"error": error.sentence}, status_code=error.status)
