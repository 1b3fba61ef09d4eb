"""Components as Discord returns them: numbered, and completed with what may be left out. Pure."""

from collections.abc import Callable, Iterator
from itertools import count

from simulator.payloads.component_types import (
    ACTION_ROW,
    BUTTON,
    CHANNEL_SELECT,
    CONTAINER,
    FILE,
    GALLERY,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    SECTION,
    SEPARATOR,
    STRING_SELECT,
    TEXT_DISPLAY,
    THUMBNAIL,
    USER_SELECT,
)
from simulator.wire import JsonObject

_DEFAULTS: dict[int, JsonObject] = {
    BUTTON: {"disabled": False},
    STRING_SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    USER_SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    ROLE_SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    MENTIONABLE_SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    CHANNEL_SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
}

_SELECT = ("custom_id", "placeholder", "min_values", "max_values", "disabled", "required")
_ENTITY_SELECT = (*_SELECT, "default_values")
_KNOWN: dict[int, tuple[str, ...]] = {
    ACTION_ROW: ("components",),
    BUTTON: ("style", "label", "emoji", "custom_id", "url", "sku_id", "disabled"),
    STRING_SELECT: (*_SELECT, "options"),
    USER_SELECT: _ENTITY_SELECT,
    ROLE_SELECT: _ENTITY_SELECT,
    MENTIONABLE_SELECT: _ENTITY_SELECT,
    CHANNEL_SELECT: (*_ENTITY_SELECT, "channel_types"),
    SECTION: ("components", "accessory"),
    TEXT_DISPLAY: ("content",),
    THUMBNAIL: ("media", "description", "spoiler"),
    GALLERY: ("items",),
    FILE: ("file", "spoiler"),
    SEPARATOR: ("divider", "spacing"),
    CONTAINER: ("components", "accent_color", "spoiler"),
}
"""The fields of each type. Discord drops what it does not know."""
_OPTION = ("label", "value", "description", "emoji", "default")
_ITEM = ("media", "description", "spoiler")

Media = Callable[[JsonObject], JsonObject]
"""Completes an unfurled media item, whose address may name an attachment."""


def completed(components: list[JsonObject], media: Media) -> list[JsonObject]:
    """Complete the components of a message as Discord returns them. Ids that were given are kept."""
    taken = {int(each.get("id") or 0) for each in every_component(components)}
    free = (number for number in count(1) if number not in taken)
    return [_completed(each, free, media) for each in components]


def _completed(component: JsonObject, free: Iterator[int], media: Media) -> JsonObject:
    own_id = int(component.get("id") or 0) or next(free)
    known = ("type", *_KNOWN.get(component["type"], component))
    kept = {key: value for key, value in component.items() if value is not None and key in known}
    done = _DEFAULTS.get(component["type"], {}) | kept | {"id": own_id}
    for key in ("components", "items"):
        if isinstance(done.get(key), list):
            below = done[key]
            done[key] = (
                [_completed(each, free, media) for each in below]
                if key == "components"
                else [_gallery_item(each, media) for each in below]
            )
    if isinstance(done.get("accessory"), dict):
        done["accessory"] = _completed(done["accessory"], free, media)
    for key in ("media", "file"):
        if isinstance(done.get(key), dict):
            done[key] = media(done[key])
    if component["type"] == STRING_SELECT:
        done["options"] = [_option(each) for each in done.get("options", ())]
    return done


def _gallery_item(item: JsonObject, media: Media) -> JsonObject:
    kept = {key: value for key, value in item.items() if key in _ITEM}
    return {"description": None, "spoiler": False} | kept | {"media": media(item["media"])}


def _option(option: JsonObject) -> JsonObject:
    return {key: value for key, value in option.items() if value is not None and key in _OPTION}


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
