"""The line to the bot: one signed request out, one answer back, never an exception."""

import asyncio
from dataclasses import dataclass

import httpx2

from simulator.clock import Clock
from simulator.endpoint.signing import SignedRequest
from simulator.sizes import FILES_BYTES, JSON_BYTES, MIB
from simulator.wire import NotJsonError, decode

_MOST_BYTES = FILES_BYTES + JSON_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is 0 when nothing did; `silence` then says why."""

    status: int
    elapsed_ms: float
    body: bytes = b""
    silence: str | None = None
    content_type: str = ""

    @property
    def response(self) -> object:
        """The body as JSON, else as text; None if there is none."""
        if not self.body:
            return None
        try:
            return decode(self.body)
        except NotJsonError:
            return self.body.decode(errors="replace")


class _TooLargeError(Exception):
    """More came than a message with all its files can have."""


class Sender:
    """Posts signed requests and waits as long as Discord would.

    `transport` is the network, or what stands in its place. It should keep no connections: a bot may be
    restarted at any moment, and a stale connection would look like its failure.
    """

    def __init__(self, clock: Clock, limit: float, transport: httpx2.AsyncBaseTransport) -> None:
        self._clock = clock
        self._limit = limit
        self._client = httpx2.AsyncClient(
            transport=transport,
            timeout=None,
            follow_redirects=False,
            trust_env=False,
        )

    async def post(self, url: str | None, request: SignedRequest) -> Answer:
        """Send a request and tell what came of it within the limit."""
        if url is None:
            return Answer(0, 0.0, silence="no endpoint is configured")
        started = self._clock.monotonic()
        status, body, silence, content_type = 0, b"", None, ""
        try:
            async with (
                asyncio.timeout(self._limit),
                self._client.stream("POST", url, content=request.body, headers=request.headers) as response,
            ):
                body = await _whole(response)
                status, content_type = response.status_code, response.headers.get("content-type", "")
        except _TooLargeError:
            silence = f"an answer of more than {_MOST_BYTES // MIB} MiB"
        except TimeoutError:
            silence = f"no answer within {self._limit:g} s"
        except httpx2.ConnectError:
            silence = f"nobody listens at {url}"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            silence = f"the connection failed ({type(error).__name__})"
        elapsed = (self._clock.monotonic() - started) * 1000
        return Answer(status, round(elapsed, 1), body, silence, content_type)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


async def _whole(response: httpx2.Response) -> bytes:
    """Read an answer to its end, piece by piece, so that neither time nor memory runs away with it."""
    pieces = []
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > _MOST_BYTES:
            raise _TooLargeError
        pieces.append(piece)
    return b"".join(pieces)
