"""One interaction goes to the bot, and its first answer comes back in time, or does not."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from simulator.deeds.messages import Upload
from simulator.delivery import answers
from simulator.delivery.callbacks import problem_with
from simulator.delivery.parts import opened
from simulator.delivery.signed import signed
from simulator.endpoint import signing
from simulator.endpoint.sender import Answer
from simulator.errors import DiscordError
from simulator.happenings import InteractionStarted
from simulator.local_discord import LocalDiscord
from simulator.payloads.options import OptionType
from simulator.state.entities import Interaction
from simulator.state.pending import Live, Shown
from simulator.wire import JsonObject, encode, merge


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What Discord would never do, for tests of bots: nothing of it unless asked for.

    `overrides` are laid over the payload before signing, `timestamp_offset` signs honestly at another
    time, `tamper` changes something after signing, `repeat` sends the identical bytes in parallel.
    """

    overrides: JsonObject = field(default_factory=dict)
    timestamp_offset: int = 0
    tamper: signing.Tamper | None = None
    repeat: int = 1


NOT_SPOILT = Spoiling()
_ELSEWHERE = (HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT)
"""Replies of a bot that answers by a callback; Discord documents the first, hikari sends the other."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: every answer, what the person now sees, and if nothing, why."""

    interaction: Interaction
    answers: list[Answer]
    shown: Shown
    problem: str | None = None


async def exchange(
    discord: LocalDiscord,
    interaction: Interaction,
    payload: JsonObject,
    spoiling: Spoiling,
    *,
    focused: OptionType | None = None,
) -> Outcome:
    """Send an interaction and carry out the first good answer, however it comes.

    An answer is the body of the endpoint's reply, or after a reply of 202, or without an endpoint,
    what the bot posts to the callback route. A tampered request is a probe: whatever the bot answers,
    nobody sees anything of it.
    """
    live = Live(interaction, focused)
    payload = merge(payload, spoiling.overrides)
    url = discord.world.application.endpoint
    if spoiling.tamper is None:
        discord.interactions.begin(live)
    try:
        if url is None:
            answered = [await _over_the_gateway(discord, live, payload)]
        else:
            request = _signed(discord, payload, spoiling)
            post = _probe if spoiling.tamper is not None else _post
            posts = (post(discord, live, url, request) for _ in range(spoiling.repeat))
            answered = list(await asyncio.gather(*posts))
    finally:
        discord.interactions.end(live)
    return Outcome(interaction, answered, live.shown or Shown(), None if live.shown else live.problem)


def _signed(discord: LocalDiscord, payload: JsonObject, spoiling: Spoiling) -> signing.SignedRequest:
    request = signed(discord, payload, offset=spoiling.timestamp_offset)
    return request if spoiling.tamper is None else signing.tampered(request, spoiling.tamper)


async def _probe(discord: LocalDiscord, _live: Live, url: str, request: signing.SignedRequest) -> Answer:
    return await discord.sender.post(url, request)


async def _post(discord: LocalDiscord, live: Live, url: str, request: signing.SignedRequest) -> Answer:
    started = discord.clock.monotonic()
    answer, files = await opened(await discord.sender.post(url, request))
    if live.shown is None and answer.status in _ELSEWHERE:
        left = discord.config.response_seconds - (discord.clock.monotonic() - started)
        await _answered_within(live, left)
        elapsed = round((discord.clock.monotonic() - started) * 1000, 1)
        answer = replace(answer, elapsed_ms=elapsed)
        if live.shown is None:
            limit = f"{discord.config.response_seconds:g} s"
            problem = f"The endpoint answered {answer.status}, but no callback came within {limit}."
            live.problem = live.problem or problem
    elif live.shown is None:
        _take_reply(discord, live, answer, files)
    if answer.status in {0, *_ELSEWHERE} and live.interaction.callback is not None:
        body = encode(live.interaction.callback)
        return Answer(answer.status or HTTPStatus.ACCEPTED, answer.elapsed_ms, body)
    return answer


def _take_reply(discord: LocalDiscord, live: Live, answer: Answer, files: Mapping[int, Upload]) -> None:
    """Carry out what the endpoint replied, or remember why that is not possible."""
    problem = problem_with(answer)
    if problem is None:
        try:
            answers.take(discord, live, answer.response, files)
        except DiscordError as error:
            problem = answers.sentence_of(error)
    live.problem = live.problem or problem


async def _over_the_gateway(discord: LocalDiscord, live: Live, payload: JsonObject) -> Answer:
    """Tell the bot's gateway sessions, and wait for a callback."""
    started = discord.clock.monotonic()
    if discord.gateway.connected:
        discord.tell(InteractionStarted(live.interaction.guild_id, payload))
        await _answered_within(live, discord.config.response_seconds)
    elapsed = round((discord.clock.monotonic() - started) * 1000, 1)
    if live.interaction.callback is not None:
        return Answer(HTTPStatus.OK, elapsed, encode(live.interaction.callback))
    silence = "no endpoint is configured and no bot is connected to the gateway"
    if discord.gateway.connected:
        silence = f"no callback of the gateway's bot within {discord.config.response_seconds:g} s"
    live.problem = live.problem or f"The simulator saw: {silence}."
    return Answer(0, elapsed, silence=silence)


async def _answered_within(live: Live, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await live.answered.wait()
    except TimeoutError:
        return
