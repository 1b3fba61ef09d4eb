"""An endpoint's reply that comes with files: a form of several parts, as Discord reads it."""

from collections.abc import AsyncGenerator
from dataclasses import replace

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from simulator.deeds.messages import Upload
from simulator.endpoint.sender import Answer
from simulator.errors import DiscordError
from simulator.sizes import JSON_BYTES
from simulator.uploads import files_in

_MULTIPART = "multipart/form-data"
_MOST_FILES, _MOST_FIELDS = 10, 64


async def opened(answer: Answer) -> tuple[Answer, dict[int, Upload]]:
    """Give a reply with its JSON as the body, and the files that came with it.

    A reply that is no form comes back as it is; so does a form that cannot be read, which is no JSON.
    """
    if not answer.content_type.lower().startswith(_MULTIPART):
        return answer, {}
    headers = Headers({"content-type": answer.content_type})
    parser = MultiPartParser(
        headers,
        _whole(answer.body),
        max_files=_MOST_FILES,
        max_fields=_MOST_FIELDS,
        max_part_size=JSON_BYTES,
    )
    try:
        parts = await parser.parse()
        payload, files = parts.get("payload_json"), await files_in(parts)
    except (MultiPartException, KeyError, DiscordError):  # nonsense, no boundary, a file too large
        return answer, {}
    await parts.close()
    body = payload.encode() if isinstance(payload, str) else b""
    return replace(answer, body=body), files


async def _whole(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""
