"""Which faults there are, where each strikes, and what may be said about it."""

from enum import Enum
from typing import NamedTuple


class Where(Enum):
    """What a fault strikes."""

    REST = "rest"
    GATEWAY = "gateway"
    ENDPOINT = "endpoint"


_REQUEST = frozenset({"method", "route", "path"})
_SESSION = frozenset({"shard", "event"})


class _Kind(NamedTuple):
    where: Where
    own: frozenset[str]
    meaning: str


def _rest(meaning: str, *own: str) -> _Kind:
    return _Kind(Where.REST, _REQUEST | set(own), meaning)


def _gateway(meaning: str, *own: str) -> _Kind:
    return _Kind(Where.GATEWAY, _SESSION | set(own), meaning)


def _endpoint(meaning: str, *own: str) -> _Kind:
    return _Kind(Where.ENDPOINT, frozenset(own), meaning)


class FaultKind(Enum):
    """The faults, by the name that `POST /_sim/faults` takes. Each says which fields are its own."""

    rate_limit_user = _rest("429 of the bucket, scope user; nothing done.", "retry_after")
    rate_limit_shared = _rest("429 of the resource, scope shared; nothing done.", "retry_after")
    rate_limit_global = _rest("429 of everything, scope global; nothing done.", "retry_after")
    cloudflare_ban = _rest("429 without JSON, as after 10,000 invalid requests; nothing done.", "retry_after")
    unauthorized = _rest("401, as if the token had been reset; nothing done.")
    server_error = _rest("500, 502, 503 or 504; nothing done.", "status")
    delay = _rest("Waits so many seconds, before or after the effect.", "seconds", "when")
    reset = _rest("The connection is aborted before any effect.")
    lost_answer = _rest("The effect is done, then the connection is aborted.")
    malformed = _rest("The effect is done, then the answer is 200 with JSON that breaks off.")

    drop = _gateway("The connection is gone without a close; the session can be resumed.")
    zombie = _gateway("Nothing is sent any more, and no heartbeat is acknowledged.")
    reconnect = _gateway("Op 7: reconnect and resume.")
    invalid_session = _gateway("Op 9, resumable or not.", "resumable")
    close = _gateway("Closed with a code.", "code")
    gateway_delay = _gateway("Events come so many seconds later, in their order.", "seconds")

    endpoint_delay = _endpoint("What is sent to the bot arrives so many seconds later.", "seconds")
    endpoint_drop = _endpoint("The connection to the bot breaks, before it read or after it did.", "when")

    @property
    def where(self) -> Where:
        """What it strikes."""
        return self.value.where

    @property
    def own(self) -> frozenset[str]:
        """The fields that mean something to it, besides those that all faults have."""
        return self.value.own

    @property
    def meaning(self) -> str:
        """What happens, in a sentence."""
        return self.value.meaning
