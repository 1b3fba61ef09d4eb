"""PostgreSQL's own load generator, calling the function that books: the ceiling of all that sends bytes."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.embedded.wheels import find_postgres
from benchmarks import cpu
from benchmarks.commands import GUILD_ID, MEMBERS, Somebody
from benchmarks.platform import NotStartedError

CLIENTS: Final = 32

_STEP: Final = Somebody(1).user_id - Somebody(0).user_id
_SCRIPT: Final = f"""\
\\set giver random(0, {MEMBERS - 1})
\\set receiver (:giver + random(1, {MEMBERS - 1})) % {MEMBERS}
\\set giver_id {Somebody(0).user_id} + :giver * {_STEP}
\\set receiver_id {Somebody(0).user_id} + :receiver * {_STEP}
SELECT outcome FROM post_transaction(
    p_id => {{new_id}}(), p_idempotency_key => 'pgbench:' || gen_random_uuid(),
    p_guild_id => {GUILD_ID}, p_kind => 'transfer', p_amount => 1,
    p_giver_id => :giver_id, p_giver_username => 'member',
    p_receiver_id => :receiver_id, p_receiver_username => 'member',
    p_starting_id => gen_random_uuid(), p_starting_balance => 100);
"""  # noqa: S608 - our own numbers
_TPS: Final = re.compile(r"^tps = ([\d.]+) \(without", re.MULTILINE)  # noqa: TID251 - ours
_DONE: Final = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)  # noqa: TID251 - the same
_FAILED: Final = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)  # noqa: TID251 - the same
_UUIDV7_SINCE: Final = 18  # of PostgreSQL: `uuidv7()`, whose ids sort by time as ours do


@dataclass(frozen=True)
class Pgbench:
    """One installed pgbench."""

    program: Path

    @property
    def version(self) -> str:
        """What it says it is."""
        answer = subprocess.run(  # noqa: S603 - found by us
            [self.program, "--version"], capture_output=True, text=True, check=True
        )
        return answer.stdout.strip()

    def run(
        self, url: str, *, server_version: int, seconds: int, script: Path, clients: int = CLIENTS
    ) -> "Booked":
        """Book at full speed for some seconds, prepared, from the core where the web role is at other times.

        Raises:
            NotStartedError: it failed; with what it said.
        """
        new_id = "uuidv7" if server_version >= _UUIDV7_SINCE else "gen_random_uuid"
        script.write_text(_SCRIPT.format(new_id=new_id))
        command = [
            *(str(self.program), "-M", "prepared", "-n", "-c", str(clients), "-j", "1"),
            *("-T", str(seconds), "-f", str(script), url),
        ]
        with cpu.pinned(cpu.SERVER_CORE):
            answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - found by us
        if answer.returncode != 0:
            raise NotStartedError(f"pgbench failed: {answer.stderr.strip()[-1000:]}")
        return parse(answer.stdout)


@dataclass(frozen=True)
class Booked:
    """What pgbench says it did."""

    rate: float
    count: int


def parse(output: str) -> Booked:
    """Read pgbench's own summary.

    Raises:
        NotStartedError: it is not one, or something failed.
    """
    rate, count, failed = _TPS.search(output), _DONE.search(output), _FAILED.search(output)
    if rate is None or count is None or (failed is not None and int(failed[1])):
        raise NotStartedError(f"pgbench did not do what it was asked for. It said:\n{output}")
    return Booked(float(rate[1]), int(count[1]))


def find() -> Pgbench:
    """Find pgbench: the one beside our embedded PostgreSQL, else the machine's.

    Raises:
        NotStartedError: there is none.
    """
    beside = find_postgres().bin_dir / "pgbench"
    if beside.exists():
        return Pgbench(beside)
    installed = shutil.which("pgbench")
    if installed is None:
        raise NotStartedError(
            "There is no pgbench. Debian: apt-get install postgresql-contrib (or postgresql)."
        )
    return Pgbench(Path(installed))
