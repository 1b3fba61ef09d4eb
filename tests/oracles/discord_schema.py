"""The outside oracle: would Discord accept what we send?

    assert_valid("MessageCreateRequest", payload)   any definition of Discord's schema by its name
    assert_callback(answer)                         our HTTP answer to an interaction
    assert_commands(commands)                       the list that PUT replaces the commands with

A payload is asked twice. First Discord's own published schema, in a strict form: a field that it
does not know is a fault. Then the rules that Discord states in words only (`message_rules`,
`command_rules`), and our own: every message says whom it may mention. The rules follow the name of
the definition, so that `assert_valid` asks for them too.

A fault is an AssertionError with a line per fault, each beginning with its place.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.oracles import command_rules, message_rules
from tests.oracles.published_schema import strict_definitions

Payload = dict[str, Any]

MAX_VALUE_SHOWN = 120
MAX_PAYLOAD_SHOWN = 2000

PONG = "PongInteractionCallbackRequest"
MESSAGE = "CreateMessageInteractionCallbackRequest"
UPDATE = "UpdateMessageInteractionCallbackRequest"
AUTOCOMPLETE = "ApplicationCommandAutocompleteCallbackRequest"
MODAL = "ModalInteractionCallbackRequest"
CALLBACKS = {
    1: PONG,
    4: MESSAGE,
    5: MESSAGE,
    6: UPDATE,
    7: UPDATE,
    8: AUTOCOMPLETE,
    9: MODAL,
}
DEFERRED_MESSAGE = 5
DEFERRED_UPDATE = 6


def assert_valid(schema_name: str, payload: object) -> None:
    """Fail unless Discord would accept the payload as what this definition describes."""
    sent = _on_the_wire(payload)
    _raise_for(schema_name, sent, _faults(schema_name, sent))


def assert_callback(payload: object) -> None:
    """Fail unless Discord would accept the payload as the HTTP answer to an interaction."""
    sent = _on_the_wire(payload)
    type_ = sent.get("type") if isinstance(sent, dict) else None
    if type(type_) is int and type_ in CALLBACKS:
        _raise_for(CALLBACKS[type_], sent, _faults(CALLBACKS[type_], sent))
    else:
        known = ", ".join(map(str, CALLBACKS))
        _raise_for("callback", sent, [f"type: {type_!r} is none of {known}"])


def assert_commands(commands: object) -> None:
    """Fail unless Discord would accept the list as all commands of the application."""
    sent = _on_the_wire(commands)
    if not isinstance(sent, list):
        _raise_for("commands", sent, ["the commands are not a list"])
    faults = [
        f"[{index}] {_name_of(command)}: {fault}"
        for index, command in enumerate(sent)
        for fault in _faults("ApplicationCommandUpdateRequest", command)
    ]
    _raise_for("commands", sent, faults or command_rules.command_list(sent))


def _on_the_wire(payload: object) -> Any:
    """Return what Discord would read."""
    try:
        return json.loads(json.dumps(payload, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise AssertionError(f"the payload is not JSON: {error}") from None


def _name_of(command: object) -> str:
    return repr(command.get("name")) if isinstance(command, dict) else "(no object)"


def _raise_for(what: str, sent: object, faults: Iterable[str]) -> None:
    lines = [f"\n  - {fault}" for fault in faults]
    if lines:
        text = _short(json.dumps(sent, ensure_ascii=False), limit=MAX_PAYLOAD_SHOWN)
        raise AssertionError(f"Discord would refuse this ({what}):{''.join(lines)}\n  in {text}")


def _short(text: str, *, limit: int = MAX_VALUE_SHOWN) -> str:
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]} ... {text[-half:]}"


# --- the rules in words --------------------------------------------------------------------------


def _faults(schema_name: str, sent: Any) -> Iterator[str]:
    """Ask the schema; if it is content, ask the rules, which rely on the shapes."""
    faults = list(_schema_faults(schema_name, sent))
    rule = RULES.get(schema_name)
    if not faults and rule is not None:
        faults = list(rule(sent))
    yield from faults


def _message_callback(answer: Payload) -> Iterator[str]:
    data = answer.get("data")
    if answer["type"] != DEFERRED_MESSAGE:
        yield from message_rules.new_message(data or {})
    elif data and data != {"flags": message_rules.EPHEMERAL}:
        yield f"data: a deferred message may say that it is ephemeral, no more: {data}"


def _update_callback(answer: Payload) -> Iterator[str]:
    data = answer.get("data")
    if answer["type"] != DEFERRED_UPDATE:
        yield from message_rules.edited_message(data or {})
    elif data:
        yield f"data: a deferred update has none: {data}"


def _autocomplete_callback(answer: Payload) -> Iterator[str]:
    yield from command_rules.values_are_short(answer["data"])


def _modal_callback(answer: Payload) -> Iterator[str]:
    yield from message_rules.modal(answer["data"])


RULES: dict[str, Callable[[Payload], Iterator[str]]] = {
    MESSAGE: _message_callback,
    UPDATE: _update_callback,
    AUTOCOMPLETE: _autocomplete_callback,
    MODAL: _modal_callback,
    "ModalInteractionCallbackRequestData": message_rules.modal,
    "IncomingWebhookInteractionRequest": message_rules.new_message,
    "IncomingWebhookRequestPartial": message_rules.new_message,
    "MessageCreateRequest": message_rules.new_message,
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": message_rules.edited_message,
    "IncomingWebhookUpdateRequestPartial": message_rules.edited_message,
    "MessageEditRequestPartial": message_rules.edited_message,
    "ApplicationCommandCreateRequest": command_rules.command,
    "ApplicationCommandUpdateRequest": command_rules.command,
}


# --- the schema ----------------------------------------------------------------------------------

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def _is_point_in_time(value: object) -> bool:
    return not isinstance(value, str) or ("T" in value and datetime.fromisoformat(value).tzinfo is not None)


@formats.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    return not isinstance(value, str) or all(urlsplit(value)[:2])


@cache
def _validator(schema_name: str) -> Draft202012Validator:
    definitions = strict_definitions()
    if schema_name not in definitions:
        raise LookupError(f"Discord's published schema has no definition called {schema_name}.")
    return Draft202012Validator(
        {"$ref": f"urn:discord#/$defs/{schema_name}"},
        registry=_registry(),
        format_checker=formats,
    )


@cache
def _registry() -> "Registry[Any]":
    document = {"$defs": dict(strict_definitions())}
    registry: Registry[Any] = Registry().with_resource("urn:discord", DRAFT202012.create_resource(document))
    return registry


def _schema_faults(schema_name: str, sent: object) -> Iterator[str]:
    for error in _validator(schema_name).iter_errors(sent):
        for cause in _causes(error):
            yield _sentence(cause)


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """Go down to the faults a person would name.

    Where the schema offers alternatives, jsonschema has the faults of all of them. The one that was
    meant is the one whose `type` fits, and of several the one with the fewest faults.
    """
    alternatives = [parts for parts in _by_alternative(error) if not any(map(_is_nothing, parts))]
    if len(alternatives) > 1:
        alternatives = [parts for parts in alternatives if not any(map(_is_another_kind, parts))]
    causes = [[cause for part in parts for cause in _causes(part)] for parts in alternatives]
    yield from min(causes, key=len, default=[error])


def _by_alternative(error: ValidationError) -> Iterable[list[ValidationError]]:
    alternatives: dict[object, list[ValidationError]] = defaultdict(list)
    for part in error.context or ():
        alternatives[part.relative_schema_path[0]].append(part)
    return alternatives.values()


def _is_nothing(error: ValidationError) -> bool:
    """Say whether this alternative was null, or none at all."""
    here = not error.relative_path
    return here and (error.validator == "not" or error.validator_value == "null")


def _is_another_kind(error: ValidationError) -> bool:
    place = list(error.relative_path)
    if place == ["type"]:
        return error.validator in {"const", "enum"}
    return not place and error.validator == "type"


def _sentence(error: ValidationError) -> str:
    place = error.json_path.removeprefix("$").removeprefix(".")
    if error.validator == "anyOf" and isinstance(error.instance, dict):
        message = f"no component or option of type {error.instance.get('type')!r} may stand here"
    else:
        message = error.message
    return f"{place}: {_short(message)}" if place else _short(message)
