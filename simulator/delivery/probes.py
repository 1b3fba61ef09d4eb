"""What Discord sends without a member asking: PING, and webhook events."""

import secrets
from collections.abc import Sequence

from simulator.delivery.signed import signed
from simulator.endpoint import signing
from simulator.endpoint.sender import Answer
from simulator.local_discord import LocalDiscord
from simulator.payloads import events, interactions
from simulator.payloads.events import EventType
from simulator.state.entities import Guild, User
from simulator.wire import JsonObject, merge


def ping_payload(discord: LocalDiscord) -> JsonObject:
    """Write a PING, a new one each time."""
    return interactions.ping(
        discord.config.application_id, discord.snowflakes.make(), secrets.token_urlsafe(), discord.bot
    )


async def ping(discord: LocalDiscord, tamper: signing.Tamper | None = None) -> Answer:
    """Check the endpoint as Discord does when its address is saved."""
    request = signed(discord, ping_payload(discord))
    if tamper is not None:
        request = signing.tampered(request, tamper)
    return await discord.sender.post(discord.world.application.endpoint, request)


async def send_event(
    discord: LocalDiscord, event_type: EventType, guild: Guild, user: User, overrides: JsonObject
) -> Answer:
    """Post a webhook event. Discord would repeat it until 204 comes; this sends it once."""
    payload = events.event(
        discord.config.application_id, event_type, guild=guild, user=user, at=discord.clock.now()
    )
    request = signed(discord, merge(payload, overrides))
    return await discord.sender.post(discord.world.application.events_endpoint, request)


async def announce_install(
    discord: LocalDiscord, guild: Guild, user: User, scopes: Sequence[str] = ("applications.commands", "bot")
) -> None:
    """Tell the application that somebody added it to a guild, if it wants to hear of that."""
    application = discord.world.application
    event = EventType.APPLICATION_AUTHORIZED
    if application.events_endpoint is not None and event in application.event_types:
        await send_event(discord, event, guild, user, {"event": {"data": {"scopes": list(scopes)}}})
