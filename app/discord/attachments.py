"""Files that people sent, fetched from where Discord keeps them and from nowhere else.

An address comes with an interaction, so Discord has signed it; still nothing here goes where it should not:
what is checked is the very object that is then asked for, and whoever answers can send us nowhere else.
"""

from typing import Final

import aiohttp
from yarl import URL

from app.discord.port import DiscordUnavailableError, Unfetched
from app.wording import message

HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps files (docs: reference, "Signed Attachment CDN URLs")."""

_SECONDS: Final = 5.0
_CHUNK: Final = 65536
_LONGEST_NAME: Final = 100
_LONGEST_ENDING: Final = 16
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_PLAIN_KIND: Final = _PLAIN | frozenset("+/")

_OK: Final = 200
_LATER: Final = frozenset({408, 425, 429})
_BROKEN: Final = 500

_UNREACHABLE: Final = message("Discord's file server does not answer. Nothing was fetched; try again later.")


async def fetch(
    url: str, *, at_most: int, also: str | None = None, seconds: float = _SECONDS
) -> bytes | Unfetched:
    """Load a file.

    Args:
        url: Its address, as Discord told it.
        at_most: Bytes it may have.
        also: What addresses may begin with besides Discord's own, None for nothing else.
        seconds: All the time it may take.

    Raises:
        DiscordUnavailableError: not now.
    """
    address = allowed(url, also)
    if address is None:
        return Unfetched.FOREIGN
    try:
        # A session of its own: Discord's token and whatever a cookie or a proxy could add stay out of it.
        async with (
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as session,
            session.get(address, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as response,
        ):
            return await _read(response, at_most)
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise DiscordUnavailableError(_UNREACHABLE) from None  # what it was names the address, with its key


async def _read(response: aiohttp.ClientResponse, at_most: int) -> bytes | Unfetched:
    if response.status in _LATER or response.status >= _BROKEN:
        raise DiscordUnavailableError(_UNREACHABLE, status=response.status)
    if response.status != _OK:
        return Unfetched.GONE
    if (response.content_length or 0) > at_most:
        return Unfetched.TOO_LARGE
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > at_most:
            return Unfetched.TOO_LARGE
    return bytes(content)


def allowed(url: str, also: str | None = None) -> URL | None:
    """Read an address that may be asked, None if it is any other. See `fetch`."""
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        return None
    try:
        address = URL(url)
        if address.user is not None or address.password is not None:
            return None
        if address.scheme == "https" and address.host in HOSTS and address.explicit_port is None:
            return address
        return address if also is not None and _begins_with(address, URL(also)) else None
    except ValueError:
        return None


def _begins_with(address: URL, start: URL) -> bool:
    folder = start.path.rstrip("/") + "/"
    inside = address.path.startswith(folder) and ".." not in address.path
    same = (address.scheme, address.host, address.explicit_port) == (
        start.scheme,
        start.host,
        start.explicit_port,
    )
    return inside and same


def safe_name(name: str) -> str:
    """Write a file's name with nothing that a form, a file system or a browser could take for more."""
    plain = "".join(each if each in _PLAIN else "_" for each in name).lstrip(".")
    if len(plain) > _LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        tail = dot + ending[:_LONGEST_ENDING] if dot else ""
        plain = (stem or ending)[: _LONGEST_NAME - len(tail)] + tail
    return (plain.strip("_.") and plain) or "file"


def safe_kind(content_type: str | None) -> str | None:
    """Give a kind of file that can stand in a header, None for anything else."""
    kind = (content_type or "").partition(";")[0].strip()
    is_kind = kind.count("/") == 1 and all(each in _PLAIN_KIND for each in kind)
    return kind if is_kind and all(kind.split("/")) else None
