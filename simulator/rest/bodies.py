"""What a request carries: JSON read strictly, files, and the query string."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from simulator.deeds.messages import Upload
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import tree
from simulator.forms.fields import Fields, errors_of
from simulator.sizes import FILES_BYTES, JSON_BYTES
from simulator.uploads import as_listed, files_in
from simulator.wire import JsonObject, NotJsonError, decode

"""What a request with files may carry in all."""

_MOST_FILES = 10
_DIGITS = 20
_JSON = "application/json"
_MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Sent:
    """A body: its JSON, and the files by the number in `files[n]`."""

    data: JsonObject
    files: dict[int, Upload]

    def uploads(self) -> tuple[Upload, ...]:
        """Tell the files in their order, with the names and descriptions that `attachments` gives them."""
        return as_listed(self.files, self.data.get("attachments"))


async def read_json(request: Request) -> object:
    """Read a body that must be JSON. Raises `DiscordError` (40005, 50035 for another type, 50109)."""
    _require_type(request, (_JSON,))
    return _decoded(await _limited(request))


async def read_form(request: Request, fields: Fields) -> JsonObject:
    """Read an object and check its fields; a request without any body is an empty one.

    Raises:
        DiscordError: 40005, 50109, and 50035 with the tree of what is wrong.
    """
    if not _has_body(request):
        data: object = {}
    else:
        data = await read_json(request)
    return checked(data, lambda form: errors_of(form, fields))


async def read_message(request: Request) -> Sent:
    """Read a body that may come with files: JSON alone, or multipart with `payload_json` and `files[n]`."""
    if _require_type(request, (_JSON, _MULTIPART)) == _JSON:
        return Sent(_object(_decoded(await _limited(request))), {})
    if _length(request) > FILES_BYTES:
        raise DiscordError(ErrorKind.TOO_LARGE)
    try:
        parts = await request.form(max_files=_MOST_FILES, max_fields=64, max_part_size=JSON_BYTES)
    except HTTPException as error:
        if error.status_code == ErrorKind.TOO_LARGE.value.status:
            raise
        raise DiscordError(ErrorKind.INVALID_FORM, tree.leaf("MULTIPART_INVALID", error.detail)) from error
    try:
        return Sent(_payload(parts), await files_in(parts))
    finally:
        await parts.close()


def checked(data: object, errors_in: Callable[[JsonObject], JsonObject]) -> JsonObject:
    """Give the form if nothing is wrong with it. Raises `DiscordError` (50035)."""
    form = _object(data)
    refuse(errors_in(form))
    return form


def refuse(errors: JsonObject) -> None:
    """Raise `DiscordError` (50035) with these errors, if there are any."""
    if errors:
        raise DiscordError(ErrorKind.INVALID_FORM, errors)


def query(request: Request, fields: Fields) -> Mapping[str, str]:
    """Give the query string once its fields are checked. Raises `DiscordError` (50035)."""
    asked = request.query_params
    refuse(errors_of(asked, fields))
    return asked


def number(asked: Mapping[str, str], name: str, otherwise: int) -> int:
    """Read a checked number of the query string."""
    return int(asked.get(name, otherwise))


def flag(asked: Mapping[str, str], name: str) -> bool:
    """Read a switch of the query string, as Discord does: true or 1."""
    return asked.get(name, "").lower() in {"true", "1"}


# --- JSON ------------------------------------------------------------------------------------------


def _object(data: object) -> JsonObject:
    if isinstance(data, dict):
        return data
    raise DiscordError(ErrorKind.INVALID_FORM, tree.not_a_dictionary())


def _decoded(raw: bytes) -> object:
    try:
        return decode(raw)
    except NotJsonError as error:
        raise DiscordError(ErrorKind.NOT_JSON) from error


async def _limited(request: Request) -> bytes:
    if _length(request) > JSON_BYTES:
        raise DiscordError(ErrorKind.TOO_LARGE)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > JSON_BYTES:
            raise DiscordError(ErrorKind.TOO_LARGE)
    return bytes(raw)


def _require_type(request: Request, allowed: tuple[str, ...]) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given in allowed:
        return given
    listed = ", ".join(repr(each) for each in allowed)
    message = f'Expected "Content-Type" header to be one of {{{listed}}}.'
    raise DiscordError(ErrorKind.INVALID_FORM, tree.leaf("CONTENT_TYPE_INVALID", message))


def _length(request: Request) -> int:
    given = request.headers.get("content-length", "0")
    return int(given) if given.isdecimal() and len(given) < _DIGITS else 0


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or _length(request) > 0


# --- files -----------------------------------------------------------------------------------------


def _payload(parts: FormData) -> JsonObject:
    payload = parts.get("payload_json")
    if isinstance(payload, str):
        return _object(_decoded(payload.encode()))
    if payload is not None:
        raise DiscordError(ErrorKind.NOT_JSON)
    return {name: value for name, value in parts.items() if isinstance(value, str)}
