"""What the gate itself answers, and the headers it adds: as Discord writes them, or Cloudflare before it."""

import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

import msgspec

from simulator.faults.buckets import BucketState, RateScope

Headers: TypeAlias = list[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_HTML = (b"content-type", b"text/html")
_TEXT = (b"content-type", b"text/plain; charset=UTF-8")
_SHORTEST = 2
_HALF_A_MILLISECOND = 0.0005
"""Makes rounding a rounding up: nobody is sent for too early."""
_SENTENCES = {
    RateScope.USER: "You are being rate limited.",
    RateScope.GLOBAL: "You are being rate limited.",
    RateScope.SHARED: "The resource is being rate limited.",
}
_BY_DISCORD = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; of a 429, also whose limit it names."""

    status: int
    headers: Headers
    body: bytes
    scope: RateScope | None = None


def bucket_headers(bucket: str, standing: BucketState, now: float) -> Headers:
    """Tell where a bucket stands. `now` is the machine's time: clients compare the reset with their own."""
    return [
        (b"x-ratelimit-limit", b"%d" % standing.limit),
        (b"x-ratelimit-remaining", b"%d" % standing.remaining),
        (b"x-ratelimit-reset", b"%.3f" % (now + standing.reset_after + _HALF_A_MILLISECOND)),
        (b"x-ratelimit-reset-after", b"%.3f" % standing.reset_after),
        (b"x-ratelimit-bucket", bucket.encode()),
    ]


def rate_limited(scope: RateScope, retry_after: float) -> Answer:
    """Refuse with 429; the bucket's own headers come on top where there is one."""
    everywhere = scope is RateScope.GLOBAL
    headers = [
        _JSON,
        (b"retry-after", b"%d" % math.ceil(retry_after)),
        (b"x-ratelimit-scope", scope.encode()),
    ]
    if everywhere:
        headers.append((b"x-ratelimit-global", b"true"))
    body = {"message": _SENTENCES[scope], "retry_after": retry_after, "global": everywhere}
    return _answer(HTTPStatus.TOO_MANY_REQUESTS, headers, msgspec.json.encode(body), scope)


def cloudflare_ban(retry_after: float) -> Answer:
    """Refuse as Cloudflare does when an address sent too many invalid requests: 429, and no JSON."""
    headers = [_TEXT, (b"retry-after", b"%d" % math.ceil(retry_after))]
    return _answer(HTTPStatus.TOO_MANY_REQUESTS, headers, b"error code: 1015")


def server_error(status: int) -> Answer:
    """Fail: 500 and 503 in Discord's JSON; 502 and 504 are a page of whoever stands before it."""
    phrase = HTTPStatus(status).phrase
    if status in _BY_DISCORD:
        body = {"message": f"{status}: {phrase}", "code": 0}
        return _answer(status, [_JSON], msgspec.json.encode(body))
    page = f"<html><head><title>{status} {phrase}</title></head><body>{status} {phrase}</body></html>"
    return _answer(status, [_HTML], page.encode())


def unauthorized() -> Answer:
    """Refuse the token, whatever it is."""
    body = {"message": "401: Unauthorized", "code": 0}
    return _answer(HTTPStatus.UNAUTHORIZED, [_JSON], msgspec.json.encode(body))


def broken(body: bytes) -> Answer:
    """Answer 200 with JSON that breaks off in the middle of what should have been said."""
    half = body[: len(body) // 2] if len(body) > _SHORTEST else b'{"id": "'
    return _answer(HTTPStatus.OK, [_JSON], half)


def _answer(status: int, headers: Headers, body: bytes, scope: RateScope | None = None) -> Answer:
    return Answer(status, [*headers, (b"content-length", b"%d" % len(body))], body, scope)
