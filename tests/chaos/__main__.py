"""`make chaos SEED=n`: the long storm, and what was seen in it."""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

import click

from tests.chaos.storm import Size, Storm


@click.command()
@click.option("--seed", type=int, default=None, help="Repeat the lots of a storm.")
@click.option("--guilds", default=30, show_default=True)
@click.option("--members", default=50, show_default=True, help="Of each guild.")
@click.option("--changes", default=1500, show_default=True, help="Role changes that are decided.")
@click.option("--kills", default=90, show_default=True, help="Of the worker, by SIGKILL.")
@click.option("--crashes", default=2, show_default=True, help="Of PostgreSQL.")
@click.option("--seconds", default=900.0, show_default=True, help="To come to rest after the storm.")
def main(*, seed: int | None, **size: float) -> None:
    """Decide role changes while everything fails, and see whether each was carried out."""
    seed = random.randrange(10**6) if seed is None else seed
    click.echo(f"SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="smarterdev-chaos-") as home:
        seen = asyncio.run(Storm(seed, Size(**size), Path(home), say=click.echo).run())  # type: ignore[arg-type] # click makes whole numbers of them
    click.echo(
        f"{seen.changes} changes, {seen.kills} kills, {seen.crashes} crashes, {seen.requests} requests, "
        f"{sum(seen.faults.values())} faults {dict(seen.faults)}, "
        f"{sum(seen.own_refusals.values())} refusals of our own doing, {seen.seconds:.0f} s"
    )
    for title, found in (
        ("differs", seen.differences),
        ("held", seen.held),
        ("does not hold", seen.violations),
    ):
        for line in found:
            click.echo(f"{title}: {line}")
    click.echo(f"{seen.left} jobs left")
    most = max(seen.own_refusals.values(), default=0)
    if most > seen.starts:
        click.echo(f"a bucket refused {most} times in {seen.starts} starts")
    sys.exit(bool(seen.differences or seen.held or seen.violations or seen.left or most > seen.starts))


if __name__ == "__main__":
    main()
