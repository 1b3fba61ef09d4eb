"""What each fault does to a request of the REST API."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.types import Message

from simulator.faults import refusals
from simulator.faults.buckets import RateScope
from simulator.faults.connection import abort
from simulator.faults.kinds import FaultKind
from simulator.faults.plan import Fault
from simulator.faults.refusals import Answer
from simulator.faults.visit import Visit

Strike: TypeAlias = Callable[[Visit, Fault], Awaitable[None]]

_INSTEAD: Mapping[FaultKind, Callable[[Fault], Answer]] = {
    FaultKind.rate_limit_user: lambda fault: refusals.rate_limited(RateScope.USER, fault.retry_after),
    FaultKind.rate_limit_shared: lambda fault: refusals.rate_limited(RateScope.SHARED, fault.retry_after),
    FaultKind.rate_limit_global: lambda fault: refusals.rate_limited(RateScope.GLOBAL, fault.retry_after),
    FaultKind.cloudflare_ban: lambda fault: refusals.cloudflare_ban(fault.retry_after),
    FaultKind.server_error: lambda fault: refusals.server_error(fault.status),
    FaultKind.unauthorized: lambda _fault: refusals.unauthorized(),
}
"""What is answered in the API's place; nothing is done."""


async def _answer_instead(visit: Visit, fault: Fault) -> None:
    answer = _INSTEAD[fault.kind](fault)
    # Of a bucket that has room Discord refuses for other reasons, too, such as limits of one field; what the
    # headers say stays true then, and the body says for how long.
    if answer.scope not in (RateScope.USER, RateScope.SHARED):
        # Whoever answers like this never came as far as a bucket.
        visit.standing = None
    await visit.say(answer, visit.answering())


async def _delay(visit: Visit, fault: Fault) -> None:
    answer = visit.answering()
    if fault.when == "before":
        await asyncio.sleep(fault.seconds)
        await visit.carry_out(answer)
        return

    async def late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(fault.seconds)
        await answer(message)

    await visit.carry_out(late)


async def _reset(visit: Visit, _fault: Fault) -> None:
    await visit.hear_out()
    await abort(visit.receive, visit.send)


async def _lose_answer(visit: Visit, _fault: Fault) -> None:
    await visit.carry_out_unsaid()
    await abort(visit.receive, visit.send)


async def _garble(visit: Visit, _fault: Fault) -> None:
    body = await visit.carry_out_unsaid()
    await visit.say(refusals.broken(body), visit.answering())


STRIKES: Mapping[FaultKind, Strike] = {
    **dict.fromkeys(_INSTEAD, _answer_instead),
    FaultKind.delay: _delay,
    FaultKind.reset: _reset,
    FaultKind.lost_answer: _lose_answer,
    FaultKind.malformed: _garble,
}
