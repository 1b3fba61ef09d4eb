"""What auto-mod costs: one message judged by all rules of a guild, beside RE2 alone.

`python -m benchmarks.automod` measures it alone, on whatever else the machine does.
"""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import click
import re2

from app.automod.compiled import GuildRules, compile_rules
from app.automod.judge import judge
from app.automod.patterns import compile_pattern
from app.automod.rule import Rule
from app.automod.windows import Windows
from app.ids import new_id
from benchmarks.automod_texts import (
    CLEAN,
    LONGEST,
    ODD,
    PATTERNS,
    RULES,
    WORST,
    guild_rules,
    largest_rules,
    of_all_kinds,
    seen,
)
from benchmarks.figures import Claim, Series
from benchmarks.report import Section, Table

_CALLS: Final = 20_000
_MESSAGES: Final = 20_000


@dataclass(frozen=True)
class Measured:
    """What judging costs, in CPU time, one figure for each round.

    Attributes:
        clean: Microseconds for a clean message of 200 ASCII characters.
        alone: Microseconds for RE2's search for the same patterns in it.
        p50: Milliseconds for messages of all kinds and lengths: half of them take less ...
        p99: ... all but one in a hundred ...
        p999: ... and all but one in a thousand.
        odd: Milliseconds for one of 4,000 characters with nothing but words that make judging look closer.
        worst: Milliseconds for the ten worst patterns, each on its worst text, together.
        ready: Milliseconds for making the rules ready.
        largest: Milliseconds for reading rules as large as can be saved, and making them ready.
    """

    clean: Series
    alone: Series
    p50: Series
    p99: Series
    p999: Series
    odd: Series
    worst: Series
    ready: Series
    largest: Series


def measure(*, rounds: int, chance: random.Random, say: Callable[[str], None]) -> Measured:
    """Measure it, everything once in each round."""
    rules = guild_rules()
    patterns = [pattern for rule in rules for pattern in getattr(rule.trigger, "patterns", ())]
    if (len(rules), len(patterns)) != (RULES, PATTERNS):
        raise ValueError("The rules are not as many as the report says.")
    alone = re2.Set.SearchSet()
    for pattern in patterns:
        alone.Add(f"(?i){pattern}")
    alone.Compile()
    keyed = [(new_id(), rule) for rule in rules]
    judge(compile_rules(keyed), seen(0, " ".join(ODD)), Windows())  # what is read and compiled once
    figures: dict[str, list[float]] = {name: [] for name in Measured.__dataclass_fields__}
    for number in range(1, rounds + 1):
        say(f"judging messages, round {number} of {rounds}")
        started = time.process_time_ns()
        ready = compile_rules(keyed)
        figures["ready"].append((time.process_time_ns() - started) / 1e6)
        figures["clean"].append(_clean(ready))
        figures["alone"].append(_per_call(lambda _: alone.Match(CLEAN)))
        took = sorted(_each(ready, of_all_kinds(_MESSAGES, chance)))
        for name, share in (("p50", 500), ("p99", 990), ("p999", 999)):
            figures[name].append(took[len(took) * share // 1000])
        figures["odd"] += _each(ready, [" ".join(chance.choices(ODD, k=LONGEST))[:LONGEST]])
        figures["worst"].append(_worst())
        figures["largest"].append(_largest(number))
    return Measured(**{name: Series(tuple(values)) for name, values in figures.items()})


def _clean(ready: GuildRules) -> float:
    """Judge the clean message, again and again in ever new messages by members who write at their leisure."""
    windows = Windows()
    messages = [seen(number, f"{CLEAN[:-6]} {number:05}") for number in range(_CALLS)]
    if judge(ready, messages[0], windows):
        raise ValueError("The clean message is hit by a rule.")
    return _per_call(lambda number: judge(ready, messages[number], windows))


def _per_call(call: Callable[[int], object]) -> float:
    started = time.process_time_ns()
    for number in range(_CALLS):
        call(number)
    return (time.process_time_ns() - started) / _CALLS / 1e3


def _each(ready: GuildRules, texts: Iterable[str]) -> list[float]:
    """Judge messages, and tell the milliseconds of each."""
    windows, took = Windows(), []
    for number, text in enumerate(texts):
        message = seen(number, text)
        started = time.process_time_ns()
        judge(ready, message, windows)
        took.append((time.process_time_ns() - started) / 1e6)
    return took


def _worst() -> float:
    compiled = [(compile_pattern(pattern), (piece * LONGEST)[:LONGEST]) for pattern, piece in WORST]
    started = time.process_time_ns()
    for pattern, text in compiled:
        pattern.search(text)
    return (time.process_time_ns() - started) / 1e6


def _largest(number: int) -> float:
    """Read and make ready rules that no process saw before: of every round others."""
    documents = largest_rules(2 * number)
    changed = [
        document
        | {
            "trigger": document["trigger"]
            | {"patterns": [f"q{pattern}" for pattern in document["trigger"]["patterns"]]}
        }
        for document in documents
    ]
    started = time.process_time_ns()
    ready = compile_rules([(new_id(), Rule.model_validate(document)) for document in changed])
    took = (time.process_time_ns() - started) / 1e6
    if ready.take_broken():
        raise ValueError("Rules that can be saved cannot be asked.")
    return took


def judging(measured: Measured) -> Section:
    """Write down what judging costs."""
    rows = (
        ("a clean message of 200 characters, us", measured.clean.written(1)),
        ("RE2 alone on it, all patterns at once, us", measured.alone.written(2)),
        ("messages of all kinds: half take at most, ms", measured.p50.written(3)),
        ("99 of 100, ms", measured.p99.written(3)),
        ("999 of 1,000, ms", measured.p999.written(2)),
        ("4,000 characters of links, other alphabets and the like, ms", measured.odd.written(1)),
        ("the ten worst patterns on 4,000 characters each, ms together", measured.worst.written(1)),
        ("making the rules ready, ms", measured.ready.written(1)),
        ("reading rules as large as can be saved and making them ready, ms", measured.largest.written()),
    )
    return Section(
        "Judging a message",
        f"""\
What auto-mod costs the listener for each message: {RULES} rules of all kinds with {PATTERNS} patterns in
one process, in CPU time. The clean message is judged {_CALLS:,} times in a round, each time with another
ending and of one of fifty members; then {_MESSAGES:,} messages of 8 to 4,000 characters, of whose words
one in twenty is a link, of another alphabet, or otherwise makes judging look closer.""",
        tables=(Table(("what", "CPU"), rows),),
        claims=(
            Claim(
                "judging a clean message", measured.clean, 12, 9, at_least=False, unit="us", digits=1
            ),
            Claim("judging a message: p99.9", measured.p999, 1, at_least=False, unit="ms"),
            Claim("the ten worst patterns together", measured.worst, 50, at_least=False, unit="ms", digits=1),
            Claim(
                "making the largest rules of a server ready",
                measured.largest,
                1000,
                at_least=False,
                unit="ms",
                digits=0,
            ),
        ),
    )  # fmt: skip


@click.command(context_settings={"show_default": True})
@click.option("--rounds", default=5, type=click.IntRange(1))
@click.option("--seed", default=1, type=int)
def main(*, rounds: int, seed: int) -> None:
    """Measure what judging a message costs."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    section = judging(measure(rounds=rounds, chance=chance, say=lambda _: None))
    for table in section.tables:
        click.echo(table.markdown())
    for claim in section.claims:
        bound = claim.bound(claim.target)
        click.echo(
            f"{claim.what}: {claim.series.written(claim.digits)} {claim.unit}, {bound}: {claim.verdict.value}"
        )


if __name__ == "__main__":
    main()
