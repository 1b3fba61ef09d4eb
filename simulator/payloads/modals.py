"""Modals: numbered as Discord numbers them, and what comes back when one is submitted. Pure."""

from collections.abc import Iterator, Mapping
from itertools import count

from simulator.payloads.component_types import (
    ACTION_ROW,
    CHECKBOX,
    LABEL,
    RADIO_GROUP,
    TEXT_DISPLAY,
    TEXT_INPUT,
)
from simulator.wire import JsonObject

_ONE_VALUE = (TEXT_INPUT, RADIO_GROUP, CHECKBOX)
_UNTOUCHED: dict[int, object] = {TEXT_INPUT: "", RADIO_GROUP: None, CHECKBOX: False}


def numbered(modal: JsonObject) -> JsonObject:
    """Give every component of a modal its id, as Discord does; ids that were given are kept."""
    taken = {each["id"] for each in _everything(modal) if _is_id(each.get("id"))}
    free = (number for number in count(1) if number not in taken)
    return modal | {"components": [_numbered(each, free) for each in modal["components"]]}


def fields(modal: JsonObject) -> dict[str, JsonObject]:
    """Tell the fields of a modal by custom id, in their order."""
    return {each["custom_id"]: each for each in _everything(modal) if "custom_id" in each}


def caption(modal: JsonObject, custom_id: str) -> str:
    """Tell what people read beside a field."""
    for component in modal["components"]:
        if (component.get("component") or {}).get("custom_id") == custom_id:
            return str(component["label"])
    own = fields(modal)[custom_id]
    return str(own.get("label") or custom_id)


def submitted(modal: JsonObject, values: Mapping[str, object]) -> list[JsonObject]:
    """Write a modal's components with what was filled in, as the bot gets them back."""
    return [_submitted(each, values) for each in modal["components"]]


def _submitted(component: JsonObject, values: Mapping[str, object]) -> JsonObject:
    kind = component["type"]
    echo: JsonObject = {"type": kind, "id": component["id"]}
    if kind == TEXT_DISPLAY:
        return echo
    if kind == LABEL:
        return echo | {"component": _submitted(component["component"], values)}
    if kind == ACTION_ROW:
        return echo | {"components": [_submitted(each, values) for each in component["components"]]}
    custom_id = component["custom_id"]
    echo["custom_id"] = custom_id
    if kind in _ONE_VALUE:
        return echo | {"value": values.get(custom_id, _UNTOUCHED[kind])}
    return echo | {"values": values.get(custom_id, [])}


def _numbered(component: JsonObject, free: Iterator[int]) -> JsonObject:
    given = component.get("id")
    done = component | {"id": given if _is_id(given) else next(free)}
    if isinstance(done.get("components"), list):
        done["components"] = [_numbered(each, free) for each in done["components"]]
    if isinstance(done.get("component"), dict):
        done["component"] = _numbered(done["component"], free)
    return done


def _everything(level: JsonObject) -> Iterator[JsonObject]:
    for each in (*(level.get("components") or ()), level.get("component")):
        if isinstance(each, dict):
            yield each
            yield from _everything(each)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
