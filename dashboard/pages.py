"""Pages, rendered by Jinja2 with autoescape, under a strict Content-Security-Policy."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

_HERE: Final = Path(__file__).parent

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

_templates: Final = Environment(
    loader=PackageLoader("dashboard"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

ERRORS: Final[dict[int, tuple[str, str]]] = {
    404: (
        "There is no such page",
        "The address may be mistyped, or the page has moved. Nothing was changed.",
    ),
    405: (
        "This address cannot be used that way",
        "It exists, but not for what was tried. Nothing was changed.",
    ),
    500: (
        "Something broke on our side",
        "Nothing you entered was used. Please try again; if it stays broken, name the error id below.",
    ),
    503: (
        "Not available right now",
        "Something we depend on does not answer. Nothing was changed; please try again in a minute.",
    ),
}
"""Status -> title and sentence."""

_FALLBACK: Final = ("That did not work", "Nothing was changed. Please go back and try again.")


def render(template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """Answer with a page."""
    html = _templates.get_template(template).render(values)
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def error_page(status: int, error_id: str) -> HTMLResponse:
    """Answer with our own page for an HTTP error.

    Args:
        status: HTTP status.
        error_id: The request's id, under which the log has it.
    """
    title, sentence = ERRORS.get(status, _FALLBACK)
    values = {"status": status, "title": title, "sentence": sentence, "error_id": error_id}
    return render("error.html", values, status)


async def front(_request: Request) -> Response:
    """Say what this is."""
    return render("front.html", {})


def routes() -> list[BaseRoute]:
    """List the pages."""
    return [Route("/", front), Mount("/static", _Files(directory=_HERE / "static"))]


class _Files(StaticFiles):
    """Files under the same headers as the pages."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with a file, or with 304 if the browser has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(HEADERS)
        return response
