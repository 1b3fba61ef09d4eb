"""A worker whose jobs kill it, as a process of its own: `python -m tests.edges.worker.deadly URL`."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import cast

from app.components.custom_id import CustomIds
from app.database.engine import connect_database
from app.discord.port import Discord
from app.jobs.kinds import ReconcileMember
from app.replies.service import TokenBox
from app.worker.outcomes import Outcome
from app.worker.runner import Runner
from app.worker.work import Work


async def die(_work: Work, _job: ReconcileMember) -> Outcome:
    """Take the worker along."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


async def main(url: str) -> None:
    """Work until that happens."""
    work = Work(
        connect_database(url), cast("Discord", None), TokenBox(bytes(32)), CustomIds(b"a key of the tests")
    )
    await Runner(work, url, {ReconcileMember: die}, {}, lease=timedelta(seconds=1)).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
