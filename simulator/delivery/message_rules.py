"""When Discord refuses a message. Pure. The limits are Discord's, the sentences ours."""

from collections.abc import Callable, Iterator

from simulator.state.entities import MessageFlag
from simulator.wire import JsonObject

_CONTENT = 2_000
_EMBEDS = 10
_EMBEDS_TOTAL = 6_000
_COMPONENTS_V2 = 40
_ACTION_ROWS = 5
_TEXT_DISPLAY = 10


def problem_with_message(data: JsonObject) -> str | None:
    """Tell the first reason why Discord would refuse this message. None if it would not."""
    for check in _CHECKS:
        problem = check(data)
        if problem is not None:
            return problem
    return None


def every_component(components: object) -> Iterator[JsonObject]:
    """Walk through components and all inside them, accessories included."""
    if not isinstance(components, list):
        return
    for component in components:
        if isinstance(component, dict):
            yield component
            yield from every_component(component.get("components"))
            accessory = component.get("accessory")
            yield from every_component([accessory] if accessory else [])


def message_flags(data: JsonObject) -> int:
    """Tell a message's flags; 0 where there are none."""
    flags = data.get("flags")
    return flags if isinstance(flags, int) else 0


def _wrong_kinds(data: JsonObject) -> str | None:
    kinds: tuple[tuple[str, type], ...] = (
        ("content", str),
        ("flags", int),
        ("embeds", list),
        ("components", list),
        ("allowed_mentions", dict),
    )
    for name, kind in kinds:
        value = data.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            return f"The message's {name} is not of the right type."
    for name in ("embeds", "components"):
        if not all(isinstance(each, dict) for each in data.get(name) or ()):
            return f"The message's {name} are not all objects."
    return None


def _too_long(data: JsonObject) -> str | None:
    if len(data.get("content") or "") > _CONTENT:
        return f"The content is longer than {_CONTENT} characters."
    embeds = data.get("embeds") or []
    if len(embeds) > _EMBEDS:
        return f"There are more than {_EMBEDS} embeds."
    if sum(_embed_length(embed) for embed in embeds) > _EMBEDS_TOTAL:
        return f"The embeds are longer than {_EMBEDS_TOTAL} characters together."
    return None


def _components_v2(data: JsonObject) -> str | None:
    components = data.get("components") or []
    if not message_flags(data) & MessageFlag.IS_COMPONENTS_V2:
        if any(component.get("type") != 1 for component in components):
            return "Only action rows may stand in a message without the flag IS_COMPONENTS_V2."
        return "There are more than 5 action rows." if len(components) > _ACTION_ROWS else None
    if data.get("content") or data.get("embeds") or data.get("poll"):
        return "With the flag IS_COMPONENTS_V2 there is no content, embed or poll."
    everything = list(every_component(components))
    if len(everything) > _COMPONENTS_V2:
        return f"There are more than {_COMPONENTS_V2} components."
    for component in everything:
        if component.get("type") == _TEXT_DISPLAY and not component.get("content"):
            return "A text display has no content."
    return None


def _custom_ids(data: JsonObject) -> str | None:
    seen: set[object] = set()
    for component in every_component(data.get("components")):
        custom_id = component.get("custom_id")
        if custom_id is None:
            continue
        if not isinstance(custom_id, str) or not 1 <= len(custom_id) <= 100:  # noqa: PLR2004 - Discord's
            return "A custom_id is 1 to 100 characters long."
        if custom_id in seen:
            return f"Two components have the custom_id {custom_id!r}."
        seen.add(custom_id)
    return None


def _allowed_mentions(data: JsonObject) -> str | None:
    allowed = data.get("allowed_mentions") or {}
    parsed = allowed.get("parse") or []
    if not isinstance(parsed, list):
        return "allowed_mentions.parse is not a list."
    for kind in ("users", "roles"):
        if kind in parsed and allowed.get(kind):
            return f"allowed_mentions both parses {kind} and lists some."
    return None


def _empty(data: JsonObject) -> str | None:
    if any(data.get(name) for name in ("content", "embeds", "components", "poll", "attachments")):
        return None
    return "The message is empty."


def _embed_length(embed: JsonObject) -> int:
    footer, author = embed.get("footer"), embed.get("author")
    texts = [embed.get("title"), embed.get("description")]
    texts.append(footer.get("text") if isinstance(footer, dict) else None)
    texts.append(author.get("name") if isinstance(author, dict) else None)
    fields = embed.get("fields")
    for each in fields if isinstance(fields, list) else ():
        if isinstance(each, dict):
            texts += [each.get("name"), each.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


_CHECKS: tuple[Callable[[JsonObject], str | None], ...] = (
    _wrong_kinds,
    _empty,
    _too_long,
    _components_v2,
    _custom_ids,
    _allowed_mentions,
)
