"""What one process has one of: settings, the database, the way out for live events.

Made lazily, because a PING on AWS Lambda needs none of it and has three seconds for all its imports.
"""

from typing import TYPE_CHECKING

from app.errors import SettingsError
from app.settings import Settings

if TYPE_CHECKING:
    from app.database.tx import Database
    from app.live.sender import LiveEvents


class Container:
    """The things of one process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._live: LiveEvents | None = None
        self._database: Database | None = None

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

    def live(self) -> "LiveEvents | None":
        """Give the way out for live events; None when no Redis is configured."""
        url = self.settings.redis_url
        if self._live is None and url is not None:
            from app.live.sender import LiveEvents  # noqa: PLC0415 - brings redis

            self._live = LiveEvents(url.get_secret_value())
        return self._live

    def database(self) -> "Database":
        """Give the database; no connection is made before the first use.

        Raises:
            SettingsError: when there is none.
        """
        if self._database is None:
            from app.database.engine import connect_database  # noqa: PLC0415 - brings SQLAlchemy

            url = self.settings.database_url
            if url is None:
                raise SettingsError("DATABASE_URL is missing.")
            self._database = connect_database(
                url.get_secret_value(),
                pool_size=self.settings.database_pool_size,
                live=self.live(),
            )
        return self._database

    async def close(self) -> None:
        """Close every connection."""
        if self._database is not None:
            await self._database.close()
        if self._live is not None:
            await self._live.close()
