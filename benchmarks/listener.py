"""What an event of the gateway costs: heard, understood and judged, beside hikari that hands it to nobody.

Both are one process with a real shard of hikari at the same gateway, which tells both the same messages.
`python -m benchmarks.listener` measures it alone, on whatever else the machine does.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import click
import hikari
import httpx2
import msgspec
from hikari.impl import CacheSettings
from hikari.internal.data_binding import default_json_loads
from prometheus_client import REGISTRY

from app.automod.compiled import Broken
from app.automod.judge import Verdict
from app.automod.observation import Observation
from app.automod.stored import StoredRule
from app.database.engine import TOOL_PATIENCE, connect_database
from app.demo.processes import free_port
from app.ids import new_id
from app.settings import load_settings
from benchmarks import cpu
from benchmarks.automod_texts import PATTERNS, RULES, guild_rules
from benchmarks.figures import Claim, Series
from benchmarks.listener_gateway import GUILDS, WARM_UP
from benchmarks.load import WrongAnswerError
from benchmarks.report import Section, Table
from moderation_listener import intents
from moderation_listener.hearing import Hearing
from moderation_listener.listener import Listener
from moderation_listener.watch import Watch

EVENTS: Final = 20_000
ROUNDS: Final = 5
OURS: Final = "the listener"
HIKARI: Final = "hikari, for nobody"
HIKARI_MSGSPEC: Final = "hikari, for nobody, reading JSON as we do"

_TOKEN: Final = "OTczMjY5NzE5NDU5MDM3MzEz.GcX1aQ.a-token-for-measuring"  # noqa: S105 - of nobody
_PATIENCE: Final = 90.0
_A_MOMENT: Final = 0.2
_KINDS: Final = {OURS: "ours", HIKARI: "hikari", HIKARI_MSGSPEC: "hikari-msgspec"}


@dataclass(frozen=True)
class Measured:
    """Events in a second of one core, of each round; by who heard them."""

    rates: Mapping[str, Series]


def measure(*, rounds: int, chance: random.Random, say: Callable[[str], None]) -> Measured:
    """Measure it, both once in each round, in any order."""
    found: dict[str, list[float]] = {name: [] for name in _KINDS}
    for number in range(1, rounds + 1):
        say(f"events of the gateway, round {number} of {rounds}")
        with _gateway(chance.randrange(2**31)) as port:
            for name in chance.sample(list(_KINDS), len(_KINDS)):
                found[name].append(_heard(_KINDS[name], port))
    return Measured({name: Series(tuple(values)) for name, values in found.items()})


def section(measured: Measured) -> Section:
    """Write down what an event costs."""
    ours, theirs = measured.rates[OURS], measured.rates[HIKARI]
    same = measured.rates[HIKARI_MSGSPEC]
    rows = tuple(
        (name, series.written(), series.per(theirs).written(2)) for name, series in measured.rates.items()
    )
    return Section(
        "An event of the gateway",
        f"""\
{EVENTS:,} messages of all kinds and lengths from {GUILDS} servers, each with {RULES} rules of {PATTERNS}
patterns, told by a gateway on core 1 as fast as they are heard. The listener on core 0 reads, notes and
judges each, and hands on what rules say; writing that down is not measured, and no server is left out for
taking long. Beside it a bot of hikari with the same intents and no cache, which makes its own objects of
each message for a function that does nothing: as it comes, and with the same reader of JSON as ours. CPU
time is that of the whole process between the first message and the last.""",
        tables=(Table(("who", "events per second of one core", "times hikari"), rows),),
        claims=(
            Claim("an event: ours / hikari for nobody", ours.per(theirs), 0.7, 0.8),
            Claim("the same, hikari reading JSON as we do", ours.per(same), 0.7, 0.8),
        ),
        remarks=("The listener takes events as Discord writes them, and makes of them what it needs.",),
    )


@contextmanager
def _gateway(seed: int) -> Iterator[int]:
    """Have a gateway for the length of the block; gives its port."""
    port = free_port("127.0.0.1")
    command = [sys.executable, "-m", "benchmarks.listener_gateway", str(port), str(EVENTS), str(seed)]
    with cpu.pinned(cpu.LOAD_CORE):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - our own
    try:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise WrongAnswerError("The gateway of the benchmarks did not start. Nothing was written.")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _heard(kind: str, port: int) -> float:
    """Have one process hear the stream; gives its events in a second of one core."""
    command = [sys.executable, "-m", "benchmarks.listener", "--hear", kind, "--port", str(port)]
    with cpu.pinned(cpu.SERVER_CORE):
        heard = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 - our own
    if heard.returncode:
        raise WrongAnswerError(f"{kind} did not hear everything: {heard.stderr.decode()[-2000:]}")
    return EVENTS / float(json.loads(heard.stdout)["cpu"])


# --- what runs in a process of its own -------------------------------------------------------------


class _Meter:
    """CPU time from the first message that counts to the last."""

    def __init__(self) -> None:
        self.heard = 0
        self.warm = asyncio.Event()
        self.ended = asyncio.Event()
        self._started = 0.0
        self.cpu = 0.0

    def note(self) -> None:
        """Count a message."""
        self.heard += 1
        if self.heard == WARM_UP:
            self.warm.set()
        elif self.heard == WARM_UP + EVENTS:
            self.cpu = time.process_time() - self._started
            self.ended.set()

    async def start(self, port: int, is_ready: Callable[[], bool] = lambda: True) -> None:
        """Have the messages come that count, as soon as it is ready for them."""
        await self.warm.wait()
        while True:
            await asyncio.sleep(_A_MOMENT)
            if is_ready():
                break
        self._started = time.process_time()
        async with httpx2.AsyncClient() as client:
            (await client.post(f"http://127.0.0.1:{port}/go")).raise_for_status()


class _Metered(Hearing):
    """What the listener hears with, and a meter."""

    meter: _Meter

    def hear(self, event: str, payload: Mapping[str, Any]) -> None:
        """Hear, and count it afterwards."""
        super().hear(event, payload)
        if event == "MESSAGE_CREATE":
            self.meter.note()


class _Nothing:
    """A history in which nothing was missed."""

    async def messages(self, channel_id: int) -> Sequence[Mapping[str, Any]]:  # noqa: ARG002 - the port has it
        return []

    async def member(self, guild_id: int, user_id: int) -> None:  # noqa: ARG002 - the same
        return None

    async def audit_entries(self, guild_id: int, *, after: int) -> Sequence[Mapping[str, Any]]:  # noqa: ARG002 - the same
        return []


async def _ours(meter: _Meter, port: int) -> None:
    settings = load_settings(
        discord_bot_token=_TOKEN,
        discord_api_url=f"http://127.0.0.1:{port}/api/v10",
        database_url="postgresql://nobody@127.0.0.1:1/nothing",
    )
    rules = [StoredRule(new_id(), place, each, 1) for place, each in enumerate(guild_rules())]

    async def load(_guild_id: int) -> Sequence[StoredRule]:
        return rules

    async def act(_observation: Observation, _verdicts: Sequence[Verdict]) -> None: ...

    async def pause(_guild_id: int, broken: Broken, _version: int) -> None:
        raise broken.error

    # Nobody answers there: what the listener has to write waits in memory, as it does while one is away.
    database = connect_database(
        "postgresql://nobody@127.0.0.1:1/nothing", pool_size=1, patience=TOOL_PATIENCE
    )
    hearing = _Metered(database, Watch(load, act, pause, budget=_PATIENCE), _Nothing())
    hearing.meter = meter
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Listener(settings, database, hearing).listen(stop))
        await meter.start(port, lambda: _value("smarterdev_automod_held_observations") == 0)
        await meter.ended.wait()
        stop.set()
    judged = _value("smarterdev_automod_judged_total", kind="message")
    if judged != WARM_UP + EVENTS:
        raise WrongAnswerError(
            f"Of {WARM_UP + EVENTS} messages {judged:.0f} were judged. Nothing was written."
        )
    await database.close()


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def _hikaris(meter: _Meter, port: int, loads: Callable[[bytes | str], Any]) -> None:
    bot = hikari.GatewayBot(
        _TOKEN,
        intents=intents.bits(),
        cache_settings=CacheSettings(components=hikari.api.CacheComponents.NONE),
        auto_chunk_members=False,
        loads=loads,
        rest_url=f"http://127.0.0.1:{port}/api/v10",
        banner=None,
        logs=None,
        suppress_optimization_warning=True,
    )

    async def nothing(_event: hikari.GuildMessageCreateEvent) -> None:
        meter.note()

    bot.subscribe(hikari.GuildMessageCreateEvent, nothing)
    await bot.start(check_for_updates=False, large_threshold=50)
    await meter.start(port)
    await meter.ended.wait()
    await bot.close()


async def _hear(kind: str, port: int) -> float:
    meter = _Meter()
    async with asyncio.timeout(_PATIENCE):
        if kind == _KINDS[OURS]:
            await _ours(meter, port)
        else:
            loads = default_json_loads if kind == _KINDS[HIKARI] else msgspec.json.decode
            await _hikaris(meter, port, loads)
    return meter.cpu


@click.command(context_settings={"show_default": True})
@click.option("--rounds", default=ROUNDS, type=click.IntRange(1))
@click.option("--seed", default=1, type=int)
@click.option("--hear", type=click.Choice(list(_KINDS.values())), hidden=True)
@click.option("--port", type=int, default=0, hidden=True)
def main(*, rounds: int, seed: int, hear: str | None, port: int) -> None:
    """Measure what an event costs."""
    if hear is not None:
        click.echo(json.dumps({"cpu": asyncio.run(_hear(hear, port))}))
        return
    measured = measure(rounds=rounds, chance=random.Random(seed), say=click.echo)  # noqa: S311 - no secret
    for name, series in measured.rates.items():
        click.echo(f"{name}: {series.written()} events per second of one core")
    for name in (HIKARI, HIKARI_MSGSPEC):
        click.echo(f"ours / {name}: {measured.rates[OURS].per(measured.rates[name]).written(2)}")


if __name__ == "__main__":
    main()
