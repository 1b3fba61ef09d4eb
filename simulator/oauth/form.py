"""A body of form fields: the only kind that OAuth2 reads."""

from urllib.parse import parse_qsl

from starlette.requests import Request

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 200
_BYTES = 64 * 1024


class NotAFormError(ValueError):
    """Raised for a body that is no urlencoded form, or a huge one."""


async def read_form(request: Request) -> list[tuple[str, str]]:
    """Read the fields in their order; a name may stand there several times. Raises `NotAFormError`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise NotAFormError(f"The body has to be {_FORM}.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BYTES:
            raise NotAFormError(f"The body has more than {_BYTES} bytes.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise NotAFormError("The body is no form that can be read.") from error
