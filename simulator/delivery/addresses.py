"""Discord checks an address before it keeps it: it must answer a PING, and refuse a bad signature."""

from http import HTTPStatus

from simulator.delivery.probes import ping_payload
from simulator.delivery.signed import signed
from simulator.endpoint import signing
from simulator.endpoint.signing import Tamper
from simulator.local_discord import LocalDiscord

_PONG = {"type": 1}


async def takes_interactions(discord: LocalDiscord, url: str) -> bool:
    """Tell whether an address would do as the interactions endpoint: a PONG, and 401 for a bad signature."""
    request = signed(discord, ping_payload(discord))
    answer = await discord.sender.post(url, request)
    if answer.status != HTTPStatus.OK or answer.response != _PONG:
        return False
    return await _refuses_forgeries(discord, url, request)


async def takes_events(discord: LocalDiscord, url: str) -> bool:
    """Tell whether an address would do for webhook events: 204 for a PING, and 401 for a bad signature."""
    ping = {"version": 1, "application_id": str(discord.config.application_id), "type": 0}
    request = signed(discord, ping)
    answer = await discord.sender.post(url, request)
    return answer.status == HTTPStatus.NO_CONTENT and await _refuses_forgeries(discord, url, request)


async def _refuses_forgeries(discord: LocalDiscord, url: str, request: signing.SignedRequest) -> bool:
    forged = signing.tampered(request, Tamper.SIGNATURE)
    answer = await discord.sender.post(url, forged)
    return answer.status == HTTPStatus.UNAUTHORIZED
