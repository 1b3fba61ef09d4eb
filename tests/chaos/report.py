"""How much of a storm there is, and what was seen in it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Size:
    """How much of it: guilds, members of each, decisions of both kinds, kills of the worker, crashes."""

    guilds: int
    members: int
    changes: int
    """Role changes."""
    sanctions: int
    kills: int
    """Of the worker, by SIGKILL."""
    crashes: int
    """Of PostgreSQL."""
    seconds: float
    """How long everything may take to come to rest after the storm."""
    soon: float = 60.0
    """How many seconds those sanctions last that end during the storm; all others outlast it."""
    clears_up_after: float = 840.0
    """How many seconds after the last kill Discord still fails, if anything waits for so long."""
    refused_tokens: int = 1
    """How often Discord refuses the bot's token, whereupon the worker has to end by itself."""


@dataclass
class Report:
    """What was seen."""

    changes: int = 0
    sanctions: int = 0
    orders: Counter[str] = field(default_factory=Counter)
    """What was ordered, and how often."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """What became of the cases, and how often."""
    kills: int = 0
    refused_tokens: int = 0
    crashes: int = 0
    starts: int = 0
    seconds: float = 0.0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    own_refusals: Counter[tuple[int, str]] = field(default_factory=Counter)
    """(Start of the worker, bucket) -> 429s that no fault made."""
    impatient: list[str] = field(default_factory=list)
    """Requests that came again before they should have, or after the token was refused."""
    held: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Jobs and endings that were still waiting when the time was over."""
    differences: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """Everything that should not have been, a line each."""
        return [
            *(f"differs: {each}" for each in self.differences),
            *(f"impatient: {each}" for each in self.impatient),
            *(f"held: {each}" for each in self.held),
            *(f"does not hold: {each}" for each in self.violations),
            *(f"left: {each}" for each in self.left),
        ]

    @property
    def refused_again(self) -> list[str]:
        """The buckets that refused more than once after one start of the worker, a line each."""
        return [
            f"refused {times} times after start {start}: {bucket}"
            for (start, bucket), times in self.own_refusals.items()
            if times > 1
        ]
