"""Errors of the API as RFC 9457 problems, which programs can read and people too."""

from starlette.responses import JSONResponse

_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    500: "Internal error",
    503: "Unavailable",
}


def problem(status: int, code: str, detail: str) -> JSONResponse:
    """Answer with a problem.

    Args:
        status: HTTP status.
        code: What programs match on, stable.
        detail: What happened, what was not done, what next.
    """
    return JSONResponse(
        {
            "type": "about:blank",
            "title": _TITLES.get(status, "Error"),
            "status": status,
            "detail": detail,
            "error": code,
        },
        status_code=status,
        media_type="application/problem+json",
    )
