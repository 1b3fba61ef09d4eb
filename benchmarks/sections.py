"""The report's sections: what each measurement means, in words beside its figures."""

from typing import Final

from benchmarks import automod_latency, command_path, imports, memory, moderation, money, pgbench
from benchmarks.command_path import AS_SHIPPED, DISCORD_HTTP, OURS, RESTBOT, Kind
from benchmarks.commands import MEMBERS
from benchmarks.drawing import Bar, bars
from benchmarks.figures import Claim, Series
from benchmarks.report import Picture, Section, Table
from benchmarks.simulator import Costs

_MEMORY_LIMIT: Final = 90.0


def commands(measured: command_path.Measured) -> Section:
    """Write down what a command costs."""
    ours = measured.series(OURS)
    servers = (OURS, RESTBOT.name, DISCORD_HTTP.name, AS_SHIPPED.name)
    rows = tuple(
        (
            name,
            measured.series(name).written(),
            measured.series(name).per(ours).written(2),
            measured.series(name, of="rate").written(),
            measured.series(name, of="p50").written(1),
            measured.series(name, of="p99").written(1),
            f"{measured.sizes[name]:,}",
        )
        for name in servers
    )
    head = ("server", "CPU us/request", "times ours", "requests/s", "p50 ms", "p99 ms", "answer, bytes")
    return Section(
        "A command",
        f"""\
A signed `/about`, answered with its text: by the web role exactly as `make demo` starts it, with
everything it does for every command and with its own PostgreSQL and Valkey beside it, and by two
libraries in their barest form, which answer the same text and do nothing else. One process each on core
0, {command_path.CONNECTIONS} kept-alive connections from core 1, {command_path.PASSES} requests from each
of {MEMBERS:,} members in a round, signed at its start. CPU is that of the server's whole process tree,
until what it does after its answers is done, too; every answer was checked.""",
        tables=(Table(head, rows),),
        claims=(
            Claim(
                "a command: CPU of hikari RESTBot / ours", measured.series(RESTBOT.name).per(ours), 1.3, 1.5
            ),
            Claim("a command: CPU of discord.http / ours", measured.series(DISCORD_HTTP.name).per(ours), 1.7),
        ),
        picture=_picture("command.svg", "CPU of one signed command", measured, "about", servers),
        remarks=(
            """\
hikari RESTBot runs as its documentation advises: with speedups and uvloop, its access log off. *As
shipped* is what `RESTBot.run` does when it is told nothing: asyncio's loop, and a line in the log for
each request. The target is judged by the faster of the two.""",
            """\
discord.http is told at its start what it would ask Discord. Neither peer checks how old a signature is.""",
        ),
    )


def refusals(measured: command_path.Measured) -> Section:
    """Write down what a wrong signature costs."""
    servers = (OURS, RESTBOT.name, DISCORD_HTTP.name)
    ours = measured.series(OURS, "forged")
    refused = {OURS: 401, RESTBOT.name: RESTBOT.rejects_with, DISCORD_HTTP.name: DISCORD_HTTP.rejects_with}
    rows = tuple(
        (
            name,
            measured.series(name, "forged").written(),
            ours.per(measured.series(name, "forged")).written(2),
            str(refused[name]),
        )
        for name in servers
    )
    against = ours.per(measured.series(RESTBOT.name, "forged"))
    return Section(
        "A wrong signature",
        """\
The same requests with a signature of the right form that does not fit: what anybody on the internet can
make a server do.""",
        tables=(Table(("server", "CPU us/refusal", "ours / theirs", "answers"), rows),),
        claims=(Claim("a wrong signature: CPU of ours / hikari RESTBot", against, 0.45, at_least=False),),
        picture=_picture("refusal.svg", "CPU of refusing a wrong signature", measured, "forged", servers),
        remarks=("hikari RESTBot answers 400 and writes a traceback for each; Discord asks for 401.",),
    )


def importing(measured: imports.Measured) -> Section:
    """Write down what imports cost."""
    hikari = measured.series(imports.HIKARI)
    rows = tuple(
        (
            what.name,
            measured.series(what).written(),
            measured.series(what).per(hikari).written(2),
            Series(tuple(measured.memory[what.name])).written(),
        )
        for what in imports.ALL
    )
    return Section(
        "Importing",
        """\
What a cold start does before its first answer: importing what answers a PING, in a fresh process on
core 0, with the `.pyc` there, as every artefact of ours ships them. The AWS handler reads its settings
and builds its endpoint, too.""",
        tables=(Table(("import", "ms", "times hikari", "MiB afterwards"), rows),),
        claims=tuple(
            Claim(
                f"importing {what.name} / hikari",
                measured.series(what).per(hikari),
                0.5,
                0.35,
                at_least=False,
            )
            for what in (imports.LAMBDA, imports.ENDPOINT)
        ),
    )


def sending(measured: money.Measured) -> Section:
    """Write down what sending bytes comes to."""
    sent, booked = measured.series("sent"), measured.series("booked")
    rows = (
        (
            "`/bytes send`, web role",
            sent.written(),
            measured.series("p50").written(1),
            measured.series("p99").written(1),
        ),
        ("`pgbench`, the function alone", booked.written(), "", ""),
    )
    costs = (
        ("web role, CPU us/transfer", measured.series("web_cpu").written()),
        ("PostgreSQL, CPU us/transfer", measured.series("postgres_cpu").written()),
        ("load generator, part of its core", measured.series("generator").written(2)),
    )
    return Section(
        "Sending bytes",
        f"""\
`/bytes send` through the signed webhook of one web process, {pgbench.CLIENTS} connections, each of
{MEMBERS:,} members sending one byte to a random other in a round; beside `pgbench -M prepared -c
{pgbench.CLIENTS}`, which calls `post_transaction` with random members of the same on the same server.
Web role and pgbench have core 0 in turn; PostgreSQL has core 1, and so has the load generator. Only
transfers that are new in the ledger count, and every answer was seen to be a receipt.""",
        tables=(
            Table(("transfers", "a second", "p50 ms", "p99 ms"), rows),
            Table(("while the web role sends", "figure"), costs),
        ),
        claims=(Claim("sending bytes: rate of `/bytes send` / pgbench", sent.per(booked), 0.2, 0.35),),
        remarks=(
            f"{measured.postgres}; {measured.tool}.",
            f"{measured.busy} sends were refused because too much was going on; they count for nothing.",
            f"{measured.transfers:,} transfers later `smarterdev verify` says: {measured.verified}.",
        ),
    )


def footprint(measured: memory.Measured) -> Section:
    """Write down what a process needs."""
    rows = (("after the start", f"{measured.started:.1f}"), ("at most", f"{measured.peak:.1f}"))
    return Section(
        "Memory",
        f"""\
One process that serves `/interactions` and nothing else, as the function on AWS Lambda does, and
{measured.commands:,} commands of {MEMBERS:,} members: leaderboards, daily claims, balances, `/about`,
sends.""",
        tables=(Table(("RSS", "MiB"), rows),),
        claims=(
            Claim(
                "memory of a process with `/interactions` alone, at most",
                Series((measured.peak,)),
                _MEMORY_LIMIT,
                at_least=False,
                unit="MiB",
                digits=1,
            ),
        ),
    )


def sanctioning(measured: moderation.Measured) -> Section:
    """Write down how soon Discord is told of a time-out."""
    rows = tuple(
        (name, series.written(), f"{_p99(series).median:,.0f}")
        for name, series in (("nothing else to do", measured.idle), ("role jobs waiting", measured.busy))
    )
    return Section(
        "A time-out",
        f"""\
From the moment Discord sends a `/timeout` until the member's time-out arrives there: by way of the web
role, the queue and the worker, as `make demo` runs them. {len(measured.idle.values)} of them, one after
the other, each of another member, in one server; then the same with {moderation.BACKLOG:,} role jobs of
that server in the queue, of which {measured.backlog:,} were left at the end. Both moments are from the
simulator's log of requests.""",
        tables=(Table(("with", "ms", "p99"), rows),),
        claims=(
            Claim(
                "a time-out reaches Discord: median", measured.idle, 100, at_least=False, unit="ms", digits=0
            ),
            Claim(
                "a time-out reaches Discord: p99",
                _p99(measured.idle),
                400,
                at_least=False,
                unit="ms",
                digits=0,
            ),
            Claim(
                f"the same with {moderation.BACKLOG:,} role jobs waiting: p99",
                _p99(measured.busy),
                1000,
                at_least=False,
                unit="ms",
                digits=0,
            ),
        ),
        remarks=(
            """\
Discord takes ten changes of members in ten seconds in one server (as the simulator has it), so more at
once wait for Discord and not for us.""",
        ),
    )


def deleting(measured: automod_latency.Measured) -> Section:
    """Write down how soon a message is gone that a rule hits."""
    took = measured.took
    return Section(
        "A message that a rule deletes",
        f"""\
From the moment Discord tells of a message until it is asked to delete it: by way of the listener, the
queue and the worker, as `make demo` runs them with all of its rules, on two cores with everything else.
{len(took.values)} messages one after the other, each of another member, so that each is an incident with an
alert of its own. Both moments are the simulator's.""",
        tables=(Table(("ms", "p99"), ((took.written(), f"{_p99(took).median:,.0f}"),)),),
        claims=(
            Claim("a rule's deletion reaches Discord: median", took, 60, at_least=False, unit="ms", digits=0),
            Claim(
                "a rule's deletion reaches Discord: p99",
                _p99(took),
                250,
                at_least=False,
                unit="ms",
                digits=0,
            ),
        ),
    )


def _p99(series: Series) -> Series:
    """Give the value that all but one in a hundred stay below."""
    ordered = sorted(series.values)
    return Series((ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],))


def simulating(costs: Costs) -> Section:
    """Write down what the simulator costs."""
    rows = tuple((name, series.written()) for name, series in costs.items())
    return Section(
        "The simulator",
        """\
CPU of the simulator for each call and each gateway event, without rate limits. An event is what writing
a message costs more with one client listening than with none.""",
        tables=(Table(("what", "CPU us"), rows),),
    )


def _picture(
    file: str, title: str, measured: command_path.Measured, kind: Kind, servers: tuple[str, ...]
) -> Picture:
    rows = []
    for name in servers:
        series = measured.series(name, kind)
        rows.append(Bar(name, series.median, min(series.values), max(series.values), ours=name == OURS))
    listed = ", ".join(f"{row.label} {row.value:.0f}" for row in rows)
    return Picture(file, f"{title} in microseconds: {listed}", bars(title, "us", rows))
