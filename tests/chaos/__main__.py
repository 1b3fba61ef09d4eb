"""`make chaos SEED=n`: the long storm, and what was seen in it."""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

import click

from tests.chaos.report import Size
from tests.chaos.storm import Storm


@click.command()
@click.option("--seed", type=int, default=None, help="Repeat the lots of a storm.")
@click.option("--guilds", default=30, show_default=True)
@click.option("--members", default=50, show_default=True, help="Of each guild.")
@click.option("--changes", default=1500, show_default=True, help="Role changes that are decided.")
@click.option("--sanctions", default=1500, show_default=True, help="That are decided.")
@click.option("--kills", default=90, show_default=True, help="Of the worker, by SIGKILL.")
@click.option("--crashes", default=2, show_default=True, help="Of PostgreSQL.")
@click.option("--soon", default=60.0, show_default=True, help="Seconds of a sanction that ends meanwhile.")
@click.option("--clears-up-after", default=840.0, show_default=True, help="Seconds until Discord is well.")
@click.option("--seconds", default=1200.0, show_default=True, help="To come to rest after the storm.")
def main(*, seed: int | None, **size: float) -> None:
    """Decide while everything fails, and see whether everything was carried out."""
    seed = random.randrange(10**6) if seed is None else seed
    click.echo(f"SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="smarterdev-chaos-") as home:
        seen = asyncio.run(Storm(seed, Size(**size), Path(home), say=click.echo).run())  # type: ignore[arg-type] # click makes whole numbers of them
    click.echo(
        f"{seen.changes} role changes, {seen.sanctions} sanctions {dict(seen.orders)}, {seen.kills} kills, "
        f"{seen.crashes} crashes, {seen.requests} requests, {sum(seen.faults.values())} faults "
        f"{dict(seen.faults)}, {sum(seen.own_refusals.values())} refusals of our own doing in {seen.starts} "
        f"starts, {seen.seconds:.0f} s"
    )
    click.echo(f"cases: {dict(seen.outcomes.most_common())}")
    complaints = seen.complaints + seen.refused_again
    for line in complaints:
        click.echo(line)
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
