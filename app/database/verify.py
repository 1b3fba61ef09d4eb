"""Checking the invariants of the data (`invariants.sql`)."""

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from sqlalchemy import text

from app.database.tx import Tx

_BLOCK: Final = re.compile(  # noqa: TID251 - our own file, not a user's pattern
    r"^-- name: (?P<name>\w+)\n-- (?P<sentence>.+)\n(?P<query>[^;]+);", re.MULTILINE
)
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that must always be true.

    Attributes:
        name: How it is called in reports.
        sentence: What must be true.
        query: Returns the rows that break it.
    """

    name: str
    sentence: str
    query: str


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold, with up to five of the rows that break it."""

    invariant: Invariant
    rows: tuple[str, ...]


def load_invariants() -> list[Invariant]:
    """Read the invariants, in the order of the file."""
    source = files("app.database").joinpath("invariants.sql").read_text(encoding="utf-8")
    return [Invariant(**match.groupdict()) for match in _BLOCK.finditer(source)]


async def verify(tx: Tx) -> list[Violation]:
    """Check every invariant in one consistent view of the data; an empty list means that all hold."""
    await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    violations = []
    for invariant in load_invariants():
        result = await tx.execute(text(f"SELECT * FROM ({invariant.query}) broken LIMIT {_SHOWN}"))  # noqa: S608 - our own file
        rows = tuple(str(dict(row)) for row in result.mappings())
        if rows:
            violations.append(Violation(invariant, rows))
    return violations
