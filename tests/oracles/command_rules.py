"""What Discord asks of application commands in words, and its schema does not say.

Every rule yields a sentence per fault. The schema has been asked before: shapes can be relied on.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

Payload = dict[str, Any]

CHAT_INPUT = 1
MENU_TYPES = {2, 3}
LIMIT_OF_TYPE = {1: 100, 2: 15, 3: 15, 4: 1}
MAX_COMMANDS = 130
MAX_CHARACTERS = 8000
MAX_NAME = 32
MAX_VALUE = 100
SUBCOMMAND_TYPES = {1, 2}


def command_list(commands: Sequence[Payload]) -> Iterator[str]:
    """Judge what is particular to the list that replaces all commands."""
    if len(commands) > MAX_COMMANDS:
        yield f"{len(commands)} commands are sent at once, at most {MAX_COMMANDS} may be"
    per_type = Counter(_type(each) for each in commands)
    for type_, count in per_type.items():
        if count > LIMIT_OF_TYPE[type_]:
            yield f"{count} commands have type {type_}, at most {LIMIT_OF_TYPE[type_]} may have it"
    for (name, type_), count in Counter((each["name"], _type(each)) for each in commands).items():
        if count > 1:
            yield f"the name {name!r} is used {count} times for type {type_}"


def command(command: Payload) -> Iterator[str]:
    """Judge one command with all its options."""
    if _type(command) == CHAT_INPUT:
        yield from _slash_command(command)
    elif _type(command) in MENU_TYPES and (command.get("description") or command.get("options")):
        yield f"a command of type {_type(command)} has neither description nor options"
    if (size := characters(command)) > MAX_CHARACTERS:
        yield f"the command has {size} characters in total, at most {MAX_CHARACTERS} may be"


def _type(command: Payload) -> int:
    return command.get("type") or CHAT_INPUT


def _slash_command(command: Payload) -> Iterator[str]:
    if not command.get("description"):
        yield "the command has no description"
    for each in with_options(command):
        yield from names_are_lower_case(each)
        yield from option_names_differ(each)
        yield from required_options_come_first(each)
        yield from subcommands_are_not_mixed(each)
        yield from choices_are_offered_one_way(each)
        yield from values_are_short(each)


def with_options(command: Payload) -> Iterator[Payload]:
    """Walk through a command and everything below it."""
    yield command
    for option in command.get("options") or ():
        yield from with_options(option)


def names_are_lower_case(command: Payload) -> Iterator[str]:
    """Hold Discord's expression for names, in every language."""
    for name in [command["name"], *(command.get("name_localizations") or {}).values()]:
        if not is_name(name):
            yield f"the name {name!r} is not 1-32 lower-case letters, digits, - _ '"


def is_name(name: str) -> bool:
    r"""Say whether `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$` matches, in lower case."""
    fits = all(_is_name_character(character) for character in name)
    return fits and 0 < len(name) <= MAX_NAME and name == name.lower()


def _is_name_character(character: str) -> bool:
    return (
        character in "-_'"
        or unicodedata.category(character)[0] in "LN"
        or unicodedata.name(character, "").startswith(("DEVANAGARI ", "THAI "))
    )


def option_names_differ(command: Payload) -> Iterator[str]:
    """Refuse two options of the same name side by side."""
    counts = Counter(option["name"] for option in command.get("options") or ())
    for name, count in counts.items():
        if count > 1:
            yield f"{command['name']!r} has {count} options called {name!r}"


def required_options_come_first(command: Payload) -> Iterator[str]:
    """Refuse a required option behind an optional one."""
    options = command.get("options") or ()
    for before, option in pairwise(options):
        if option.get("required") and not before.get("required"):
            yield f"the required option {option['name']!r} stands behind an optional one"


def subcommands_are_not_mixed(command: Payload) -> Iterator[str]:
    """Let a command have subcommands or options of its own."""
    kinds = {option["type"] in SUBCOMMAND_TYPES for option in command.get("options") or ()}
    if len(kinds) > 1:
        yield f"{command['name']!r} mixes subcommands with options of its own"


def choices_are_offered_one_way(option: Payload) -> Iterator[str]:
    """Let an option have choices or autocomplete."""
    if option.get("choices") and option.get("autocomplete"):
        yield f"the option {option['name']!r} has choices together with autocomplete"


def values_are_short(option: Payload) -> Iterator[str]:
    """Hold the documented limit of a choice's value; the schema says 6000."""
    for choice in option.get("choices") or ():
        if choice and len(str(choice["value"])) > MAX_VALUE:
            yield f"the value of the choice {choice['name']!r} is longer than {MAX_VALUE}"


def characters(command: Payload) -> int:
    """Count what Discord counts: names, descriptions and values, of the languages the longest."""
    here = _longest(command, "name") + _longest(command, "description")
    choices = sum(
        _longest(choice, "name") + len(str(choice["value"])) for choice in command.get("choices") or ()
    )
    return here + choices + sum(characters(option) for option in command.get("options") or ())


def _longest(texts: Payload, field: str) -> int:
    languages = (texts.get(f"{field}_localizations") or {}).values()
    return max(len(text or "") for text in (texts.get(field), *languages))
