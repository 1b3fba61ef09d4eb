"""Files as bots send them: parts of a form called `files[n]`, and what `attachments` says about each."""

import mimetypes
import re
from collections.abc import Mapping

from starlette.datastructures import FormData, UploadFile

from simulator.deeds.messages import Upload
from simulator.errors import DiscordError, ErrorKind
from simulator.forms.tree import as_integer
from simulator.sizes import FILE_BYTES
from simulator.wire import JsonObject

_INDEXED = re.compile(r"files\[(\d{1,3})\]")  # noqa: TID251 - ours, not a user's
_ANY_FILE = "application/octet-stream"


async def files_in(parts: FormData) -> dict[int, Upload]:
    """Read a form's files by the number in `files[n]`. Raises `DiscordError` (40005) for one too large."""
    files: dict[int, Upload] = {}
    for place, (name, part) in enumerate(parts.multi_items()):
        if not isinstance(part, UploadFile) or name == "payload_json":
            continue
        if (part.size or 0) > FILE_BYTES:
            raise DiscordError(ErrorKind.TOO_LARGE)
        indexed = _INDEXED.fullmatch(name)
        filename = part.filename or "unknown"
        kind = part.content_type or mimetypes.guess_type(filename)[0] or _ANY_FILE
        files[int(indexed[1]) if indexed else place] = Upload(filename, await part.read(), kind)
    return files


def as_listed(files: Mapping[int, Upload], attachments: object) -> tuple[Upload, ...]:
    """Tell the files in their order, with the names and descriptions that `attachments` gives them."""
    described = {
        as_integer(each.get("id")): each
        for each in (attachments if isinstance(attachments, list) else ())
        if isinstance(each, dict)
    }
    return tuple(_described(each, described.get(number, {})) for number, each in files.items())


def _described(upload: Upload, listed: JsonObject) -> Upload:
    filename, description = listed.get("filename"), listed.get("description")
    return Upload(
        filename=filename if isinstance(filename, str) and filename else upload.filename,
        content=upload.content,
        content_type=upload.content_type,
        description=description if isinstance(description, str) else None,
    )
