"""In how many places of a text at once a pattern may have to look. It says how long RE2 takes at worst.

RE2 needs no more time for each character than there are places in the pattern where it may be by then. With
plain letters these are few. A class that is repeated ("any letter, 900 times") may be begun anywhere, so RE2
may be at each of the 900, and at others after every character: half a second for one long message.
"""

import re
from functools import lru_cache
from typing import Final

_TOKENS: Final = re.compile(  # noqa: TID251 - ours, not a user's; run on one pattern, which RE2 has taken
    r"""
      (?P<flags>\(\?[a-zA-Z-]+\))
    | (?P<open>\((?:\?P?<\w+>|\?[a-zA-Z-]*:)?)
    | (?P<close>\))
    | (?P<times>\{(?P<least>\d+)(?:,(?P<most>\d*))?\}\??)
    | (?P<loop>[*+?|])
    | (?P<quoted>\\Q.*?(?:\\E|\Z))
    | (?P<wide>\.|\\[pP](?:\{[^}]*\}|.)|\\[dDwWsSC]|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*+\])
    | (?P<plain>\\x\{[0-9a-fA-F]+\}|\\x[0-9a-fA-F]{2}|\\.|.)
    """,
    re.DOTALL | re.VERBOSE,
)


@lru_cache(maxsize=4_096)
def places_of(pattern: str) -> int:
    """Count the places where any of several characters may stand; what is repeated counts as often.

    Plain characters count only where nothing else is repeated by a number.
    """
    groups = [_Group()]
    for token in _TOKENS.finditer(pattern):
        kind, group = token.lastgroup, groups[-1]
        if kind == "open":
            groups.append(_Group())
        elif kind == "close" and len(groups) > 1:
            closed = groups.pop()
            groups[-1].add(*closed.all())
        elif kind == "times" or token["times"]:
            group.repeat(int(token["most"] or token["least"]))
        elif kind == "wide":
            group.add(1, 0)
        elif kind in {"plain", "quoted"}:
            group.add(0, len(token[0]) if kind == "quoted" else 1)
    while len(groups) > 1:
        closed = groups.pop()
        groups[-1].add(*closed.all())
    return groups[0].all()[0]


class _Group:
    """What stands between two brackets: places and plain characters, those of the last piece apart."""

    def __init__(self) -> None:
        self._wide = self._plain = 0
        self._last = (0, 0)

    def add(self, wide: int, plain: int) -> None:
        self._wide, self._plain = self.all()
        self._last = (wide, plain)

    def repeat(self, times: int) -> None:
        wide, plain = self._last
        if times > 1:
            self._last = ((wide or plain) * times, 0)

    def all(self) -> tuple[int, int]:
        return self._wide + self._last[0], self._plain + self._last[1]
