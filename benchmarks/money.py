"""What sending bytes comes to: the whole way of `/bytes send`, beside PostgreSQL booking at full speed."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import uvloop

from app import clock
from benchmarks import cpu, ledger, pgbench
from benchmarks.commands import MEMBERS, Interactions, Somebody, everybody
from benchmarks.figures import Series
from benchmarks.load import OK, Answers, Check, WrongAnswerError, run_load
from benchmarks.pgbench import CLIENTS, Pgbench
from benchmarks.platform import Platform
from benchmarks.signed import Signer
from interactions.endpoint import PATH

PGBENCH_SECONDS: Final = 4

TOLERATED: Final = 0.01
"""Part of the sends that may be refused for want of a connection in time; they count for nothing."""

_RECEIPT: Final = b"Bytes sent"
"""The title of a receipt; every refusal has another."""


@dataclass
class Measured:
    """All rounds, in their order.

    Attributes:
        tool: Which pgbench.
        postgres: Which PostgreSQL, with what is said about its durability.
        sent: Transfers a second through the webhook, counted in the ledger.
        booked: Transfers a second by pgbench, counted in the ledger.
        web_cpu: CPU microseconds of the web role for each transfer.
        postgres_cpu: The same of PostgreSQL, while the web role sends.
        generator: Part of its core that the load generator took.
        p50: Milliseconds of an answer.
        p99: The same.
        busy: Sends that were refused because too much was going on, in all rounds.
        transfers: How many were booked in all.
        verified: What `smarterdev verify` said afterwards.
    """

    tool: str
    postgres: str
    sent: list[float] = field(default_factory=list)
    booked: list[float] = field(default_factory=list)
    web_cpu: list[float] = field(default_factory=list)
    postgres_cpu: list[float] = field(default_factory=list)
    generator: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    busy: int = 0
    transfers: int = 0
    verified: str = ""

    def series(self, name: str) -> Series:
        """Give one figure of every round."""
        return Series(tuple(getattr(self, name)))


def measure(
    platform: Platform, *, rounds: int, chance: random.Random, say: Callable[[str], None]
) -> Measured:
    """Send by webhook and book by pgbench, in turn, and check the ledger afterwards.

    Raises:
        WrongAnswerError: an answer was no receipt, the ledger has fewer rows than receipts were given, or
            an invariant broke.
    """
    tool = pgbench.find()
    version, postgres = ledger.require_durable(platform)
    measured, warming = Measured(tool.version, postgres), Measured(tool.version, postgres)
    _make_known(platform, chance)
    ledger.make_everybody_rich(platform)
    for number in range(rounds + 1):
        say(f"sending bytes, round {number} of {rounds}" if number else "warming up")
        into, seconds = (measured, PGBENCH_SECONDS) if number else (warming, 1)
        send_first = chance.random() < 0.5  # noqa: PLR2004 - a coin
        if send_first:
            _send(platform, chance, into)
        _book(platform, tool, into, version=version, seconds=seconds)
        if not send_first:
            _send(platform, chance, into)
    measured.transfers = ledger.count_transfers(platform)
    measured.verified = ledger.verify(platform)
    return measured


def _make_known(platform: Platform, chance: random.Random) -> None:
    """Use one command, whatever comes of it: the guild has a row afterwards."""
    requests = _sign_sends(platform, everybody()[:1], chance)
    _run(platform, requests, lambda status, _: status == OK).require_right("the first command")


def _send(platform: Platform, chance: random.Random, into: Measured) -> None:
    """Have every member send one byte to somebody else."""
    requests = _sign_sends(platform, everybody(), chance)
    rows = ledger.count_transfers(platform)
    web, postgres, own = _cpu(platform)
    answers = _run(platform, requests, lambda status, body: status == OK and _RECEIPT in body)
    web_after, postgres_after, own_after = _cpu(platform)
    answers.require_right("/bytes send", tolerated=TOLERATED)
    rows = ledger.count_transfers(platform) - rows
    receipts = answers.count - answers.refused
    if not receipts <= rows <= answers.count:
        raise WrongAnswerError(f"{receipts} receipts were given, but {rows} transfers are in the ledger.")
    into.sent.append(receipts / answers.seconds)
    into.web_cpu.append((web_after - web) / receipts * 1e6)
    into.postgres_cpu.append((postgres_after - postgres) / receipts * 1e6)
    into.generator.append((own_after - own) / answers.seconds)
    into.p50.append(answers.percentile(50) * 1e3)
    into.p99.append(answers.percentile(99) * 1e3)
    into.busy += answers.refused


def _book(platform: Platform, tool: Pgbench, into: Measured, *, version: int, seconds: int) -> None:
    """Have pgbench book for some seconds."""
    rows = ledger.count_transfers(platform)
    script = platform.home / "send.pgbench"
    booked = tool.run(platform.database_url, server_version=version, seconds=seconds, script=script)
    rows = ledger.count_transfers(platform) - rows
    if rows != booked.count:
        raise WrongAnswerError(f"pgbench says {booked.count} transfers, but {rows} are in the ledger.")
    into.booked.append(booked.rate)


def _run(platform: Platform, requests: list[bytes], check: Check) -> Answers:
    return uvloop.run(run_load(platform.port, requests, connections=CLIENTS, check=check))


def _cpu(platform: Platform) -> tuple[float, float, float]:
    """Read the CPU seconds of the web role, of PostgreSQL and of ourselves."""
    return cpu.cpu_seconds(platform.web), cpu.cpu_seconds(platform.postgres), time.process_time()


def _sign_sends(platform: Platform, givers: list[Somebody], chance: random.Random) -> list[bytes]:
    now = clock.now().timestamp()
    interactions, signer = Interactions(int(now * 1000)), Signer(platform.identity.signing_key, int(now))
    requests = []
    for giver in chance.sample(givers, len(givers)):
        receiver = Somebody((giver.number + chance.randrange(1, MEMBERS)) % MEMBERS)
        requests.append(signer.request(interactions.send(giver, receiver, 1)).to(PATH))
    return requests
