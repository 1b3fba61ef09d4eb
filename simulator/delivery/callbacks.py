"""Which first answers fit which interaction, and what is wrong with one. Pure: Discord's rules."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from http import HTTPStatus

from simulator.endpoint.sender import Answer
from simulator.forms import tree
from simulator.forms.components import modal_errors
from simulator.forms.message import message_errors, message_flags
from simulator.payloads.interactions import InteractionType
from simulator.payloads.options import OptionType
from simulator.state.entities import MessageFlag
from simulator.wire import JsonObject

_CHOICES = 25
_CHOICE_TEXT = 100
_SAFE_INTEGER = (1 << 53) - 1


class CallbackType(IntEnum):
    """Discord's kinds of first answer."""

    PONG = 1
    CHANNEL_MESSAGE_WITH_SOURCE = 4
    DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE = 5
    DEFERRED_UPDATE_MESSAGE = 6
    UPDATE_MESSAGE = 7
    AUTOCOMPLETE_RESULT = 8
    MODAL = 9
    LAUNCH_ACTIVITY = 12


_NEW_MESSAGE = frozenset(
    {
        CallbackType.CHANNEL_MESSAGE_WITH_SOURCE,
        CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE,
        CallbackType.LAUNCH_ACTIVITY,
    }
)
_SAME_MESSAGE = frozenset({CallbackType.DEFERRED_UPDATE_MESSAGE, CallbackType.UPDATE_MESSAGE})
_FITTING = {
    InteractionType.APPLICATION_COMMAND: _NEW_MESSAGE | {CallbackType.MODAL},
    InteractionType.MESSAGE_COMPONENT: _NEW_MESSAGE | _SAME_MESSAGE | {CallbackType.MODAL},
    InteractionType.AUTOCOMPLETE: frozenset({CallbackType.AUTOCOMPLETE_RESULT}),
    InteractionType.MODAL_SUBMIT: _NEW_MESSAGE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer has to fit.

    `source_is_v2` tells of the message whose component was used: None if there is none, else whether
    it has the flag IS_COMPONENTS_V2. `focused` is the type of the option that wants choices.
    """

    type: InteractionType
    source_is_v2: bool | None = None
    focused: OptionType | None = None


def fitting(asked: Asked) -> frozenset[CallbackType]:
    """Tell which types answer this. A modal opened from a message may change that message."""
    types = _FITTING[asked.type]
    submitted_at_a_message = asked.type is InteractionType.MODAL_SUBMIT and asked.source_is_v2 is not None
    return types | _SAME_MESSAGE if submitted_at_a_message else types


def callback_errors(callback: object, asked: Asked) -> JsonObject:
    """Tell what is wrong with a first answer, as Discord's tree of errors. Empty if nothing is."""
    if not isinstance(callback, dict):
        return tree.not_a_dictionary()
    wrong_type = tree.one_of(callback.get("type"), sorted(fitting(asked)))
    if wrong_type:
        return {"type": wrong_type}
    kind = CallbackType(callback["type"])
    data = callback.get("data")
    if data is None and kind not in _NEEDS_DATA:
        return {}
    if not isinstance(data, dict):
        return {"data": tree.required_errors() if data is None else tree.not_a_dictionary()}
    return tree.clean({"data": _RULES[kind](data, asked)})


def problem_with(answer: Answer) -> str | None:
    """Tell why an endpoint's reply is no answer at all. None if its body is worth a look."""
    if answer.silence is not None:
        return f"The simulator saw: {answer.silence}."
    if answer.status != HTTPStatus.OK:
        return f"The endpoint answered {answer.status} instead of 200."
    if not isinstance(answer.response, dict):
        return "The endpoint's answer is not a JSON object."
    return None


def _message(data: JsonObject, _asked: Asked) -> JsonObject:
    return message_errors(data)


def _deferred(data: JsonObject, _asked: Asked) -> JsonObject:
    errors = tree.integer(data.get("flags"), 0, (1 << 31) - 1)
    if not errors and message_flags(data) & MessageFlag.IS_COMPONENTS_V2:
        sentence = "IS_COMPONENTS_V2 cannot be set when deferring, only when the message is filled"
        errors = tree.leaf("MESSAGE_FLAGS_INVALID", sentence)
    return tree.clean({"flags": errors})


def _update(data: JsonObject, asked: Asked) -> JsonObject:
    return message_errors(data, v2=asked.source_is_v2)


def _modal(data: JsonObject, _asked: Asked) -> JsonObject:
    return modal_errors(data)


def _autocomplete(data: JsonObject, asked: Asked) -> JsonObject:
    choices = data.get("choices")
    errors = tree.listed(choices, 0, _CHOICES, required=True)
    if not errors and isinstance(choices, list):
        errors = tree.by_index(_choice(each, asked.focused) for each in choices)
    return tree.clean({"choices": errors})


def _choice(choice: object, focused: OptionType | None) -> JsonObject:
    if not isinstance(choice, dict):
        return tree.not_a_dictionary()
    return tree.clean(
        {
            "name": tree.text(choice.get("name"), 1, _CHOICE_TEXT, required=True),
            "value": _choice_value(choice.get("value"), focused),
        }
    )


def _choice_value(value: object, focused: OptionType | None) -> JsonObject:
    if value is None:
        return tree.required_errors()
    if focused is OptionType.INTEGER:
        return tree.integer(value, -_SAFE_INTEGER, _SAFE_INTEGER)
    if focused is OptionType.NUMBER:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return {}
        return tree.leaf("NUMBER_TYPE_COERCE", f"Value {tree.short(value)} is not float.")
    return tree.text(value, 1, _CHOICE_TEXT)


def _anything(_data: JsonObject, _asked: Asked) -> JsonObject:
    return {}


_NEEDS_DATA = frozenset(
    {CallbackType.CHANNEL_MESSAGE_WITH_SOURCE, CallbackType.AUTOCOMPLETE_RESULT, CallbackType.MODAL}
)
_RULES: dict[CallbackType, Callable[[JsonObject, Asked], JsonObject]] = {
    CallbackType.CHANNEL_MESSAGE_WITH_SOURCE: _message,
    CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE: _deferred,
    CallbackType.DEFERRED_UPDATE_MESSAGE: _anything,
    CallbackType.UPDATE_MESSAGE: _update,
    CallbackType.AUTOCOMPLETE_RESULT: _autocomplete,
    CallbackType.MODAL: _modal,
    CallbackType.LAUNCH_ACTIVITY: _anything,
}
