"""`make bench`: measure everything and write the report."""

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click

from app import clock
from app.demo.processes import free_port
from benchmarks import (
    automod,
    automod_latency,
    command_path,
    cpu,
    imports,
    listener,
    machine,
    memory,
    moderation,
    money,
    sections,
    simulator,
)
from benchmarks.load import WrongAnswerError
from benchmarks.platform import NotStartedError, Platform, platform
from benchmarks.report import Section, render

_HERE: Final = Path(__file__).parent
REPORT: Final = _HERE / "REPORT.md"

PARTS: Final = (
    "commands",
    "imports",
    "money",
    "memory",
    "moderation",
    "deletion",
    "judging",
    "listener",
    "simulator",
)
_ON_THE_PLATFORM: Final = frozenset({"commands", "money", "memory", "moderation", "deletion"})
_TIMEOUTS: Final = 100
_JUDGING_ROUNDS: Final = 7
_DELETIONS: Final = 120
_SIMULATOR_CALLS: Final = 1000
_LARGEST_SEED: Final = 2**32


@click.command(context_settings={"show_default": True})
@click.option("--rounds", default=10, help="Rounds of commands and wrong signatures.", type=click.IntRange(1))
@click.option("--import-rounds", default=9, help="Rounds of imports.", type=click.IntRange(1))
@click.option("--money-rounds", default=7, help="Rounds of sending bytes.", type=click.IntRange(1))
@click.option("--simulator-rounds", default=5, help="Rounds of the simulator.", type=click.IntRange(1))
@click.option("--seed", default=None, type=int, help="Of every order and choice; unset: any.")
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Measure this and write no file.")
def main(
    *,
    rounds: int,
    import_rounds: int,
    money_rounds: int,
    simulator_rounds: int,
    seed: int | None,
    only: tuple[str, ...],
) -> None:
    """Measure what the platform costs and write it to benchmarks/REPORT.md."""
    needed = {cpu.SERVER_CORE, cpu.LOAD_CORE}
    if not needed <= set(cpu.cores()):
        raise click.ClickException("This takes two cores, 0 and 1: one for servers, one for their clients.")
    os.sched_setaffinity(0, {cpu.LOAD_CORE})
    seed = random.SystemRandom().randrange(_LARGEST_SEED) if seed is None else seed
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret, and a seed repeats the orders
    started, load_before = clock.monotonic(), machine.load()

    def say(what: str) -> None:
        click.echo(f"{clock.monotonic() - started:5.0f} s  {what}", err=True)

    say(f"seed {seed}")
    counts = {
        "commands": rounds,
        "imports": import_rounds,
        "money": money_rounds,
        "memory": 1,
        "moderation": 1,
        "deletion": 1,
        "judging": _JUDGING_ROUNDS,
        "listener": listener.ROUNDS,
        "simulator": simulator_rounds,
    }
    parts = only or PARTS
    try:
        with ExitStack() as stack:
            running = None
            if _ON_THE_PLATFORM & set(parts):
                say("starting the platform as `make demo` does")
                running = stack.enter_context(platform())
            measured = [
                section
                for part in PARTS
                if part in parts
                for section in _measure(part, counts[part], running, chance, say)
            ]
    except (NotStartedError, WrongAnswerError, TimeoutError) as error:
        raise click.ClickException(str(error) or "A server took too long. Nothing was written.") from error
    told = machine.facts(
        seed=seed,
        rounds=[(part, counts[part]) for part in parts],
        seconds=clock.monotonic() - started,
        load_before=load_before,
    )
    report = render(told, measured)
    click.echo(report)
    if only:
        return
    for section in measured:
        if section.picture is not None:
            (_HERE / section.picture.file).write_text(section.picture.svg)
    REPORT.write_text(report)
    say(f"written to {REPORT}")


def _measure(
    part: str, rounds: int, running: Platform | None, chance: random.Random, say: Callable[[str], None]
) -> list[Section]:
    """Measure one part; the platform runs for those that need it."""
    if part == "imports":
        return [sections.importing(imports.measure(rounds=rounds, chance=chance, say=say))]
    if part == "judging":
        return [automod.judging(automod.measure(rounds=rounds, chance=chance, say=say))]
    if part == "listener":
        return [listener.section(listener.measure(rounds=rounds, chance=chance, say=say))]
    if part == "simulator":
        say("the simulator")
        return [sections.simulating(_simulator(rounds))]
    if running is None:
        raise NotStartedError(f"{part} is measured on the platform, and it does not run.")
    return _measure_platform(part, rounds, running, chance, say)


def _measure_platform(
    part: str, rounds: int, running: Platform, chance: random.Random, say: Callable[[str], None]
) -> list[Section]:
    """Measure one part of what runs."""
    if part == "commands":
        measured = command_path.measure(running, rounds=rounds, chance=chance, say=say)
        return [sections.commands(measured), sections.refusals(measured)]
    if part == "money":
        return [sections.sending(money.measure(running, rounds=rounds, chance=chance, say=say))]
    if part == "moderation":
        return [sections.sanctioning(moderation.measure(running, commands=_TIMEOUTS, say=say))]
    if part == "deletion":
        return [sections.deleting(automod_latency.measure(running, messages=_DELETIONS, say=say))]
    say("memory")
    return [sections.footprint(memory.measure(running, chance))]


def _simulator(rounds: int) -> simulator.Costs:
    """Measure the simulator on the servers' core, its clients on ours."""
    port = free_port("127.0.0.1")
    return asyncio.run(simulator.measure(port, rounds=rounds, calls=_SIMULATOR_CALLS))


if __name__ == "__main__":
    main()
