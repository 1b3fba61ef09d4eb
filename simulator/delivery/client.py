"""What Discord's own client would not let a person send. Pure; the sentences are ours."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from simulator.deeds.messages import Upload
from simulator.forms.tree import as_integer
from simulator.payloads import modals
from simulator.payloads.component_types import (
    CHANNEL_SELECT,
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    MENTIONABLE_SELECT,
    RADIO_GROUP,
    ROLE_SELECT,
    SELECTS,
    STRING_SELECT,
    TEXT_INPUT,
    USER_SELECT,
)
from simulator.wire import JsonObject

_LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Choosable:
    """Who and what somebody can choose here; `channels` maps ids to their types."""

    users: Collection[str]
    roles: Collection[str]
    channels: Mapping[str, int]


def problem_with_values(component: JsonObject, values: object, choosable: Choosable) -> str | None:
    """Tell why a button or select of a message would not send these values. None if it would."""
    kind = component["type"]
    if kind not in SELECTS:
        return "A button has no values." if values else None
    if values is None:
        return "A select sends values: name those that are chosen."
    return _wrong_choice(component, values, choosable) or _wrong_count(component, values, least=1)


def problem_with_fields(modal: JsonObject, values: Mapping[str, object], choosable: Choosable) -> str | None:
    """Tell why a modal could not be submitted like this, naming the field. None if it could."""
    fields = modals.fields(modal)
    for custom_id in values:
        if custom_id not in fields:
            return f"The modal has no field with the custom_id {custom_id!r}."
    for custom_id, component in fields.items():
        problem = _problem_with_field(component, values.get(custom_id), choosable)
        if problem is not None:
            return f"{modals.caption(modal, custom_id)}: {problem}"
    return None


def _problem_with_field(component: JsonObject, value: object, choosable: Choosable) -> str | None:
    kind = component["type"]
    if kind == CHECKBOX:
        return None if value is None or isinstance(value, bool) else "true or false is wanted."
    required = component.get("required") is not False
    if value in (None, "", [], ()):
        return "an answer is needed." if required else None
    if kind == TEXT_INPUT:
        return _wrong_text(component, value)
    if kind == RADIO_GROUP:
        return _wrong_choice(component, [value], choosable)
    problem = _wrong_files(value) if kind == FILE_UPLOAD else _wrong_choice(component, value, choosable)
    return problem or _wrong_count(component, value, least=1)


def _wrong_text(component: JsonObject, value: object) -> str | None:
    if not isinstance(value, str):
        return "a text is wanted."
    least, most = _number(component, "min_length", 0), _number(component, "max_length", _LONGEST_TEXT)
    if least <= len(value) <= most:
        return None
    return f"{least} to {most} characters are wanted, not {len(value)}."


def _wrong_files(value: object) -> str | None:
    if isinstance(value, (list, tuple)) and all(isinstance(each, Upload) for each in value):
        return None
    return "a list of files is wanted."


def _wrong_choice(component: JsonObject, values: object, choosable: Choosable) -> str | None:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        return "a list of texts is wanted."
    if len(set(values)) < len(values):
        return "nothing can be chosen twice."
    may_be_chosen = _CHOICES[component["type"]](component, choosable)
    strange = next((each for each in values if each not in may_be_chosen), None)
    return None if strange is None else f"{strange!r} cannot be chosen here."


def _wrong_count(component: JsonObject, values: object, *, least: int) -> str | None:
    count = len(values) if isinstance(values, (list, tuple)) else 0
    everything = len(component.get("options") or ()) if component["type"] == CHECKBOX_GROUP else 1
    low, high = _number(component, "min_values", least), _number(component, "max_values", everything)
    if low <= count <= high:
        return None
    wanted = str(low) if low == high else f"{low} to {high}"
    return f"{wanted} can be chosen, not {count}."


def _number(component: JsonObject, name: str, otherwise: int) -> int:
    number = as_integer(component.get(name))
    return otherwise if number is None else number


def _options(component: JsonObject, _choosable: Choosable) -> Collection[str]:
    return [each["value"] for each in component["options"]]


def _users(_component: JsonObject, choosable: Choosable) -> Collection[str]:
    return choosable.users


def _roles(_component: JsonObject, choosable: Choosable) -> Collection[str]:
    return choosable.roles


def _mentionables(_component: JsonObject, choosable: Choosable) -> Collection[str]:
    return {*choosable.users, *choosable.roles}


def _channels(component: JsonObject, choosable: Choosable) -> Collection[str]:
    wanted = component.get("channel_types")
    if not isinstance(wanted, list) or not wanted:
        return choosable.channels
    return [each for each, kind in choosable.channels.items() if kind in wanted]


_CHOICES: dict[int, Callable[[JsonObject, Choosable], Collection[str]]] = {
    STRING_SELECT: _options,
    USER_SELECT: _users,
    ROLE_SELECT: _roles,
    MENTIONABLE_SELECT: _mentionables,
    CHANNEL_SELECT: _channels,
    RADIO_GROUP: _options,
    CHECKBOX_GROUP: _options,
}
