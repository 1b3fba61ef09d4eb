"""Forms as tables: a field's name, and when Discord refuses what stands in it. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from simulator.forms import tree
from simulator.forms.instants import parse_instant
from simulator.snowflakes import LARGEST_ID
from simulator.wire import JsonObject

Check: TypeAlias = Callable[[object], JsonObject]
"""Tells what is wrong with a value; nothing is wrong with one that is not there, unless it is required."""
Fields: TypeAlias = Mapping[str, Check]


def errors_of(form: Mapping[str, Any], fields: Fields) -> JsonObject:
    """Tell what is wrong with a form. What the table does not name is not looked at."""
    return tree.clean({name: check(form.get(name)) for name, check in fields.items()})


def text(low: int, high: int, *, required: bool = False) -> Check:
    """A text of so many characters."""
    return lambda value: tree.text(value, low, high, required=required)


def integer(low: int, high: int, *, required: bool = False) -> Check:
    """An integer in a range, digits in a string among them."""
    return lambda value: tree.integer(value, low, high, required=required)


def snowflake(*, required: bool = False) -> Check:
    """An id."""

    def check(value: object) -> JsonObject:
        if value is None:
            return tree.required_errors() if required else {}
        number = tree.as_integer(value)
        if number is None or not 0 <= number <= LARGEST_ID:
            return tree.leaf("NUMBER_TYPE_COERCE", f"Value {tree.short(value)} is not snowflake.")
        return {}

    return check


def choice(*allowed: int | str, required: bool = False) -> Check:
    """One of these; numbers may come as digits in a string."""
    listed = ", ".join(repr(each) for each in allowed)

    def check(value: object) -> JsonObject:
        if value is None:
            return tree.required_errors() if required else {}
        if value in allowed and not isinstance(value, bool):
            return {}
        if isinstance(value, str) and tree.as_integer(value) in allowed:
            return {}
        return tree.leaf("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    return check


def instant() -> Check:
    """A point in time, ISO 8601."""

    def check(value: object) -> JsonObject:
        if value is None or parse_instant(value) is not None:
            return {}
        message = f"Could not parse {tree.short(value)}. Should be ISO8601."
        return tree.leaf("DATE_TIME_TYPE_PARSE", message)

    return check


def listed(each: Check, low: int, high: int, *, required: bool = False, unique: bool = False) -> Check:
    """A list of so many, each of which is right."""

    def check(value: object) -> JsonObject:
        errors = tree.listed(value, low, high, required=required)
        if errors or not isinstance(value, list):
            return errors
        errors = tree.by_index(tree.required_errors() if one is None else each(one) for one in value)
        if not errors and unique and len({str(one) for one in value}) < len(value):
            return tree.leaf("BASE_TYPE_DUPLICATES", "The same value was given twice.")
        return errors

    return check


def form(fields: Fields, *, required: bool = False) -> Check:
    """An object with fields of its own."""

    def check(value: object) -> JsonObject:
        if value is None:
            return tree.required_errors() if required else {}
        return errors_of(value, fields) if isinstance(value, dict) else tree.not_a_dictionary()

    return check


def boolean(value: object) -> JsonObject:
    """True or false."""
    return tree.boolean(value)


def permission_bits(value: object) -> JsonObject:
    """Permission bits: a decimal string, or an integer from older libraries."""
    number = tree.as_integer(value)
    if value is None or (number is not None and 0 <= number <= LARGEST_ID):
        return {}
    return tree.leaf("NUMBER_TYPE_COERCE", f"Value {tree.short(value)} is not int.")


def ids(values: Iterable[object]) -> list[int]:
    """Read checked ids."""
    return [number for number in map(tree.as_integer, values) if number is not None]
