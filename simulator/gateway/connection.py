"""One WebSocket of the gateway: reads what the client says, sends what its session has to tell."""

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec
from starlette.types import Message, Receive, Send

from simulator.clock import Clock
from simulator.gateway.acts import Act, Close, Delay, Drop, Invalidate, Reconnect, Zombie
from simulator.gateway.compression import Packer, each_for_itself, plain
from simulator.gateway.hub import Hub
from simulator.gateway.limits import Allowance
from simulator.gateway.opcodes import REASONS, CloseCode, Opcode, RefusedError
from simulator.gateway.reading import Heartbeat, Identify, Ignored, RequestMembers, Resume, read
from simulator.gateway.session import Session, Told, dispatch

_PATIENCE = 1.5
"""Heartbeat intervals without a heartbeat after which a client is taken for dead."""
_MOST_SAID, _WITHIN_SECONDS = 120, 60.0  # Discord's own
_TURN = 64
"""Events sent in a row before others get their turn."""
_PARTING = 5.0
"""Seconds that a client, too busy to read why it is being closed, still has."""
_A_LITTLE = 0.005
"""Seconds by which two clocks may differ."""

_ACK = msgspec.json.encode({"t": None, "s": None, "op": Opcode.HEARTBEAT_ACK, "d": None})
_RECONNECT = msgspec.json.encode({"t": None, "s": None, "op": Opcode.RECONNECT, "d": None})
_RESUMED = Told("RESUMED", b"{}")


class Connection:
    """A client's connection, from HELLO to the end.

    Its queue is its session: an event stays there until it is sent. A client so slow that its session
    has forgotten what it has not read yet is cut off.
    """

    def __init__(  # noqa: PLR0917 - the parts of one connection, joined in one place
        self,
        hub: Hub,
        clock: Clock,
        interval: float,
        receive: Receive,
        send: Send,
        packer: Packer,
        abort: Callable[[], None] | None,
    ) -> None:
        self._hub = hub
        self._clock = clock
        self._interval = interval
        self._receive = receive
        self._send = send
        self._pack = packer
        self._abort = abort
        self._allowance = Allowance(_MOST_SAID, _WITHIN_SECONDS)
        self._heard_at = clock.monotonic()
        self._woken = asyncio.Event()
        self._control: deque[tuple[int, bytes]] = deque()
        self._session: Session | None = None
        self._sent = 0
        self._resumed_at: int | None = None
        self._closing: tuple[int, str] | None = None
        self._is_frozen = False
        self._held_until = 0.0
        self._last_resort: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Talk until one of both leaves."""
        hello = {"heartbeat_interval": round(self._interval * 1000), "_trace": ["simulator"]}
        self._say(_control(Opcode.HELLO, hello))
        code = 1006
        try:
            async with asyncio.TaskGroup() as group:
                beside = (group.create_task(self._write()), group.create_task(self._watch()))
                code = await self._read()
                for task in beside:
                    task.cancel()
        finally:
            if self._last_resort is not None:
                self._last_resort.cancel()
            if self._session is not None:
                self._hub.leave(self._session, self, code)

    # --- as the hub sees it --------------------------------------------------------------------------

    def join(self, session: Session, seq: int) -> None:
        """Take a session, of which the client has everything up to event number `seq`."""
        self._session = session
        self._sent = seq
        self._control = deque((seq, frame) for _, frame in self._control)

    def wake(self) -> None:
        """Send what the session has to tell; a client that has not read what is forgotten now is cut off."""
        self._woken.set()
        if (
            self._session is not None
            and not self._is_frozen
            and not self._session.remembers_since(self._sent)
        ):
            self._drop()

    def suffer(self, act: Act) -> None:
        """Undergo what is done on purpose."""
        match act:
            case Delay(seconds):
                self._hold(seconds)
            case Drop():
                self._drop()
            case Zombie():
                self._is_frozen = True
            case Reconnect():
                self._say(_RECONNECT)
            case Invalidate(resumable):
                self._invalidate(resumable=resumable)
            case Close(code):
                self._close(code, REASONS.get(code, ""))

    # --- what the client says ------------------------------------------------------------------------

    async def _read(self) -> int:
        """Listen until the client or we have left; tells the close code."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1005)
            if self._is_frozen or self._closing is not None:
                continue
            try:
                self._hear(_raw(message))
            except RefusedError as refused:
                self._close(refused.code, refused.reason)

    def _hear(self, raw: bytes) -> None:
        if not self._allowance.take(self._clock.monotonic()):
            raise RefusedError(CloseCode.RATE_LIMITED)
        said = read(raw)
        if isinstance(said, Heartbeat):
            self._heard_at = self._clock.monotonic()
            self._say(_ACK)
            return
        is_start = isinstance(said, Identify | Resume)
        if self._session is None and not is_start:
            raise RefusedError(CloseCode.NOT_AUTHENTICATED)
        if self._session is not None and is_start:
            raise RefusedError(CloseCode.ALREADY_AUTHENTICATED)
        match said:
            case Identify():
                self._identify(said)
            case Resume():
                self._resume(said)
            case RequestMembers() if self._session is not None:
                self._hub.tell_members(self._session, said)
            case Ignored():
                pass

    def _identify(self, identify: Identify) -> None:
        if not self._hub.begin(identify, self):
            self._say(_control(Opcode.INVALID_SESSION, False))  # noqa: FBT003 - the payload's own data
        elif identify.compress and self._pack is plain:
            self._pack = each_for_itself

    def _resume(self, resume: Resume) -> None:
        if not self._hub.resume(resume, self):
            self._say(_control(Opcode.INVALID_SESSION, False))  # noqa: FBT003 - the payload's own data
        elif self._session is not None:
            self._resumed_at = self._session.seq
            self.wake()

    # --- what we say ---------------------------------------------------------------------------------

    def _say(self, frame: bytes) -> None:
        """Send a payload that is no event, after the events that are there by now."""
        self._control.append((0 if self._session is None else self._session.seq, frame))
        self._woken.set()

    async def _write(self) -> None:
        try:
            while self._closing is None:
                await self._woken.wait()
                self._woken.clear()
                await self._flush()
            code, reason = self._closing
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except OSError:
            return  # the client has gone; the reader hears of it, too

    async def _flush(self) -> None:
        turn = 0
        while not self._is_frozen and (frame := self._next()) is not None:
            await self._send(self._pack(frame))
            turn += 1
            if turn % _TURN == 0:
                await asyncio.sleep(0)

    def _next(self) -> bytes | None:
        """Take what is to be sent next. None if that is nothing."""
        is_held = self._clock.monotonic() < self._held_until
        if self._control and (self._session is None or is_held or self._control[0][0] <= self._sent):
            return self._control.popleft()[1]
        if self._session is None or self._closing is not None or is_held:
            return None
        if self._resumed_at == self._sent:
            self._resumed_at = None
            return dispatch(_RESUMED, self._sent)
        return self._next_event(self._session)

    def _next_event(self, session: Session) -> bytes | None:
        if self._sent == session.seq:
            return None
        self._sent += 1
        return session.frame(self._sent)

    def _hold(self, seconds: float) -> None:
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
        asyncio.get_running_loop().call_later(seconds + _A_LITTLE, self._woken.set)

    # --- leaving -------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Close when no heartbeat comes."""
        patience = self._interval * _PATIENCE
        while True:
            left = self._heard_at + patience - self._clock.monotonic()
            if left <= 0 and not self._is_frozen:
                break
            await asyncio.sleep(left if left > 0 else self._interval)
        self._close(CloseCode.SESSION_TIMED_OUT, REASONS[CloseCode.SESSION_TIMED_OUT])

    def _close(self, code: int, reason: str) -> None:
        self._closing = self._closing or (code, reason)
        self._woken.set()
        if self._abort is not None and self._last_resort is None:
            self._last_resort = asyncio.get_running_loop().call_later(_PARTING, self._abort)

    def _drop(self) -> None:
        if self._abort is None:
            self._close(1012, "The connection would have been cut.")
        else:
            self._is_frozen = True
            self._abort()
            if self._session is not None:
                self._hub.leave(self._session, self, CloseCode.UNKNOWN_ERROR)

    def _invalidate(self, *, resumable: bool) -> None:
        session, self._session = self._session, None
        self._say(_control(Opcode.INVALID_SESSION, resumable))
        if session is None:
            return
        if resumable:
            self._hub.leave(session, self, CloseCode.UNKNOWN_ERROR)
        else:
            self._hub.end(session)


def _control(opcode: Opcode, data: object) -> bytes:
    return msgspec.json.encode({"t": None, "s": None, "op": opcode, "d": data})


def _raw(message: Message) -> bytes:
    text = message.get("text")
    raw: bytes = text.encode() if text is not None else message.get("bytes") or b""
    return raw
