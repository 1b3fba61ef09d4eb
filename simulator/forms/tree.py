"""The tree of errors of an invalid form (code 50035): where, which code, which sentence. Pure."""

from collections.abc import Iterable

from simulator.wire import JsonObject

_LONGEST_NUMBER = 20  # digits of a 64-bit number
_LONGEST_QUOTE = 60


def leaf(code: str, message: str) -> JsonObject:
    """Make an error."""
    return {"_errors": [{"code": code, "message": message}]}


def clean(errors: JsonObject) -> JsonObject:
    """Leave out the fields that nothing is wrong with."""
    return {name: each for name, each in errors.items() if each}


def by_index(errors: Iterable[JsonObject]) -> JsonObject:
    """Put the errors of a list's items under their index."""
    return {str(index): each for index, each in enumerate(errors) if each}


def sentence(errors: JsonObject) -> str:
    """Tell the first error for people: where it is, and what is wrong."""
    path: list[str] = []
    level = errors
    while "_errors" not in level:
        name, level = next(iter(level.items()))
        path.append(name)
    message = str(level["_errors"][0]["message"])
    return f"{'.'.join(path)}: {message}" if path else message


# --- what is wrong with one value -----------------------------------------------------------------


def text(value: object, low: int, high: int, *, required: bool = False) -> JsonObject:
    """Check a text's length, in characters."""
    if value is None:
        return required_errors() if required else {}
    if not isinstance(value, str):
        return leaf("STRING_TYPE_CONVERT", f"Could not interpret {short(value)} as string.")
    if low <= len(value) <= high:
        return {}
    if low <= 1 and len(value) > high:
        return leaf("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
    return leaf("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")


def integer(value: object, low: int, high: int, *, required: bool = False) -> JsonObject:
    """Check an integer's range. Digits in a string count as a number, as they do for Discord."""
    if value is None:
        return required_errors() if required else {}
    number = as_integer(value)
    if number is None:
        return leaf("NUMBER_TYPE_COERCE", f"Value {short(value)} is not int.")
    if number < low:
        return leaf("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
    if number > high:
        return leaf("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    return {}


def boolean(value: object) -> JsonObject:
    """Check that a value, if there is one, is true or false."""
    if value is None or isinstance(value, bool):
        return {}
    return leaf("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def listed(value: object, low: int, high: int, *, required: bool = False) -> JsonObject:
    """Check that a value is a list of so many items."""
    if value is None:
        return required_errors() if required else {}
    if not isinstance(value, list):
        return leaf("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    if low <= len(value) <= high:
        return {}
    if len(value) > high and low <= 1:
        return leaf("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
    return leaf("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")


def one_of(value: object, allowed: Iterable[int]) -> JsonObject:
    """Check that a value is one of these numbers."""
    numbers = list(allowed)
    if isinstance(value, int) and not isinstance(value, bool) and value in numbers:
        return {}
    if value is None:
        return required_errors()
    return leaf("BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, numbers))}}}.")


def required_errors() -> JsonObject:
    """Say that a field is missing."""
    return leaf("BASE_TYPE_REQUIRED", "This field is required")


def not_a_dictionary() -> JsonObject:
    """Say that an object was expected."""
    return leaf("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")


def as_integer(value: object) -> int | None:
    """Read an integer as Discord does: also from digits in a string. None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdecimal():
        return int(value) if len(value) <= _LONGEST_NUMBER else None
    return None


def short(value: object) -> str:
    """Quote what was sent, cut to what fits into a sentence."""
    shown = f'"{value}"' if isinstance(value, str) else repr(value)
    return shown if len(shown) <= _LONGEST_QUOTE else shown[: _LONGEST_QUOTE - 3] + "..."
