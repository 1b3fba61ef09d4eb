"""hikari's REST client, made to never ask what the guard forbids and to leave every repeat to us.

By itself hikari asks again after a 429: at once, without waiting, when the limit is global and it does not
know the bucket yet, or when its own bucket has room. Whoever calls it could neither do something else
meanwhile nor keep what Discord demands. `max_retries=0` does not reach that loop; the two methods below do.
How many requests Discord still takes is counted by ours, too (`buckets.py`, decision 0014).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from contextvars import ContextVar
from typing import Any, Final, cast

import aiohttp
import hikari
from hikari import traits
from hikari.files import AsyncReader, Resource
from hikari.impl import (
    EntityFactoryImpl,
    HTTPSettings,
    ProxySettings,
    RESTBucketManager,
    RESTClientImpl,
)
from hikari.internal import routes
from hikari.internal.data_binding import StringMapBuilder, URLEncodedFormBuilder

from app import clock
from app.discord.buckets import Bucket, Sending, Standing
from app.discord.failures import stops_everything
from app.discord.guard import Guard
from app.discord.port import DiscordRateLimitedError, OutgoingFile
from app.wording import message

LONGEST_WAIT: Final = 1.0
"""Seconds a request may wait for room in its bucket before it is refused instead."""

_SOON: Final = 0.5
"""Seconds after which to come back where only the answers to others can tell when there is room."""

_MANY: Final = 1_000
"""Buckets known before those are looked through that may be forgotten."""

_TIMEOUT: Final = aiohttp.ClientTimeout(sock_connect=2.0, total=5.0)

_SCOPE: Final = "X-RateLimit-Scope"
_LIMIT: Final = "X-RateLimit-Limit"
_REMAINING: Final = "X-RateLimit-Remaining"
_RESET: Final = "X-RateLimit-Reset"
_RESET_AFTER: Final = "X-RateLimit-Reset-After"
_BUCKET: Final = "X-RateLimit-Bucket"
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_SHARED: Final = "shared"

_WAIT: Final = message("Discord wants fewer requests. Nothing was done; it is tried again in a moment.")

_COUNTED: ContextVar[tuple[Bucket, Sending]] = ContextVar("counted")
"""Where the request is counted whose answer is being read, and as what."""


class _NoBuckets(RESTBucketManager):
    """Lets everything through: it was counted before hikari came to ask."""

    def acquire_bucket(
        self,
        compiled_route: routes.CompiledRoute,  # noqa: ARG002 - as hikari calls it
        authentication: str | None,  # noqa: ARG002 - the same
    ) -> AbstractAsyncContextManager[None]:
        """Wait for nothing."""
        return nullcontext()


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Send a request; not a second time.

    aiohttp does so by itself with what may be repeated (PUT, DELETE, GET) when a connection that was kept
    breaks: Discord would count two where we count one, and has perhaps done it.
    """
    bucket, sending = _COUNTED.get()
    if sending.is_sent and request.method != "GET":
        raise aiohttp.ServerDisconnectedError
    if sending.is_sent:
        now = clock.monotonic()
        bucket.lose(bucket.send(now), now)
    sending.is_sent = True
    return await send(request)


class GuardedClient(RESTClientImpl):
    """A client that asks each thing once.

    Args:
        token: The bot's.
        url: Where Discord's API is.
        session: Its connections, which send each request once.

    Attributes:
        guard: What it must not ask now.
    """

    __slots__ = ("_answered", "_buckets", "_names", "guard")

    def __init__(self, *, token: str, url: str, session: aiohttp.ClientSession) -> None:
        self.guard = Guard()
        self._names: dict[routes.Route, str] = {}
        self._buckets: dict[str, Bucket] = {}
        self._answered = asyncio.Event()
        super().__init__(
            cache=None,
            # Its models could call Discord by themselves; nothing here lets them.
            entity_factory=EntityFactoryImpl(cast("traits.RESTAware", None)),
            executor=None,
            http_settings=HTTPSettings(),  # which are the session's to keep
            client_session=session,
            client_session_owner=False,
            max_retries=0,
            proxy_settings=ProxySettings(),
            token=token,
            token_type=hikari.TokenType.BOT,
            rest_url=url,
            bucket_manager=_NoBuckets(LONGEST_WAIT),
            bucket_manager_owner=True,
        )

    async def ask(
        self,
        route: routes.CompiledRoute,
        body: Mapping[str, Any],
        *,
        reason: str = "",
        as_bot: bool = True,
        file: OutgoingFile | None = None,
    ) -> Any:  # noqa: ANN401 - what JSON is
        """Send JSON as it is, for what hikari would build otherwise than we say it.

        Args:
            route: Where to.
            body: What.
            reason: For the audit log.
            as_bot: False for what a token in the route allows by itself.
            file: Goes along, as the only one; the JSON is then one part of a form, and the file another.
        """
        return await self._request(
            route,
            **({"json": body} if file is None else {"form_builder": self._form(body, file)}),
            reason=reason or hikari.UNDEFINED,
            auth=hikari.UNDEFINED if as_bot else None,
        )

    async def read(
        self,
        route: routes.CompiledRoute,
        query: Mapping[str, str],
    ) -> Any:  # noqa: ANN401 - what JSON is
        """Load JSON as it is, for what hikari would make objects of."""
        asked = StringMapBuilder()
        for name, value in query.items():
            asked.put(name, value)
        return await self._request(route, query=asked)

    def _form(self, body: Mapping[str, Any], file: OutgoingFile) -> URLEncodedFormBuilder:
        form = URLEncodedFormBuilder()
        form.add_field("payload_json", self._dumps(body), content_type="application/json")
        kind = file.content_type or "application/octet-stream"
        content = hikari.Bytes(file.content, file.name, mimetype=kind)
        form.add_resource("files[0]", cast("Resource[AsyncReader]", content))  # invariant, though only read
        return form

    async def _request(  # type: ignore[misc] # hikari says final; there is no other way in
        self,
        compiled_route: routes.CompiledRoute,
        **arguments: Any,  # noqa: ANN401 - as hikari has it
    ) -> Any:  # noqa: ANN401 - the same
        bucket = await self._room(compiled_route)
        with self._counted(bucket):
            pause = self.guard.pause()
            if pause > 0:
                await asyncio.sleep(pause)
                self.guard.check(self._key(compiled_route))  # meanwhile it may have been told not to
            try:
                return await super()._request(compiled_route, **arguments)
            except hikari.ClientHTTPResponseError as error:
                if stops_everything(error):
                    self.guard.refuse_token()
                raise

    async def _room(self, route: routes.CompiledRoute) -> Bucket:
        """Wait until Discord takes one more of these.

        Raises:
            DiscordRateLimitedError: that takes longer than `LONGEST_WAIT`.
        """
        give_up_at = clock.monotonic() + LONGEST_WAIT
        while True:
            key = self._key(route)
            self.guard.check(key)
            bucket, now = self._buckets.setdefault(key, Bucket()), clock.monotonic()
            wait, patience = bucket.wait(now), give_up_at - now
            if wait <= 0:
                return bucket
            if bucket.awaits_answers():
                wait = min(wait, patience)
            if patience <= 0 or wait > patience:
                raise DiscordRateLimitedError(_WAIT, retry_after=max(wait, _SOON))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._answered.wait(), wait)

    @contextmanager
    def _counted(self, bucket: Bucket) -> Iterator[None]:
        """Have a request counted until its answer tells more, or for good if none does."""
        sending = bucket.send(clock.monotonic())
        before = _COUNTED.set((bucket, sending))
        try:
            yield
        finally:
            _COUNTED.reset(before)
            bucket.lose(sending, clock.monotonic())
            self._wake()

    async def _parse_ratelimits(  # type: ignore[misc] # the same
        self,
        compiled_route: routes.CompiledRoute,
        authentication: str | None,  # noqa: ARG002 - as hikari calls it
        response: aiohttp.ClientResponse,
    ) -> float | None:
        """Take note of what Discord says about limits; never say that the same is to be asked again."""
        self._hear(compiled_route, response.headers)
        if response.status == _TOO_MANY:
            seconds, everywhere = await _retry_after(response)
            self.guard.wait(self._key(compiled_route), seconds, everywhere=everywhere)
            if response.headers.get(_SCOPE) != _SHARED:
                self.guard.count_invalid()
            raise DiscordRateLimitedError(_WAIT, status=_TOO_MANY, retry_after=seconds)
        if response.status in (_UNAUTHORIZED, _FORBIDDEN):
            self.guard.count_invalid()
        return None

    def _hear(self, route: routes.CompiledRoute, headers: Mapping[str, str]) -> None:
        """Take over what an answer says of its bucket; without that the request counts as lost."""
        standing = _standing(headers)
        if standing is None or _BUCKET not in headers:
            return
        self._names[route.route] = headers[_BUCKET]
        bucket, sending = _COUNTED.get()
        now = clock.monotonic()
        if len(self._buckets) >= _MANY:
            self._buckets = {key: kept for key, kept in self._buckets.items() if not kept.is_idle(now)}
        self._buckets.setdefault(self._key(route), bucket).hear(sending, standing, now)
        self._wake()

    def _wake(self) -> None:
        """Have whoever waits for room look again."""
        self._answered.set()
        self._answered = asyncio.Event()

    def _key(self, route: routes.CompiledRoute) -> str:
        """Name what is limited together: a bucket, once Discord told it, with its guild, channel or token."""
        bucket = self._names.get(route.route, f"{route.method} {route.route.path_template}")
        return f"{bucket} {route.major_param_hash}"


@asynccontextmanager
async def guarded_client(*, token: str, url: str) -> AsyncIterator[GuardedClient]:
    """Have a client and its connections for as long as the block runs."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT, middlewares=(_once,)) as session:
        client = GuardedClient(token=token, url=url.rstrip("/"), session=session)
        client.start()
        try:
            yield client
        finally:
            await client.close()


def _standing(headers: Mapping[str, str]) -> Standing | None:
    """Read where a bucket stands; None where an answer does not say it: only Discord itself does."""
    try:
        return Standing(
            int(headers[_LIMIT]),
            int(headers[_REMAINING]),
            float(headers[_RESET]),
            float(headers[_RESET_AFTER]),
        )
    except (KeyError, ValueError):
        return None


async def _retry_after(response: aiohttp.ClientResponse) -> tuple[float, bool]:
    """Read for how long to wait, and whether with everything. Cloudflare has the header only."""
    seconds = response.headers.get("Retry-After", "1")
    try:
        body = await response.json(content_type=None)
        return float(body["retry_after"]), bool(body.get("global", False))
    except (ValueError, KeyError, TypeError):
        return (float(seconds) if seconds.replace(".", "", 1).isdigit() else 1.0), True
