"""What a process that serves only `/interactions` needs at most, after thousands of commands."""

import random
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

import uvloop

from app import clock
from app.demo.processes import free_port
from app.settings import inherited_environment
from benchmarks import cpu
from benchmarks.commands import MEMBERS, Interactions, Somebody, everybody
from benchmarks.load import OK, run_load
from benchmarks.platform import Platform
from benchmarks.servers import await_port
from benchmarks.signed import Signer
from interactions.endpoint import PATH

CONNECTIONS: Final = 16
_LOOKS: Final = 500
"""Leaderboards looked at: each sorts all members, so fewer of them than of the rest."""


@dataclass(frozen=True)
class Measured:
    """MiB of RSS.

    Attributes:
        started: After the start, before any request.
        peak: The most there ever was.
        commands: How many commands it answered.
    """

    started: float
    peak: float
    commands: int


def measure(platform: Platform, chance: random.Random) -> Measured:
    """Run the process, have it answer thousands of commands, and read its peak.

    Raises:
        WrongAnswerError: an answer was not 200.
    """
    port = free_port("127.0.0.1")
    log = platform.home / "endpoint_only.log"
    environment = {
        **inherited_environment(),
        "DATABASE_URL": platform.database_url,
        "REDIS_URL": platform.redis_url,
        "SMARTERDEV_DISCORD_APPLICATION_ID": str(platform.identity.application_id),
        "SMARTERDEV_DISCORD_PUBLIC_KEY": platform.identity.public_key,
        "SMARTERDEV_DISCORD_BOT_TOKEN": platform.identity.bot_token,
    }
    with log.open("wb") as output, cpu.pinned(cpu.SERVER_CORE):
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.endpoint_only", str(port)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        await_port(process, port, log)
        started = cpu.peak_memory_mib(process.pid)
        requests = _requests(platform, chance)
        answers = uvloop.run(
            run_load(port, requests, connections=CONNECTIONS, check=lambda status, _: status == OK)
        )
        answers.require_right("the process with /interactions alone")
        return Measured(started, cpu.peak_memory_mib(process.pid), answers.count)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _requests(platform: Platform, chance: random.Random) -> list[bytes]:
    """Write commands of every kind, one of each from every member, in a random order of members."""
    now = clock.now().timestamp()
    interactions, signer = Interactions(int(now * 1000)), Signer(platform.identity.signing_key, int(now))
    members = chance.sample(everybody(), MEMBERS)
    bodies = [interactions.bytes_command(member, "leaderboard") for member in members[:_LOOKS]]
    for subcommand in ("daily", "balance"):
        bodies += [interactions.bytes_command(member, subcommand) for member in members]
    bodies += [interactions.about(member) for member in members]
    bodies += [
        interactions.send(member, Somebody((member.number + chance.randrange(1, MEMBERS)) % MEMBERS), 1)
        for member in members
    ]
    return [signer.request(body).to(PATH) for body in bodies]
