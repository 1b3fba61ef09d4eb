"""Names for people who come in crowds: plausible, varied, and the same for the same number."""

from itertools import count
from typing import Final

_FIRST: Final = (
    *(
        "Liam",
        "Sofia",
        "Kenji",
        "Amara",
        "Oskar",
        "Leïla",
        "Tariq",
        "Ingrid",
        "Pablo",
        "Mei",
        "Anouk",
        "Dmitri",
    ),
    *("Zainab", "Callum", "Renée", "Yusuf", "Hana", "Bruno", "Chidi", "Marta", "Elif", "Jonas", "Noor"),
)
_LAST: Final = (
    *("Novak", "Diaz", "Okoye", "Lindgren", "Haddad", "Park", "Rossi", "Ahmed", "Fischer", "Silva", "Tran"),
    *("Byrne", "Kaya", "Petrov", "Laurent", "Costa", "Wong", "Nyberg", "Mbeki"),
)
_PLAIN: Final = str.maketrans("éï", "ei")


def name_of(number: int) -> tuple[str, str | None]:
    """Tell how the person of this number is called: user name, and what others read (some have none)."""
    # The lengths have no common divisor, so that a pair comes again only after all pairs.
    first, last = _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]
    round_, plain = number // (len(_FIRST) * len(_LAST)), first.lower().translate(_PLAIN)
    again = str(round_) if round_ else ""
    styles: tuple[tuple[str, str | None], ...] = (
        (f"{plain}.{last.lower()}{again}", f"{first} {last}"),
        (f"{plain}_{number * 37 % 90 + 10}{last.lower()[:1]}{again}", first),
        (f"{last.lower()}{plain[:2]}{again}", f"{first} {last[0]}."),
        (f"xx{plain}{last.lower()}{again}", None),
        (f"its{plain}{last.lower()[:3]}{again}", plain),
    )
    return styles[number % len(styles)]


def free_name(number: int, taken: set[str]) -> tuple[str, str | None]:
    """Tell the same, of a person whose user name nobody has yet."""
    username, shown = name_of(number)
    if username not in taken:
        return username, shown
    return next(name for each in count(2) if (name := f"{username}{each}") not in taken), shown
