"""When Discord refuses the names and descriptions of commands and options, in any language. Pure."""

from collections.abc import Callable
from unicodedata import category

from simulator.forms import tree
from simulator.forms.guild import LOCALES
from simulator.wire import JsonObject

_NAME = 32
_DESCRIPTION = 100
_CHOICE = 100
_COMBINING_SCRIPTS = ((0x0900, 0x097F), (0x0E00, 0x0E7F))  # Devanagari, Thai


def name_errors(name: object, *, strict: bool) -> JsonObject:
    """Check a name; `strict` is for all but commands in menus, whose names people read as they are."""
    errors = length_errors(name, 1, _NAME)
    if errors or not isinstance(name, str) or not strict:
        return errors
    if name == name.lower() and all(_may_stand_in_a_name(each) for each in name):
        return {}
    return tree.leaf("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def description_errors(description: object) -> JsonObject:
    """Check a description, which must be there."""
    return length_errors(description, 1, _DESCRIPTION)


def localized_names(names: object, *, strict: bool) -> JsonObject:
    """Check a name's translations, by language."""
    return _localized(names, lambda name: name_errors(name, strict=strict))


def localized_descriptions(descriptions: object) -> JsonObject:
    """Check a description's translations, by language."""
    return _localized(descriptions, description_errors)


def localized_choices(names: object) -> JsonObject:
    """Check the translations of a choice's name, by language."""
    return _localized(names, lambda name: length_errors(name, 1, _CHOICE))


def length_errors(text: object, low: int, high: int) -> JsonObject:
    """Check a text that must be there."""
    errors = tree.text(text, low, high, required=True)
    if errors and isinstance(text, str):
        return tree.leaf("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return errors


def _localized(texts: object, errors_in: Callable[[object], JsonObject]) -> JsonObject:
    if texts is None:
        return {}
    if not isinstance(texts, dict):
        return tree.not_a_dictionary()
    errors = tree.clean({locale: errors_in(text) for locale, text in texts.items()})
    unknown = next((locale for locale in texts if locale not in LOCALES), None)
    if unknown is not None:
        errors[unknown] = tree.leaf("LOCALE_INVALID", f"{tree.short(unknown)} is not a language of Discord.")
    return errors


def _may_stand_in_a_name(character: str) -> bool:
    """Tell whether a character is a letter, a number, of Devanagari or Thai, or one of -_'."""
    if character in "-_'" or category(character)[0] in "LN":
        return True
    return any(low <= ord(character) <= high for low, high in _COMBINING_SCRIPTS)
