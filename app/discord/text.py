"""How text from people is put into a message so that it reads exactly as they wrote it."""

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\*_~`|>#-+[]()<:@!.&="})
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C], None)


def one_line(text: str) -> str:
    """Put what somebody wrote on one line of a text without markdown, such as a suggestion.

    Line breaks become spaces, and characters that turn the writing direction are dropped, because they
    would reorder *our* words behind theirs.
    """
    return " ".join(text.translate(_BIDI).split())


def literal(text: str) -> str:
    """Escape what somebody wrote, so that no markdown, link or mention comes of it.

    It is on one line, too: a heading or a quote begins with a line.
    """
    return one_line(text).translate(_SPECIAL)


def number(value: int) -> str:
    """Write a number with thousands separators: 1,240."""
    return f"{value:,}"
