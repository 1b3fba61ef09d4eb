"""What is not there yet. A wrong answer would hide it; this one is loud."""

import logging
from collections.abc import Iterable

from starlette.requests import Request

from simulator.faults.routes import masked
from simulator.rest.response import Json
from simulator.wire import JsonObject

_LOGGER = logging.getLogger(__name__)


def not_here(request: Request, what: str = "") -> Json:
    """Answer 501 and warn in the log, naming method and path, and what if only a part is missing."""
    path: str = request.scope["path"]
    _LOGGER.warning("%s", _sentence(request.method, masked(path), what))
    return Json({"message": _sentence(request.method, path, what), "code": 0}, 501)


def _sentence(method: str, path: str, what: str) -> str:
    return f"The simulator does not have {method} {path}{' with ' + what if what else ''} yet."


def part_not_here(request: Request, form: JsonObject, names: Iterable[str]) -> Json | None:
    """Answer 501 if a form wants one of these fields, which this Discord does not keep. None if not."""
    missing = next((name for name in names if form.get(name) is not None), None)
    return None if missing is None else not_here(request, f"the field {missing!r}")
