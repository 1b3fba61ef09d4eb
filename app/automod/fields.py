"""Fields that several schemas of auto-mod have."""

from typing import Annotated, Final

from pydantic import BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from app.ids import parse_snowflake

FROZEN: Final = ConfigDict(extra="forbid", frozen=True)


def _snowflake(value: object) -> int:
    """Read an id as Discord writes it; "007" would be a second name of 7, so it is refused."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or (read := parse_snowflake(text)) is None or str(read) != text:
        raise ValueError(f"{value!r} is not an id of Discord's")
    return read


def _written(ids: frozenset[int]) -> list[str]:
    return [str(each) for each in sorted(ids)]


Id = Annotated[
    int,
    BeforeValidator(_snowflake),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}),
]
"""An id of Discord's: a number here, a string in JSON, whose numbers end at 2**53 in a browser."""

Ids = Annotated[frozenset[Id], PlainSerializer(_written, return_type=list[str])]
"""Several of them, always written in the same order."""
