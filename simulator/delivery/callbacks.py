"""What the bot's first answer means. Pure: Discord's rules, as far as they reach people's eyes."""

from dataclasses import dataclass
from enum import IntEnum
from http import HTTPStatus

from simulator.delivery.message_rules import problem_with_message
from simulator.endpoint.sender import Answer
from simulator.wire import JsonObject


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


ANSWERS_TO_COMMANDS = frozenset(
    {
        CallbackType.CHANNEL_MESSAGE_WITH_SOURCE,
        CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE,
        CallbackType.MODAL,
        CallbackType.LAUNCH_ACTIVITY,
    }
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A usable answer, with the data it carries (empty if it carries none)."""

    type: CallbackType
    data: JsonObject
    callback: JsonObject


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that Discord would not take, and why; the person only sees that there is none."""

    problem: str


def judge_command_answer(answer: Answer) -> Accepted | Refused:
    """Decide whether an answer to a command may be shown."""
    if answer.silence is not None:
        return Refused(f"The simulator saw: {answer.silence}.")
    if answer.status != HTTPStatus.OK:
        return Refused(f"The endpoint answered {answer.status} instead of 200.")
    callback = answer.response
    if not isinstance(callback, dict):
        return Refused("The endpoint's answer is not a JSON object.")
    return _judge_callback(callback)


def _judge_callback(callback: JsonObject) -> Accepted | Refused:
    number = callback.get("type")
    if not isinstance(number, int) or number not in ANSWERS_TO_COMMANDS:
        return Refused(f"A callback of type {number!r} does not answer a command.")
    kind = CallbackType(number)
    data = callback.get("data") or {}
    if not isinstance(data, dict):
        return Refused("The callback's data is not a JSON object.")
    if kind is CallbackType.CHANNEL_MESSAGE_WITH_SOURCE:
        problem = problem_with_message(data)
        if problem is not None:
            return Refused(problem)
    return Accepted(kind, data, callback)
