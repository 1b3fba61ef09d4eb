"""hikari's REST client, made to never ask what the guard forbids and to leave every repeat to us.

By itself hikari asks again after a 429: at once, without waiting, when the limit is global and it does not
know the bucket yet, or when its own bucket has room. Whoever calls it could neither do something else
meanwhile nor keep what Discord demands. `max_retries=0` does not reach that loop; the two methods below do.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

import aiohttp
import hikari
from hikari import traits
from hikari.files import AsyncReader, Resource
from hikari.impl import (
    EntityFactoryImpl,
    HTTPSettings,
    HTTPTimeoutSettings,
    ProxySettings,
    RESTBucketManager,
    RESTClientImpl,
)
from hikari.internal import routes
from hikari.internal.data_binding import StringMapBuilder, URLEncodedFormBuilder

from app.discord.failures import stops_everything
from app.discord.guard import Guard
from app.discord.port import DiscordRateLimitedError, OutgoingFile
from app.wording import message

LONGEST_WAIT: Final = 1.0
"""Seconds hikari may wait for room in a bucket it knows before it raises instead."""

_TIMEOUT: Final = HTTPTimeoutSettings(request_socket_connect=2.0, total=5.0)

_SCOPE: Final = "X-RateLimit-Scope"
_BUCKET: Final = "X-RateLimit-Bucket"
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_SHARED: Final = "shared"

_WAIT: Final = message("Discord wants fewer requests. Nothing was done; it is tried again in a moment.")


class GuardedClient(RESTClientImpl):
    """A client that asks each thing once.

    Attributes:
        guard: What it must not ask now.
    """

    __slots__ = ("_buckets", "guard")

    def __init__(self, *, token: str, url: str) -> None:
        self.guard = Guard()
        self._buckets: dict[routes.Route, str] = {}
        super().__init__(
            cache=None,
            # Its models could call Discord by themselves; nothing here lets them.
            entity_factory=EntityFactoryImpl(cast("traits.RESTAware", None)),
            executor=None,
            http_settings=HTTPSettings(timeouts=_TIMEOUT),
            max_retries=0,
            proxy_settings=ProxySettings(),
            token=token,
            token_type=hikari.TokenType.BOT,
            rest_url=url,
            bucket_manager=RESTBucketManager(LONGEST_WAIT),
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
        self.guard.check(self._key(compiled_route))
        pause = self.guard.pause()
        if pause > 0:
            await asyncio.sleep(pause)
            self.guard.check(self._key(compiled_route))  # meanwhile it may have been told not to
        try:
            return await super()._request(compiled_route, **arguments)
        except hikari.RateLimitTooLongError as error:  # names the route, with its token
            raise DiscordRateLimitedError(_WAIT, retry_after=error.retry_after) from None
        except hikari.ClientHTTPResponseError as error:
            if stops_everything(error):
                self.guard.refuse_token()
            raise

    async def _parse_ratelimits(  # type: ignore[misc] # the same
        self,
        compiled_route: routes.CompiledRoute,
        authentication: str | None,
        response: aiohttp.ClientResponse,
    ) -> float | None:
        """Take note of what Discord says about limits; never say that the same is to be asked again."""
        bucket = response.headers.get(_BUCKET)
        if bucket is not None:
            self._buckets[compiled_route.route] = bucket
        if response.status == _TOO_MANY:
            seconds, everywhere = await _retry_after(response)
            self.guard.wait(self._key(compiled_route), seconds, everywhere=everywhere)
            if response.headers.get(_SCOPE) != _SHARED:
                self.guard.count_invalid()
            raise DiscordRateLimitedError(_WAIT, status=_TOO_MANY, retry_after=seconds)
        if response.status in (_UNAUTHORIZED, _FORBIDDEN):
            self.guard.count_invalid()
        return await super()._parse_ratelimits(compiled_route, authentication, response)

    def _key(self, route: routes.CompiledRoute) -> str:
        """Name what is limited together: a bucket, once Discord told it, with its guild, channel or token."""
        bucket = self._buckets.get(route.route, f"{route.method} {route.route.path_template}")
        return f"{bucket} {route.major_param_hash}"


async def _retry_after(response: aiohttp.ClientResponse) -> tuple[float, bool]:
    """Read for how long to wait, and whether with everything. Cloudflare has the header only."""
    seconds = response.headers.get("Retry-After", "1")
    try:
        body = await response.json(content_type=None)
        return float(body["retry_after"]), bool(body.get("global", False))
    except (ValueError, KeyError, TypeError):
        return (float(seconds) if seconds.replace(".", "", 1).isdigit() else 1.0), True
