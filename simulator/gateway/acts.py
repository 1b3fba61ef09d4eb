"""What can be done to a connection on purpose, for faults and tests."""

from dataclasses import dataclass
from typing import TypeAlias

from simulator.gateway.opcodes import CloseCode


@dataclass(frozen=True, slots=True)
class Drop:
    """The TCP connection is cut, without a word."""


@dataclass(frozen=True, slots=True)
class Zombie:
    """The socket stays open, but nothing is answered or sent any more."""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The client is asked to come back and resume (opcode 7)."""


@dataclass(frozen=True, slots=True)
class Invalidate:
    """The session is declared invalid (opcode 9); it can be resumed, or is gone."""

    resumable: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The connection is closed with a code."""

    code: int = CloseCode.UNKNOWN_ERROR


@dataclass(frozen=True, slots=True)
class Delay:
    """Events come so many seconds later, in their order; heartbeats are answered as ever."""

    seconds: float


Act: TypeAlias = Delay | Drop | Zombie | Reconnect | Invalidate | Close
