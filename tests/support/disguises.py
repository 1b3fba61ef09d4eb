"""Ways in which people write a word so that it is not found, made from Unicode's own data.

Characters are taken by their names and decompositions with Python's `unicodedata`, not from the table that
folds them.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache


@cache
def named(template: str) -> dict[str, str]:
    """Find the characters whose names are those of the letters, in a template."""
    found = {}
    for letter in "abcdefghijklmnopqrstuvwxyz":
        try:
            found[letter] = unicodedata.lookup(template.format(letter.upper()))
        except KeyError:
            continue
    return found


def lettered(template: str) -> Callable[[str], str]:
    return lambda word: "".join(named(template).get(letter, letter) for letter in word)


CYRILLIC = {
    letter: unicodedata.lookup(f"CYRILLIC SMALL LETTER {name}")
    for letter, name in {
        "a": "A", "c": "ES", "e": "IE", "o": "O", "p": "ER", "x": "HA", "y": "U", "s": "DZE",
        "i": "BYELORUSSIAN-UKRAINIAN I", "j": "JE", "h": "SHHA", "k": "KA", "m": "EM", "t": "TE",
    }.items()
}  # fmt: skip
CYRILLIC_CAPITALS = {
    letter: unicodedata.lookup(f"CYRILLIC CAPITAL LETTER {name}")
    for letter, name in {
        "a": "A", "b": "VE", "c": "ES", "e": "IE", "h": "EN", "k": "KA", "m": "EM", "o": "O", "p": "ER",
        "t": "TE", "x": "HA", "s": "DZE", "i": "BYELORUSSIAN-UKRAINIAN I", "j": "JE", "y": "STRAIGHT U",
    }.items()
}  # fmt: skip
GREEK = {
    letter: unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    for letter, name in {
        "a": "ALPHA", "e": "EPSILON", "i": "IOTA", "k": "KAPPA", "n": "ETA", "o": "OMICRON", "p": "RHO",
        "t": "TAU", "u": "UPSILON", "v": "NU", "w": "OMEGA", "x": "CHI", "y": "GAMMA",
    }.items()
}  # fmt: skip
GREEK_CAPITALS = {
    letter: unicodedata.lookup(f"GREEK CAPITAL LETTER {name}")
    for letter, name in {
        "a": "ALPHA", "b": "BETA", "e": "EPSILON", "h": "ETA", "i": "IOTA", "k": "KAPPA", "m": "MU",
        "n": "NU", "o": "OMICRON", "p": "RHO", "t": "TAU", "x": "CHI", "y": "UPSILON", "z": "ZETA",
    }.items()
}  # fmt: skip
ARMENIAN = {
    letter: unicodedata.lookup(f"ARMENIAN SMALL LETTER {name}")
    for letter, name in {"g": "CO", "h": "HO", "j": "YI", "n": "VO", "o": "OH", "u": "SEH"}.items()
}
LISU = {letter: unicodedata.lookup(f"LISU LETTER {letter.upper()}A") for letter in "bcdgjklmnpstwy"}
ROMAN = {letter: unicodedata.lookup(f"SMALL ROMAN NUMERAL {name}") for letter, name in {
    "i": "ONE", "v": "FIVE", "x": "TEN", "l": "FIFTY", "c": "ONE HUNDRED", "d": "FIVE HUNDRED",
    "m": "ONE THOUSAND",
}.items()}  # fmt: skip
TURKISH = {letter: unicodedata.lookup(f"LATIN SMALL LETTER {name}") for letter, name in {
    "i": "DOTLESS I", "s": "S WITH CEDILLA", "c": "C WITH CEDILLA", "g": "G WITH BREVE",
}.items()}  # fmt: skip
OVERRIDES = (0x202E, 0x2067)
LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "$"}


def replaced(table: dict[str, str], *, upper: bool = False) -> Callable[[str], str]:
    return lambda word: "".join(table.get(letter, letter.upper() if upper else letter) for letter in word)


def joined(character: str) -> Callable[[str], str]:
    return character.join


def cycled(table: Callable[[], dict[str, list[str]]]) -> Callable[[str], str]:
    """Replace each letter by one of several characters, another one at each place."""

    def disguise(word: str) -> str:
        choices = [table().get(letter, [letter]) for letter in word]
        return "".join(
            chosen[(7 * place + 13 * len(word)) % len(chosen)] for place, chosen in enumerate(choices)
        )

    return disguise


@cache
def compatible() -> dict[str, list[str]]:
    """Find all characters that Unicode calls another look of a letter."""
    found: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(0x80, 0x20000)):
        letter = unicodedata.normalize("NFKD", character).lower()
        if len(letter) == 1 and letter.isascii() and letter.isalpha():
            found[letter].append(character)
    return found


@cache
def with_something() -> dict[str, list[str]]:
    """Find all letters that Unicode names as a Latin one with a stroke, a tail, a hook, dots, whatever."""
    found: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(0x80, 0x20000)):
        name = unicodedata.name(character, "")
        plain = re.match(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH (?!SMALL LETTER)", name)
        pieces = unicodedata.normalize("NFKD", character)
        if plain and all(map(unicodedata.combining, pieces[1:])):
            found[plain[1].lower()].append(character)
    return found


def among(points: Iterable[int]) -> Callable[[str], str]:
    """Put characters behind the letters, each in its turn."""
    ring = [chr(point) for point in points]
    return lambda word: "".join(letter + ring[place % len(ring)] for place, letter in enumerate(word))


def of_category(*categories: str) -> list[int]:
    return [point for point in range(0x80, 0x110000) if unicodedata.category(chr(point)) in categories]


def in_turn(*ways: Callable[[str], str]) -> Callable[[str], str]:
    return lambda word: "".join(ways[place % len(ways)](letter) for place, letter in enumerate(word))


def accented(word: str) -> str:
    """Put on each letter the first mark with which Unicode has it as one character."""
    marks = [chr(point) for point in range(0x300, 0x330)]
    return "".join(
        next(
            (made for mark in marks if len(made := unicodedata.normalize("NFC", letter + mark)) == 1), letter
        )
        for letter in word
    )


def drawn_out(word: str) -> str:
    return "".join(letter * 3 if letter in "aeiou" else letter for letter in word)


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "full width": lettered("FULLWIDTH LATIN SMALL LETTER {}"),
    "bold": lettered("MATHEMATICAL BOLD SMALL {}"),
    "bold italic capitals": lettered("MATHEMATICAL BOLD ITALIC CAPITAL {}"),
    "script": lettered("MATHEMATICAL BOLD SCRIPT SMALL {}"),
    "fraktur": lettered("MATHEMATICAL FRAKTUR SMALL {}"),
    "double-struck": lettered("MATHEMATICAL DOUBLE-STRUCK SMALL {}"),
    "monospace": lettered("MATHEMATICAL MONOSPACE SMALL {}"),
    "circled": lettered("CIRCLED LATIN SMALL LETTER {}"),
    "parenthesized": lettered("PARENTHESIZED LATIN SMALL LETTER {}"),
    "black circles": lettered("NEGATIVE CIRCLED LATIN CAPITAL LETTER {}"),
    "black squares": lettered("NEGATIVE SQUARED LATIN CAPITAL LETTER {}"),
    "squares": lettered("SQUARED LATIN CAPITAL LETTER {}"),
    "small capitals": lettered("LATIN LETTER SMALL CAPITAL {}"),
    "modifiers": lettered("MODIFIER LETTER SMALL {}"),
    "flags": lambda word: "\u200c".join(lettered("REGIONAL INDICATOR SYMBOL LETTER {}")(word)),
    "stroked": lettered("LATIN SMALL LETTER {} WITH STROKE"),
    "hooked": lettered("LATIN SMALL LETTER {} WITH HOOK"),
    "accented": accented,
    "Cyrillic": replaced(CYRILLIC),
    "Cyrillic capitals": replaced(CYRILLIC_CAPITALS, upper=True),
    "Greek": replaced(GREEK),
    "Greek capitals": replaced(GREEK_CAPITALS, upper=True),
    "leet": replaced(LEET),
    "Armenian": replaced(ARMENIAN),
    "Lisu": replaced(LISU),
    "Roman numerals": replaced(ROMAN),
    "Turkish": replaced(TURKISH),
    "Turkish capitals": lambda word: word.upper().replace("I", "\u0130"),
    "sharp s": lambda word: word.replace("ss", "\u00df"),
    "any look of the letter": cycled(compatible),
    "letters with something": cycled(with_something),
    "of each alphabet one": in_turn(replaced(CYRILLIC), replaced(GREEK), replaced(LEET), replaced(ARMENIAN)),
    "more leet": replaced({"a": "@", "i": "!", "o": "0", "s": "5", "t": "7"}),
    "leet of consonants": replaced({"b": "8", "g": "9", "l": "1", "z": "2", "e": "3"}),
    "by turns in capitals": in_turn(str.upper, str.lower),
    "zero width space": joined("\u200b"),
    "zero width joiner": joined("\u200d"),
    "soft hyphen": joined("\u00ad"),
    "word joiner": joined("\u2060"),
    "variation selector": joined("\ufe0f"),
    "fillers": joined("\u3164"),
    "tags": joined("\U000e0041"),
    "zero width no-break space": joined("\ufeff"),
    "zero width non-joiner": joined("\u200c"),
    "each tag": among(range(0xE0001, 0xE0080)),
    "each variation selector": among((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))),
    "each sign of direction": among((*range(0x202A, 0x202E), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x61C)),
    "each sign that is not shown": among(set(of_category("Cf")) - set(OVERRIDES)),
    "each mark": among(of_category("Mn", "Me")),
    "controls": among(point for point in range(1, 0x20) if chr(point) not in "\t\n\r\x0b\x0c"),
    "a storm of marks": lambda word: "".join(
        letter + "".join(map(chr, range(0x300, 0x33C))) for letter in word
    ),
    "bidi": lambda word: f"\u202d{word}\u202c",
    "right to left": lambda word: f"\u202e{word[::-1]}\u202c",
    "marks": lambda word: "".join(f"{letter}\u0336\u0301" for letter in word),
    "foreign marks": lambda word: "".join(f"{letter}\u0e31" for letter in word),
    "keycaps": lambda word: "".join(f"{letter}\u20e3" for letter in word),
    "spaced": joined(" "),
    "spaced widely": joined("  "),
    "spaced full width": lambda word: " ".join(lettered("FULLWIDTH LATIN SMALL LETTER {}")(word)),
    "spaced Cyrillic": lambda word: " ".join(replaced(CYRILLIC)(word)),
    "spaced leet": lambda word: " ".join(replaced(LEET)(word)),
    "no-break spaces": joined("\u00a0"),
    "slashes": joined("/"),
    "commas": joined(", "),
    "bars": joined(" | "),
    "dots in the middle": joined("\N{MIDDLE DOT}"),
    "one dot in the middle": lambda word: f"{word[:2]}\N{MIDDLE DOT}{word[2:]}",
    "one bullet": lambda word: f"{word[:2]}\N{BULLET}{word[2:]}",
    "thin spaces": joined("\u2009"),
    "dotted": joined("."),
    "hyphens": joined("-"),
    "underscores": joined("_"),
    "lines": joined("\n"),
    "stars": joined(" * "),
    "faces": joined("\N{GRINNING FACE}"),
    "bold in Discord": lambda word: f"{word[0]}**{word[1:]}**",
    "spoiler in Discord": lambda word: f"{word[:2]}||{word[2:]}||",
    "spoiler around": lambda word: f"||{word}||",
    "code": lambda word: f"```\n{word}\n```",
    "code in it": lambda word: f"`{word[0]}`{word[1:]}",
    "escaped": lambda word: "".join(f"\\{letter}" for letter in word),
    "struck in Discord": lambda word: f"~~{word[:2]}~~{word[2:]}",
    "underlined in Discord": lambda word: f"__{word[0]}__{word[1:]}",
    "each bold in Discord": lambda word: "".join(f"**{letter}**" for letter in word),
    "quoted in Discord": lambda word: f"\n> {word}\n",
    "name of a link": lambda word: f"[{word}](https://example.com)",
    "drawn out": drawn_out,
    "all drawn out": lambda word: "".join(letter * 3 for letter in word),
    "between faces": lambda word: f"\N{GRINNING FACE}{word}\N{GRINNING FACE}",
    "beside Korean": lambda word: f"{word}\N{HANGUL SYLLABLE EUL}",
    "beside Chinese": lambda word: f"\u6211{word}\u4eec",
    "among Arabic and Hebrew": lambda word: f"\u0645\u0631\u062d\u0628\u0627 {word} \u05e9\u05dc\u05d5\u05dd",
}
