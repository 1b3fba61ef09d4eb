"""When Discord refuses components, in messages of either kind and in modals. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable

from simulator.forms import tree
from simulator.payloads.component_types import (
    ACTION_ROW,
    BUTTON,
    CHECKBOX,
    CHECKBOX_GROUP,
    CONTAINER,
    ENTITY_SELECTS,
    FILE,
    FILE_UPLOAD,
    GALLERY,
    LABEL,
    RADIO_GROUP,
    SECTION,
    SELECTS,
    SEPARATOR,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    THUMBNAIL,
)
from simulator.payloads.components import every_component
from simulator.wire import JsonObject

_LINK, _PREMIUM = 5, 6
_MOST_V2 = 40
_MOST_ROWS = 5
_ROW_BUTTONS = 5
_OPTIONS = 25
_LARGEST_ID = (1 << 31) - 1
_IN_CONTAINER = (ACTION_ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR)
_IN_V2_MESSAGE = (*_IN_CONTAINER, CONTAINER)
_IN_MODAL = (ACTION_ROW, TEXT_DISPLAY, LABEL)
_IN_LABEL = (*SELECTS, TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)


def message_component_errors(components: object, *, v2: bool) -> JsonObject:
    """Tell what is wrong with a message's components; `v2` says whether the flag is set."""
    if components is None:
        return {}
    errors = tree.listed(components, 0, _MOST_V2 if v2 else _MOST_ROWS)
    if errors or not isinstance(components, list):
        return errors
    allowed = _IN_V2_MESSAGE if v2 else (ACTION_ROW,)
    errors = tree.by_index(_errors(each, allowed) for each in components)
    if errors:
        return errors
    if v2 and sum(1 for _ in every_component(components)) > _MOST_V2:
        return tree.leaf(
            "COMPONENT_MAX_TOTAL_COMPONENTS", f"Must be {_MOST_V2} or fewer components in total."
        )
    return _duplicates(components)


def modal_errors(modal: JsonObject) -> JsonObject:
    """Tell what is wrong with a modal's data."""
    components = modal.get("components")
    errors = tree.clean(
        {
            "title": tree.text(modal.get("title"), 1, 45, required=True),
            "custom_id": tree.text(modal.get("custom_id"), 1, 100, required=True),
            "components": tree.listed(components, 1, 5, required=True),
        }
    )
    if errors or not isinstance(components, list):
        return errors
    errors = tree.by_index(_errors(each, _IN_MODAL, modal=True) for each in components)
    return tree.clean({"components": errors or _duplicates([_opened(each) for each in components])})


def _opened(component: JsonObject) -> JsonObject:
    """Show what stands in a label as if it stood in a row, so that one walk finds all."""
    inside = component.get("component")
    return {"components": [inside]} if isinstance(inside, dict) else component


def _duplicates(components: list[JsonObject]) -> JsonObject:
    everything = list(every_component(components))
    ids = Counter(each["custom_id"] for each in everything if "custom_id" in each)
    for custom_id, times in ids.items():
        if times > 1:
            message = f"Component custom id cannot be duplicated: {custom_id!r}"
            return tree.leaf("COMPONENT_CUSTOM_ID_DUPLICATED", message)
    return {}


def _errors(component: object, allowed: Iterable[int], *, modal: bool = False) -> JsonObject:
    if not isinstance(component, dict):
        return tree.not_a_dictionary()
    kind_errors = tree.one_of(component.get("type"), allowed)
    if kind_errors:
        return {"type": kind_errors}
    id_errors = tree.integer(component.get("id"), 0, _LARGEST_ID)
    if id_errors:
        return {"id": id_errors}
    kind: int = component["type"]
    if kind in ENTITY_SELECTS:
        return _select(component)
    if kind == ACTION_ROW and modal:
        return _children(component, (TEXT_INPUT,), 1, 1)
    return _RULES[kind](component)


def _row(component: JsonObject) -> JsonObject:
    inside = component.get("components")
    holds_select = isinstance(inside, list) and any(
        isinstance(each, dict) and each.get("type") in SELECTS for each in inside
    )
    return _children(component, (BUTTON, *SELECTS), 1, 1 if holds_select else _ROW_BUTTONS)


def _children(component: JsonObject, allowed: Iterable[int], low: int, high: int) -> JsonObject:
    inside = component.get("components")
    errors = tree.listed(inside, low, high, required=True)
    if not errors and isinstance(inside, list):
        errors = tree.by_index(_errors(each, allowed) for each in inside)
    return tree.clean({"components": errors})


def _button(component: JsonObject) -> JsonObject:
    style = component.get("style")
    errors = tree.clean(
        {
            "style": tree.one_of(style, range(1, 7)),
            "label": tree.text(component.get("label"), 1, 80),
            "disabled": tree.boolean(component.get("disabled")),
        }
    )
    if errors:
        return errors
    if style == _PREMIUM:
        return {} if component.get("sku_id") else {"sku_id": tree.required_errors()}
    if not component.get("label") and not component.get("emoji"):
        message = "A button needs a label or an emoji"
        return {"label": tree.leaf("BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI", message)}
    return _button_target(component, is_link=style == _LINK)


def _button_target(component: JsonObject, *, is_link: bool) -> JsonObject:
    """Check that a link has an address only, and any other button a custom id only."""
    other = "custom_id" if is_link else "url"
    if component.get(other) is not None:
        message = "A custom id and url cannot both be specified"
        return {other: tree.leaf("BUTTON_COMPONENT_CUSTOM_ID_AND_URL", message)}
    if is_link:
        return tree.clean({"url": _address(component.get("url"), 512)})
    return tree.clean({"custom_id": tree.text(component.get("custom_id"), 1, 100, required=True)})


def _select(component: JsonObject) -> JsonObject:
    errors = tree.clean(
        {
            "custom_id": tree.text(component.get("custom_id"), 1, 100, required=True),
            "placeholder": tree.text(component.get("placeholder"), 0, 150),
            "min_values": tree.integer(component.get("min_values"), 0, _OPTIONS),
            "max_values": tree.integer(component.get("max_values"), 1, _OPTIONS),
            "disabled": tree.boolean(component.get("disabled")),
        }
    )
    if errors:
        return errors
    low = tree.as_integer(component.get("min_values"))
    high = tree.as_integer(component.get("max_values"))
    if (1 if low is None else low) > (1 if high is None else high):
        return {"min_values": tree.leaf("SELECT_COMPONENT_MIN_VALUES", "min_values is above max_values")}
    return {}


def _string_select(component: JsonObject) -> JsonObject:
    return _select(component) or _choices(component, 1)


def _choices(component: JsonObject, low: int, high: int = _OPTIONS) -> JsonObject:
    """Check the options of a select or of a group of radio buttons or checkboxes."""
    options = component.get("options")
    errors = tree.listed(options, low, high, required=True)
    if not errors and isinstance(options, list):
        errors = tree.by_index(_choice(each) for each in options)
        if not errors and len({each["value"] for each in options}) < len(options):
            message = "The specified option value is already used"
            errors = tree.leaf("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    return tree.clean({"options": errors})


def _choice(option: object) -> JsonObject:
    if not isinstance(option, dict):
        return tree.not_a_dictionary()
    return tree.clean(
        {
            "label": tree.text(option.get("label"), 1, 100, required=True),
            "value": tree.text(option.get("value"), 1, 100, required=True),
            "description": tree.text(option.get("description"), 0, 100),
        }
    )


def _text_input(component: JsonObject) -> JsonObject:
    return tree.clean(
        {
            "custom_id": tree.text(component.get("custom_id"), 1, 100, required=True),
            "style": tree.one_of(component.get("style"), (1, 2)),
            "label": tree.text(component.get("label"), 1, 45),
            "min_length": tree.integer(component.get("min_length"), 0, 4000),
            "max_length": tree.integer(component.get("max_length"), 1, 4000),
            "value": tree.text(component.get("value"), 0, 4000),
            "placeholder": tree.text(component.get("placeholder"), 0, 100),
        }
    )


def _section(component: JsonObject) -> JsonObject:
    accessory = component.get("accessory")
    return _children(component, (TEXT_DISPLAY,), 1, 3) | tree.clean(
        {
            "accessory": tree.required_errors()
            if accessory is None
            else _errors(accessory, (BUTTON, THUMBNAIL))
        }
    )


def _text_display(component: JsonObject) -> JsonObject:
    return tree.clean({"content": tree.text(component.get("content"), 1, 4000, required=True)})


def _thumbnail(component: JsonObject) -> JsonObject:
    return tree.clean(
        {
            "media": _media(component.get("media")),
            "description": tree.text(component.get("description"), 0, 1024),
        }
    )


def _gallery(component: JsonObject) -> JsonObject:
    items = component.get("items")
    errors = tree.listed(items, 1, 10, required=True)
    if not errors and isinstance(items, list):
        errors = tree.by_index(
            _thumbnail(each) if isinstance(each, dict) else tree.not_a_dictionary() for each in items
        )
    return tree.clean({"items": errors})


def _file(component: JsonObject) -> JsonObject:
    file = component.get("file")
    url = file.get("url") if isinstance(file, dict) else None
    if isinstance(url, str) and url.startswith("attachment://"):
        return {}
    message = "Only attachment references are supported"
    return {"file": {"url": tree.leaf("FILE_COMPONENT_URL_INVALID", message)}}


def _separator(component: JsonObject) -> JsonObject:
    spacing = component.get("spacing")
    return tree.clean(
        {
            "divider": tree.boolean(component.get("divider")),
            "spacing": {} if spacing is None else tree.one_of(spacing, (1, 2)),
        }
    )


def _container(component: JsonObject) -> JsonObject:
    return _children(component, _IN_CONTAINER, 1, _MOST_V2) | tree.clean(
        {"accent_color": tree.integer(component.get("accent_color"), 0, 0xFFFFFF)}
    )


def _label(component: JsonObject) -> JsonObject:
    inside = component.get("component")
    return tree.clean(
        {
            "label": tree.text(component.get("label"), 1, 45, required=True),
            "description": tree.text(component.get("description"), 0, 100),
            "component": tree.required_errors() if inside is None else _errors(inside, _IN_LABEL, modal=True),
        }
    )


def _named(component: JsonObject) -> JsonObject:
    return tree.clean({"custom_id": tree.text(component.get("custom_id"), 1, 100, required=True)})


def _media(media: object) -> JsonObject:
    if not isinstance(media, dict):
        return tree.required_errors() if media is None else tree.not_a_dictionary()
    return tree.clean({"url": _address(media.get("url"), 2048)})


def _address(url: object, longest: int) -> JsonObject:
    errors = tree.text(url, 1, longest, required=True)
    if errors or not isinstance(url, str):
        return errors
    if url.startswith(("https://", "http://", "attachment://", "discord://")):
        return {}
    return tree.leaf("URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")


_RULES: dict[int, Callable[[JsonObject], JsonObject]] = {
    ACTION_ROW: _row,
    BUTTON: _button,
    STRING_SELECT: _string_select,
    TEXT_INPUT: _text_input,
    SECTION: _section,
    TEXT_DISPLAY: _text_display,
    THUMBNAIL: _thumbnail,
    GALLERY: _gallery,
    FILE: _file,
    SEPARATOR: _separator,
    CONTAINER: _container,
    LABEL: _label,
    FILE_UPLOAD: _named,
    RADIO_GROUP: lambda component: _named(component) | _choices(component, 2, 10),
    CHECKBOX_GROUP: lambda component: _named(component) | _choices(component, 1, 10),
    CHECKBOX: _named,
}
