"""The files of messages, as Discord's CDN would serve them: to whoever knows the address, inert."""

import mimetypes
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Attachment

_PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"))
"""What a browser may show. Anything else, SVG among it, could carry a script: it is only downloaded."""
_ANY_FILE = "application/octet-stream"
_GONE = "This content is no longer available."
_NOT_FOUND = 404


async def show_attachment(request: Request) -> Response:
    """GET /attachments/{channel.id}/{attachment.id}/{filename}."""
    world = local_discord(request).world
    channel_id = parse_snowflake(request.path_params["channel_id"])
    attachment_id = parse_snowflake(request.path_params["attachment_id"])
    filename = request.path_params["filename"]
    content = None if attachment_id is None else world.files.find(attachment_id)
    if content is None or attachment_id is None or channel_id is None:
        return PlainTextResponse(_GONE, _NOT_FOUND)
    known = _attachment(request, channel_id, attachment_id)
    if known is not None and known.filename != filename:
        return PlainTextResponse(_GONE, _NOT_FOUND)
    kind = known.content_type if known is not None else mimetypes.guess_type(filename)[0] or _ANY_FILE
    return Response(content, headers=_headers(kind, filename))


def _attachment(request: Request, channel_id: int, attachment_id: int) -> Attachment | None:
    """Find a file among a channel's messages. None for one that came with a command."""
    for message in local_discord(request).world.newest_first(channel_id):
        for each in message.attachments:
            if each.id == attachment_id:
                return each
    return None


def _headers(kind: str, filename: str) -> dict[str, str]:
    shown = kind.partition(";")[0].strip().lower() in _PICTURES
    disposition = "inline" if shown else "attachment"
    return {
        "Content-Type": kind if kind.isascii() and kind.isprintable() else _ANY_FILE,
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(filename, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
