"""Where people may be sent back to, and the address they are sent to. Pure.

A browser and this program must read an address alike, so that only plain ones are trusted.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, urlencode, urlsplit

_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+\Z")  # noqa: TID251 - our own constant: ASCII that needs no quoting, no backslash
_HOST = re.compile(r"[a-z0-9.-]+\Z")  # noqa: TID251 - our own constant: what can stand in a policy

_THIS_MACHINE = tuple(
    f"{scheme}://{host}:*" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1")
)


def may_return_to(address: str, registered: Sequence[str]) -> bool:
    """Tell whether an address can be trusted: a registered one to the letter, or, with none, this machine."""
    parts = _split(address)
    if parts is None:
        return False
    return address in registered if registered else _is_this_machine(parts.hostname or "")


def with_parameters(address: str, parameters: dict[str, str]) -> str:
    """Write the answer into a trusted address, beside what its query already says."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return parts._replace(query=query).geturl()


def origin_of(address: str) -> str:
    """Tell the origin of a trusted address, as a content security policy writes it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def targets_of(address: str) -> tuple[str, ...]:
    """Tell where a form may lead that ends in a trusted address: there, and where that sends people on to.

    Chromium holds form-action against every redirect after a form. A web application in development
    often goes on from its server's port to its front end's, so this machine is allowed as a whole.
    """
    here = _is_this_machine(urlsplit(address).hostname or "")
    return (origin_of(address), *(_THIS_MACHINE if here else ()))


def _split(address: str) -> SplitResult | None:
    """Take an address apart. None unless it is plain http(s) without a fragment or a name before the host."""
    if not _PLAIN.match(address) or "#" in address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    plain = f"[{host}]" if ":" in host else host
    if parts.scheme not in {"http", "https"} or not (_HOST.match(host) or _is_this_machine(host)):
        return None
    return parts if parts.netloc.lower() in {plain, f"{plain}:{port}"} else None


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
