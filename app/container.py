"""What one process has one of: settings, the database, the way out for live events.

Made lazily, because a PING on AWS Lambda needs none of it and has three seconds for all its imports.
"""

import hmac
import secrets
from typing import TYPE_CHECKING

from app.errors import SettingsError
from app.settings import Settings

if TYPE_CHECKING:
    from app.database.tx import Database
    from app.discord.connection import LazyDiscord
    from app.live.outbox import LiveOutbox
    from app.live.sender import LiveEvents


class Container:
    """The things of one process.

    Args:
        settings: What it was told.
        lives_on: Whether it works beside its answers. Then it remembers what it has read of guilds, because
            it hears of changes (`app.live.reader`), and sends live events together (`app.live.outbox`). One
            on AWS Lambda hears nothing, and does not know how long it has slept.
    """

    def __init__(self, settings: Settings, *, lives_on: bool = False) -> None:
        self.settings = settings
        self._lives_on = lives_on
        self._random_key = secrets.token_bytes(32)
        self._live: LiveEvents | None = None
        self._outbox: LiveOutbox | None = None
        self._database: Database | None = None
        self._discord: LazyDiscord | None = None

    @property
    def public_key(self) -> str:
        """The key interactions are checked with.

        Raises:
            SettingsError: when there is none.
        """
        key = self.settings.discord_public_key
        if key is None:
            raise SettingsError(
                "SMARTERDEV_DISCORD_PUBLIC_KEY is missing: without it nobody can tell whether a "
                "command comes from Discord. `smarterdev demo` brings a Discord of its own."
            )
        return key

    @property
    def control_key(self) -> bytes:
        """The key that seals the ids of buttons: the bot token's, so that nobody has one more to keep.

        With another token, or without one (in development), buttons of before are out of date.
        """
        token = self.settings.discord_bot_token
        if token is None:
            return self._random_key
        return hmac.digest(token.get_secret_value().encode(), b"smarterdev custom_id", "sha256")

    @property
    def reply_key(self) -> bytes:
        """The key that seals the tokens of replies which the worker edits: the bot token's, as above."""
        token = self.settings.discord_bot_token
        if token is None:
            return self._random_key
        return hmac.digest(token.get_secret_value().encode(), b"smarterdev reply", "sha256")

    def discord(self) -> "LazyDiscord":
        """Give the way to ask Discord; nothing is connected before the first question."""
        if self._discord is None:
            from app.discord.connection import LazyDiscord  # noqa: PLC0415 - a PING asks nothing

            self._discord = LazyDiscord(self.settings)
        return self._discord

    def live(self) -> "LiveEvents | None":
        """Give the way out for live events; None when no Redis is configured."""
        url = self.settings.redis_url
        if self._live is None and url is not None:
            from app.live.sender import LiveEvents  # noqa: PLC0415 - brings redis

            self._live = LiveEvents(url.get_secret_value())
        return self._live

    def outbox(self) -> "LiveOutbox | None":
        """Give what collects live events before they leave; None where each leaves by itself."""
        live = self.live()
        if self._outbox is None and self._lives_on and live is not None:
            from app.live.outbox import LiveOutbox  # noqa: PLC0415 - like its way out

            self._outbox = LiveOutbox(live)
        return self._outbox

    def database(self) -> "Database":
        """Give the database; no connection is made before the first use.

        Raises:
            SettingsError: when there is none.
        """
        if self._database is None:
            from app.database.cache import Cache  # noqa: PLC0415 - a PING needs no memory
            from app.database.engine import connect_database  # noqa: PLC0415 - brings SQLAlchemy

            url = self.settings.database_url
            if url is None:
                raise SettingsError("DATABASE_URL is missing.")
            self._database = connect_database(
                url.get_secret_value(),
                pool_size=self.settings.database_pool_size,
                live=self.outbox() or self.live(),
                cache=Cache() if self._lives_on else None,
            )
        return self._database

    async def close(self) -> None:
        """Close every connection."""
        if self._database is not None:
            await self._database.close()
        if self._live is not None:
            await self._live.close()
        if self._discord is not None:
            await self._discord.close()
