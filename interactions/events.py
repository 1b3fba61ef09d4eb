"""Discord's webhook events: the bot was added to a guild, or removed.

Discord documents APPLICATION_DEAUTHORIZED as sent when a *user* takes back an authorisation, without a
guild; then there is nothing to do. That the bot was removed from a guild is told by the gateway alone
(GUILD_DELETE), so the listener notes it. Should Discord ever name a guild here, it is believed.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from app.database.tx import Tx
from app.guilds import service as guilds_service

HANDLERS: Final[dict[str, Callable[[Tx, int], Awaitable[None]]]] = {
    "APPLICATION_AUTHORIZED": guilds_service.install_guild,
    "APPLICATION_DEAUTHORIZED": guilds_service.remove_guild,
}
