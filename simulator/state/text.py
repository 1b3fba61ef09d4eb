"""The words of a message, wherever in it they stand. Pure."""

from collections.abc import Iterator

from simulator.state.entities import Message
from simulator.wire import JsonObject


def text_of(message: Message) -> str:
    """Tell all words that a person sees, one block to a line, mentions and times as sent."""
    blocks = [message.content]
    for embed in message.embeds:
        blocks += _embed_words(embed)
    for component in message.components:
        blocks += _component_words(component)
    return "\n".join(block for block in blocks if block)


def _embed_words(embed: JsonObject) -> Iterator[str]:
    yield _string(_object(embed.get("author")), "name")
    yield _string(embed, "title")
    yield _string(embed, "description")
    for each in _objects(embed.get("fields")):
        yield _string(each, "name")
        yield _string(each, "value")
    yield _string(_object(embed.get("footer")), "text")


def _component_words(component: JsonObject) -> Iterator[str]:
    for name in ("content", "label", "placeholder"):
        yield _string(component, name)
    for each in _objects(component.get("components")):
        yield from _component_words(each)
    accessory = component.get("accessory")
    if isinstance(accessory, dict):
        yield from _component_words(accessory)


def _string(holder: JsonObject, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[JsonObject]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
