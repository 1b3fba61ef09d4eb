"""What was asked of Discord about members' roles: one at a time, one role per call, never a whole list."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Never

from tests.chaos.control import Control

_ROLE: Final = re.compile(r"/guilds/(\d+)/members/(\d+)/roles/\d+")  # noqa: TID251 - of the simulator's own paths
_WHOLE: Final = re.compile(r"/guilds/\d+/members/\d+")  # noqa: TID251 - the same


class RoleCalls:
    """Reads the simulator's log as it grows, because it keeps only the last lines."""

    def __init__(self) -> None:
        self.count = 0
        self.faults: Counter[str] = Counter()
        self.complaints: list[str] = []
        self._last = 0
        self._kills: list[datetime] = []
        self._until: dict[tuple[str, str], tuple[datetime, datetime, str]] = {}
        """Of a member: when the call before began and ended, and what it was."""

    def killed(self, at: datetime) -> None:
        """Note that a worker was killed: what it asked for may still be under way when the next one asks."""
        self._kills.append(at)

    async def watch(self, control: Control) -> Never:
        """Read on until cancelled."""
        while True:
            await self.read(control)
            await asyncio.sleep(0.3)

    async def read(self, control: Control) -> None:
        """Read what is new."""
        page = await control.ask("GET", "/_sim/log", after=self._last, limit=2_000)
        for entry in page["entries"]:
            if entry["status"] is None and entry["elapsed_ms"] is None:
                break  # still under way: it is read once it has an end
            self._last = entry["seq"]
            self._take(entry)

    def _take(self, entry: Mapping[str, Any]) -> None:
        fault = entry["fault"] and entry["fault"]["kind"]
        if fault is not None:
            self.faults[fault] += 1
        said = f"{entry['method']} {entry['path']}"
        if entry["method"] == "PATCH" and _WHOLE.search(entry["path"]):
            self.complaints.append(f"{said}: writes a whole list")
        about = _ROLE.search(entry["path"])
        if about is None or entry["method"] not in ("PUT", "DELETE"):
            return
        self.count += 1
        member, at = (about[1], about[2]), datetime.fromisoformat(entry["at"])
        before = self._until.get(member)
        if before is not None and at < before[1] and not any(before[0] <= kill <= at for kill in self._kills):
            self.complaints.append(f"{said} while {before[2]} was under way")
        # What a fault delays was done when it came, and the worker has given up before it ends.
        took = timedelta(milliseconds=0 if fault is not None else entry["elapsed_ms"] or 0)
        self._until[member] = (at, at + took, said)
