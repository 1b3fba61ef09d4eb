"""JSON as it travels: strict on the way in, compact on the way out."""

import json
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

JsonObject: TypeAlias = dict[str, Any]


_DEEPEST = 64


class NotJsonError(ValueError):
    """Raised for bytes that are not JSON as the standard has it (no NaN, no lone surrogates)."""


def decode(raw: bytes) -> object:
    """Read JSON. Raises `NotJsonError` for anything that could not be written back as JSON.

    Nesting deeper than 64 is refused too, so that whoever walks through a document may recurse.
    """
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJsonError(str(error)) from error
    _refuse_deep(document)
    return document


def encode(document: object) -> bytes:
    """Write JSON the compact way. Integers of any size are written, unlike with msgspec."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def merge(document: JsonObject, changes: JsonObject) -> JsonObject:
    """Lay `changes` over `document`, object by object; null takes a key away (RFC 7386)."""
    merged = dict(document)
    for key, change in changes.items():
        if change is None:
            merged.pop(key, None)
        elif isinstance(change, dict):
            below = merged.get(key)
            merged[key] = merge(below if isinstance(below, dict) else {}, change)
        else:
            merged[key] = change
    return merged


def iso(instant: datetime) -> str:
    """Write an instant as Discord does: microseconds and an explicit offset."""
    return instant.isoformat(timespec="microseconds")


def iso_or_none(instant: datetime | None) -> str | None:
    """Write an instant, or null where there is none."""
    return None if instant is None else iso(instant)


def _refuse_deep(document: object) -> None:
    level = [document]
    for _ in range(_DEEPEST):
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        if not below:
            return
        level = below
    raise NotJsonError(f"it is nested deeper than {_DEEPEST}")
