"""A load generator: requests made beforehand, connections kept alive, every answer looked at.

Each connection sends its next request when the answer to the last has come (a closed loop). It knows just
enough HTTP/1.1 for servers that give a Content-Length, and raises for all others.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from app import clock

PATIENCE: Final = 120.0
"""Seconds one run may take."""

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_KEPT: Final = 5

OK: Final = 200

Check = Callable[[int, bytes], bool]
"""Whether an answer, by status and body, is what was asked for."""


class WrongAnswerError(Exception):
    """A server did not answer as it must; what was measured means nothing."""


@dataclass
class Answers:
    """What came back in one run.

    Attributes:
        seconds: From the first request to the last answer.
        statuses: How many answers of each status.
        latencies: Seconds each answer took.
        wrong: The first few answers that the check refused.
        samples: A few answers as they came.
        refused: How many answers the check refused.
    """

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    wrong: list[bytes] = field(default_factory=list)
    samples: list[bytes] = field(default_factory=list)
    refused: int = 0

    @property
    def count(self) -> int:
        """How many answers came."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.count / self.seconds

    def percentile(self, part: int) -> float:
        """Tell the seconds within which so many of a hundred answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) * part // 100, len(ordered) - 1)]

    def require_right(self, who: str, *, tolerated: float = 0.0) -> None:
        """Refuse to go on if answers were not right, or more of them than this part.

        Raises:
            WrongAnswerError: with the first of them.
        """
        if self.refused > self.count * tolerated:
            raise WrongAnswerError(
                f"{who}: {self.refused} of {self.count} answers were not right, statuses "
                f"{dict(self.statuses)}. The first: {self.wrong[0][:500]!r}"
            )


async def run_load(port: int, requests: Sequence[bytes], *, connections: int, check: Check) -> Answers:
    """Send every request once, a few at a time, and wait for all the answers.

    Raises:
        WrongAnswerError: the server hung up, or its answers cannot be read.
        TimeoutError: it took more than two minutes.
    """
    answers, loop = Answers(), asyncio.get_running_loop()
    waiting = iter(requests)
    lanes = [_Lane(waiting, answers, check) for _ in range(min(connections, len(requests)))]
    for lane in lanes:
        await loop.create_connection(lambda lane=lane: lane, "127.0.0.1", port)  # type: ignore[misc] # mypy #15459
    started = clock.monotonic()
    for lane in lanes:
        lane.next()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(lane.done for lane in lanes))
    answers.seconds = clock.monotonic() - started
    for lane in lanes:
        lane.close()
    return answers


class _Lane(asyncio.Protocol):
    """One connection."""

    def __init__(self, waiting: Iterator[bytes], answers: Answers, check: Check) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._answers = answers
        self._check = check
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what we write to."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has the methods, not the type

    def connection_lost(self, _error: Exception | None) -> None:
        """Fail the run if this was not ours to decide."""
        if not self.done.done():
            self.done.set_exception(WrongAnswerError("the server hung up before it had answered"))

    def data_received(self, data: bytes) -> None:
        """Note a whole answer, and send the next request."""
        received = self._received = self._received + data if self._received else data
        head_end = received.find(_HEAD_END)
        if head_end < 0:
            return
        head = received[:head_end].lower()
        at = head.find(_LENGTH)
        if at < 0:
            if not self.done.done():
                self.done.set_exception(WrongAnswerError(f"an answer without a length: {received[:200]!r}"))
            return
        length = int(head[at + len(_LENGTH) :].partition(b"\r\n")[0])
        body_start = head_end + len(_HEAD_END)
        if len(received) < body_start + length:
            return
        self._note(int(head[9:12]), received[body_start : body_start + length])
        self._received = b""
        self.next()

    def next(self) -> None:
        """Send the next request; with none left, be done."""
        request = next(self._waiting, None)
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
        elif self._transport is not None:
            self._sent = clock.monotonic()
            self._transport.write(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _note(self, status: int, body: bytes) -> None:
        answers = self._answers
        answers.latencies.append(clock.monotonic() - self._sent)
        answers.statuses[status] += 1
        if not self._check(status, body):
            answers.refused += 1
            if len(answers.wrong) < _KEPT:
                answers.wrong.append(body)
        elif len(answers.samples) < _KEPT:
            answers.samples.append(body)
