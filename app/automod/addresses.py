"""Addresses as browsers read them: which host a link leads to."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from app.automod.patterns import compile_own

_UNSEEN: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # noqa: TID251 - ours, not a user's
"""What a browser drops from a host."""

_LINK: Final = r"(?i)(h(?:tt|xx)ps?):[/\\]{1,4}([^\s<>\"]+)"
_BARE: Final = r"(?i)(?:^|[^\pL\pN\pM_@./\\:-])((?:[\pL\pN\pM_-]+\.)+[\pL]{2,24})(?:[/\\]|:\d)"
_WWW: Final = r"(?i)(?:^|[^\pL\pN\pM_@./\\:-])(www\.(?:[\pL\pN\pM_-]+\.)*[\pL]{2,24})"
_MASKED: Final = r"(?i)\[([^\]\n]{1,300})\]\(\s*<?https?:[/\\]{1,4}([^\s<>\"]+)"
_NAMED: Final = (
    r"(?i)(?:https?:[/\\]+|(?:^|[^\pL\pN\pM_@./\\:-])(?:www\.)?)"
    r"((?:[\pL\pN\pM_-]+\.)+(?:com|net|org|gg|io|gov|edu|app|dev|co|me|tv|ru|de|uk"
    r"|gift|gifts|new|media|info|shop|store|site|online|xyz|eu|fr|nl|pl|jp))(?:[^\pL\pN_-]|$)"
)
"""A site that the text of a masked link names. Not every ending: README.md and main.rs are files."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text.

    Attributes:
        what: As it was written.
        host: Where it leads, in lower-case ASCII (punycode).
        claims: Another host that it looks as if it led to, None if it does not.
    """

    what: str
    host: str
    claims: str | None = None


def links_in(text: str) -> Iterator[Link]:
    """List the links of a text: with a scheme, or without one if they have a path or begin with "www."."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).replace("。", ".")
    for found in compile_own(_MASKED).finditer(text):
        host, _ = host_of(found[2])
        named = compile_own(_NAMED).search(found[1])
        claims = ascii_host(named[1]) if named else host
        if not (is_within(host, claims) or is_within(claims, host)):
            yield Link(found[0], host, claims)
    for found in compile_own(_LINK).finditer(text):
        host, user = host_of(found[2])
        if host:
            yield Link(found[0], host, ascii_host(user) if "." in user else None)
    for pattern in (_BARE, _WWW):
        for found in compile_own(pattern).finditer(text):
            yield Link(found[1], ascii_host(found[1]))


def host_of(rest: str) -> tuple[str, str]:
    """Read what stands after the scheme: the host, and the user that stands before an "@"."""
    authority = rest
    for end in "/\\?#":
        authority = authority.partition(end)[0]
    user, at, host = authority.rpartition("@")
    host = unquote(host)
    if host.startswith("["):
        return host.partition("]")[0] + "]", user
    kept = []
    for sign in host:
        if not (sign.isalnum() or sign in "-._。" or unicodedata.category(sign)[0] == "M"):
            break
        kept.append(sign)
    return ascii_host("".join(kept)), unquote(user.partition(":")[0]) if at else ""


def ascii_host(host: str) -> str:
    """Write a host in lower-case ASCII, without the dot of the root."""
    host = unicodedata.normalize("NFKC", host).replace("。", ".").strip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def unicode_host(host: str) -> str:
    """Write a host as people read it."""
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def is_within(host: str, domain: str) -> bool:
    """Tell whether a host is a domain, or in it."""
    return host == domain or host.endswith(f".{domain}")


def is_within_one(host: str, domains: frozenset[str]) -> bool:
    """Tell whether a host is one of many domains, or in one: as quickly however many there are."""
    while host not in domains:
        _, dot, host = host.partition(".")
        if not dot:
            return False
    return True
