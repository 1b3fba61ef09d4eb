"""Reading the simulator's log as it grows, because it keeps only the last lines: who asked, and how soon."""

import asyncio
import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Never

from app import clock
from tests.chaos.control import Control
from tests.chaos.report import Report

FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "server_error", "probability": 0.08, "status": 503},
    {"kind": "server_error", "probability": 0.03, "status": 502},
    {"kind": "rate_limit_user", "probability": 0.06, "retry_after": 0.5},
    {"kind": "rate_limit_shared", "probability": 0.03, "retry_after": 0.5},
    {"kind": "reset", "probability": 0.04},
    {"kind": "lost_answer", "probability": 0.08},
    {"kind": "malformed", "probability": 0.02},
    {"kind": "delay", "probability": 0.002, "seconds": 6.0, "when": "after"},
)
"""A third of all requests, together. The last one takes longer than the worker waits."""

_WAITS: Final = {
    each["kind"]: timedelta(seconds=each["retry_after"]) for each in FAULTS if "retry_after" in each
}
_UNREAD: Final = timedelta(seconds=0.25)
"""How long an answer may lie in a busy machine before the worker has read it."""

_MAJOR: Final = re.compile(r"/(guilds|channels)/\d+")  # noqa: TID251 - of the simulator's own paths
_TOO_MANY, _UNAUTHORIZED = 429, 401


@dataclass
class Traffic:
    """What was seen of it so far."""

    report: Report
    _last: int = 0
    _waiting: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    """What is not to be asked again -> from when, until when. Of the worker that was told."""
    _starts: list[datetime] = field(default_factory=list)
    _start: int = 0
    _refused_at: datetime | None = None

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

    def begin(self) -> None:
        """Note that another worker starts, to whom nobody has said anything yet."""
        self._starts.append(clock.now())

    def _take(self, entry: Mapping[str, Any]) -> None:
        at = datetime.fromisoformat(entry["at"])
        start = bisect(self._starts, at)
        if start != self._start:
            self._start, self._refused_at = start, None
            self._waiting.clear()
        self.report.requests += 1
        fault = entry["fault"] and entry["fault"]["kind"]
        if fault is not None:
            self.report.faults[fault] += 1
        keys = _keys(entry)
        self._judge(entry, at, keys)
        answered = at + timedelta(milliseconds=entry["elapsed_ms"] or 0)
        if entry["status"] == _UNAUTHORIZED:
            self._refused_at = answered
        if entry["status"] != _TOO_MANY:
            return
        if fault not in _WAITS:
            self.report.own_refusals[self._start, keys[0]] += 1
        elif fault == "rate_limit_user":
            self._waiting[keys[0]] = (answered, answered + _WAITS[fault])
        elif entry["method"] != "GET":  # of what is read, others may ask the same
            self._waiting[keys[1]] = (answered, answered + _WAITS[fault])

    def _judge(self, entry: Mapping[str, Any], at: datetime, keys: Sequence[str]) -> None:
        """Note what should not have come yet, or at all."""
        said = f"{entry['method']} {entry['path']}"
        if self._refused_at is not None and at > self._refused_at + _UNREAD:
            self.report.impatient.append(f"{said} after the token was refused")
        for key in keys:
            since, until = self._waiting.get(key, (at, at))
            if since + _UNREAD < at < until:
                early = (until - at).total_seconds()
                self.report.impatient.append(f"{said}: {early:.3f} s too early for {key}")


def _keys(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Name what is limited by itself (a route, in each guild or channel), and this very request."""
    found = _MAJOR.search(entry["path"])
    bucket = (
        "everything"
        if entry["scope"] == "global"
        else f"{entry['method']} {entry['route']} of {found and found[0]}"
    )
    return bucket, f"{entry['method']} {entry['path']} {entry['body']}"


async def refuse_token(control: Control) -> None:
    """Have the simulator refuse the next request as if the token had been reset."""
    await control.ask("POST", "/_sim/faults", {"kind": "unauthorized", "times": 1})


async def clear_up(control: Control) -> None:
    """Have the simulator fail no more."""
    await control.ask("DELETE", "/_sim/faults")


async def plan_faults(control: Control, seeds: Sequence[int]) -> None:
    """Have the simulator fail from now on."""
    for fault, seed in zip(FAULTS, seeds, strict=True):
        await control.ask("POST", "/_sim/faults", fault | {"seed": seed})
