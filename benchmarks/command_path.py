"""What a command costs, and what a wrong signature costs: our web role and two peers, in turn."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import sleep
from typing import Final

import uvloop

from app import clock
from app.analytics.buffer import EVERY
from benchmarks import cpu
from benchmarks.answers import plain_part, text_of
from benchmarks.commands import Interactions, everybody
from benchmarks.figures import Series
from benchmarks.load import OK, Answers, WrongAnswerError, run_load
from benchmarks.platform import Platform
from benchmarks.servers import Peer, Server, running
from benchmarks.signed import Request, Signer
from interactions.endpoint import PATH

CONNECTIONS: Final = 16

OURS: Final = "Smarter Dev, web role"
RESTBOT: Final = Peer("hikari RESTBot", "restbot.py", rejects_with=400)
DISCORD_HTTP: Final = Peer("discord.http", "discord_http_client.py", rejects_with=401)
AS_SHIPPED: Final = Peer(
    "hikari RESTBot as shipped", "restbot.py", rejects_with=400, arguments=("as-shipped",)
)

_LONGEST_CONTENT: Final = 2000  # characters of a message's content, which the peers answer with

PASSES: Final = 3
"""Requests of each member in a round: what a process does by itself while it settles is shared by more."""

_SETTLING: Final = EVERY + 0.5
"""Seconds until the web role has written the last of the invocations that it collects: its CPU, too."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """One server, one round: CPU microseconds per request, requests a second, latencies in milliseconds."""

    cpu: float
    rate: float
    p50: float
    p99: float


Kind = str
"""`about`, or `forged`: the same with a wrong signature."""


@dataclass(frozen=True)
class Measured:
    """All rounds.

    Attributes:
        runs: By server and kind, in the order of the rounds.
        sizes: Bytes of an answer to `/about`, by server.
    """

    runs: dict[tuple[str, Kind], list[Run]]
    sizes: dict[str, int]

    def series(self, server: str, kind: Kind = "about", of: str = "cpu") -> Series:
        """Give one figure of one server."""
        return Series(tuple(getattr(run, of) for run in self.runs[server, kind]))


def measure(platform: Platform, *, rounds: int, chance: random.Random, say: Say) -> Measured:
    """Measure every server in every round, in an order of its own each time; a round before them warms up.

    Raises:
        WrongAnswerError: an answer was not what it has to be.
    """
    runs: dict[tuple[str, Kind], list[Run]] = {}
    sizes: dict[str, int] = {}
    with _servers(platform) as (servers, text):
        for number in range(rounds + 1):
            say(f"commands and wrong signatures, round {number} of {rounds}" if number else "warming up")
            genuine = sign_abouts(platform)
            forged = [request.forged() for request in genuine]
            cells: list[tuple[Server, Kind]] = [(server, "about") for server in servers]
            cells += [(server, "forged") for server in servers if server.name != AS_SHIPPED.name]
            chance.shuffle(cells)
            for server, kind in cells:
                requests = genuine if kind == "about" else forged
                run, answers = _measure_cell(server, kind, requests, text)
                if number:
                    runs.setdefault((server.name, kind), []).append(run)
                if kind == "about":
                    sizes[server.name] = len(answers.samples[0])
    return Measured(runs, sizes)


def sign_abouts(platform: Platform) -> list[Request]:
    """Sign as many `/about` as `PASSES` says for each member, now; each member's far from one another."""
    now = clock.now().timestamp()
    interactions = Interactions(int(now * 1000))
    signer = Signer(platform.identity.signing_key, int(now))
    return [signer.request(interactions.about(member)) for _ in range(PASSES) for member in everybody()]


@contextmanager
def _servers(platform: Platform) -> Iterator[tuple[list[Server], str]]:
    """Run the peers beside ours, all with the same text to answer, and give that text."""
    ours = Server(OURS, platform.web, platform.port, PATH, rejects_with=401, settles=_SETTLING)
    request = sign_abouts(platform)[0].to(PATH)
    answers = uvloop.run(run_load(ours.port, [request], connections=1, check=lambda status, _: status == OK))
    answers.require_right(OURS)
    text = text_of(answers.samples[0])[:_LONGEST_CONTENT]
    if "out of date" in text.lower() or not plain_part(text):
        raise WrongAnswerError(f"There is no `/about` to measure. It was answered: {answers.samples[0]!r}")
    with ExitStack() as stack:
        key = platform.identity.public_key
        peers = [
            stack.enter_context(running(peer, platform.home, key, text))
            for peer in (RESTBOT, DISCORD_HTTP, AS_SHIPPED)
        ]
        yield [ours, *peers], text


def _measure_cell(server: Server, kind: Kind, requests: list[Request], text: str) -> tuple[Run, Answers]:
    """Have one server answer all requests; each answer is known by a part of its text, a few by all of it."""
    written, marker = [request.to(server.path) for request in requests], plain_part(text)

    def is_answer(status: int, body: bytes) -> bool:
        return status == OK and marker in body

    def is_refusal(status: int, _body: bytes) -> bool:
        return status == server.rejects_with

    check = is_answer if kind == "about" else is_refusal
    before = cpu.cpu_seconds(server.pid)
    answers = uvloop.run(run_load(server.port, written, connections=CONNECTIONS, check=check))
    if kind == "about":
        sleep(server.settles)
    used = cpu.cpu_seconds(server.pid) - before
    answers.require_right(f"{server.name}, {kind}")
    if kind == "about" and any(text_of(sample)[:_LONGEST_CONTENT] != text for sample in answers.samples):
        raise WrongAnswerError(f"{server.name} answered something else: {answers.samples!r}")
    return (
        Run(
            cpu=used / answers.count * 1e6,
            rate=answers.rate,
            p50=answers.percentile(50) * 1e3,
            p99=answers.percentile(99) * 1e3,
        ),
        answers,
    )
