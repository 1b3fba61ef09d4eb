"""Discord's webhook events: the bot was added to a guild, or removed."""

from collections.abc import Awaitable, Callable
from typing import Final

from app.database.tx import Tx
from app.guilds import service as guilds_service

HANDLERS: Final[dict[str, Callable[[Tx, int], Awaitable[None]]]] = {
    "APPLICATION_AUTHORIZED": guilds_service.install_guild,
    "APPLICATION_DEAUTHORIZED": guilds_service.remove_guild,
}
