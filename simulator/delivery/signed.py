"""Whatever goes to the bot is signed here."""

from simulator.endpoint import signing
from simulator.local_discord import LocalDiscord
from simulator.wire import JsonObject, encode


def signed(discord: LocalDiscord, payload: JsonObject, *, offset: int = 0) -> signing.SignedRequest:
    """Sign a payload for its way to the bot.

    The signature tells the machine's time, however far this Discord was advanced: a bot that checks it
    has only its own clock. `offset` signs honestly at another time, so many seconds from now.
    """
    timestamp = int(discord.clock.machine_now().timestamp()) + offset
    return signing.sign(discord.config.signing_key, timestamp, encode(payload))
