"""One request on its way through the gate, and what can be done with it."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.clock import Clock
from simulator.faults import refusals
from simulator.faults.buckets import BucketState, RateScope
from simulator.faults.log import Entry
from simulator.faults.refusals import Answer, Headers
from simulator.faults.routes import KnownRoute


@dataclass(slots=True)
class Visit:
    """A request: its line in the log, where its bucket stands, for how long the global limit refuses it.

    `receive` and `send` are the server's own.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    clock: Clock
    entry: Entry
    route: KnownRoute | None = None
    standing: BucketState | None = None
    refused_for: float = 0.0
    heard_out: bool = False

    async def hear(self) -> Message:
        """Receive on the API's behalf; the log hears a body that is JSON."""
        message = await self.receive()
        if message["type"] == "http.request":
            self.heard_out = not message.get("more_body", False)
            if self.entry.reads_json:
                self.entry.hear(message.get("body", b""))
        else:
            self.heard_out = True
        return message

    async def carry_out(self, send: Send) -> None:
        """Have the API do it, unless a limit forbids."""
        if self.refused_for:
            await self.say(refusals.rate_limited(RateScope.GLOBAL, self.refused_for), send)
        elif self.standing is not None and self.standing.over is not None:
            await self.say(refusals.rate_limited(self.standing.over, self.standing.reset_after), send)
        else:
            await self.app(self.scope, self.hear, send)

    async def carry_out_unsaid(self) -> bytes:
        """Have the API do it and keep its answer from the caller."""
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.entry.status = message["status"]
            else:
                body.extend(message.get("body", b""))

        await self.carry_out(keep)
        return bytes(body)

    async def say(self, answer: Answer, send: Send) -> None:
        """Answer instead of the API, after the whole request was heard."""
        await self.hear_out()
        self.entry.scope = answer.scope
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def hear_out(self) -> None:
        """Read the rest of the request: a client that is still sending would not read an answer."""
        while not self.heard_out:
            await self.hear()

    def answering(self) -> Send:
        """Give the caller's `send`, with the status noted and the bucket's headers added."""
        extra = self._bucket_headers()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.entry.status = message["status"]
                if extra:
                    message["headers"] = [*message.get("headers", ()), *extra]
            await self.send(message)

        return answer

    def _bucket_headers(self) -> Headers:
        if self.route is None or self.standing is None:
            return []
        return refusals.bucket_headers(self.route.bucket, self.standing, self.clock.machine_now().timestamp())
