"""How the REST API answers: compact JSON, or nothing."""

from typing import Any

import msgspec
from starlette.responses import Response

from simulator.wire import encode


class Json(Response):
    """An answer in JSON. A nonce may be an integer beyond 64 bits, which msgspec does not write."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - any JSON value, as in Starlette
        """Write the body."""
        try:
            return msgspec.json.encode(content)
        except (OverflowError, msgspec.MsgspecError):
            return encode(content)


def nothing() -> Response:
    """Answer 204."""
    return Response(status_code=204)
