"""What Discord asks of messages and modals in words, and its schema does not say.

Every rule yields a sentence per fault. The schema has been asked before: shapes can be relied on.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

Payload = dict[str, Any]
Rule = Callable[[Payload], Iterator[str]]

EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15

MAX_CONTENT = 2000
MAX_EMBED_TEXT = 6000
MAX_DISPLAYED_TEXT = 4000
MAX_COMPONENTS = 40
MAX_ROWS = 5
MAX_MODAL_PARTS = 5

ACTION_ROW = 1
BUTTON = 2
TEXT_DISPLAY = 10
V2_TYPES = {
    9: "section",
    10: "text display",
    11: "thumbnail",
    12: "media gallery",
    13: "file",
    14: "separator",
    17: "container",
}
BUTTON_TARGETS = ("custom_id", "url", "sku_id")
TARGET_OF_STYLE = {**dict.fromkeys((1, 2, 3, 4), "custom_id"), 5: "url", 6: "sku_id"}

SHOWN = ("content", "embeds", "components", "attachments", "poll", "sticker_ids")
NOT_WITH_V2 = ("content", "embeds", "poll", "sticker_ids")
EMBED_PARTS = (
    "title",
    "description",
    "fields",
    "image",
    "thumbnail",
    "video",
    "author",
    "footer",
    "provider",
)


def new_message(message: Payload) -> Iterator[str]:
    """Judge a message that did not exist before."""
    yield from shows_something(message)
    yield from _any_message(message)


def edited_message(message: Payload) -> Iterator[str]:
    """Judge an edit, which names only what changes."""
    yield from changes_something(message)
    yield from _any_message(message)


def modal(data: Payload) -> Iterator[str]:
    """Judge the data of a modal."""
    if len(data["components"]) > MAX_MODAL_PARTS:
        yield f"a modal has at most {MAX_MODAL_PARTS} parts, not {len(data['components'])}"
    yield from custom_ids_differ(data)
    yield from numbers_are_whole(data)


def _any_message(message: Payload) -> Iterator[str]:
    for rule in RULES_OF_ANY_MESSAGE:
        yield from rule(message)


# --- is there anything in it ---------------------------------------------------------------------


def shows_something(message: Payload) -> Iterator[str]:
    """Refuse a message in which there is nothing to see."""
    content = message.get("content")
    seen = [part for part in SHOWN if message.get(part)]
    if isinstance(content, str) and not content.strip():
        seen = [part for part in seen if part != "content"]
    if not seen:
        yield "the message is empty: Discord wants something to show"


def changes_something(message: Payload) -> Iterator[str]:
    """Refuse an edit that names nothing to change."""
    if not any(part in message for part in (*SHOWN, "flags")):
        yield "the edit is empty: it changes nothing"


def embeds_show_something(message: Payload) -> Iterator[str]:
    """Refuse an embed that consists of a colour or a time only."""
    for index, embed in enumerate(message.get("embeds") or ()):
        if not any(embed.get(part) for part in EMBED_PARTS):
            yield f"embeds[{index}] is empty: it needs one of {', '.join(EMBED_PARTS)}"


# --- who is mentioned ----------------------------------------------------------------------------


def mentions_are_chosen(message: Payload) -> Iterator[str]:
    """Hold our rule: every message says whom it may mention, one by one."""
    allowed = message.get("allowed_mentions")
    if allowed is None:
        yield "allowed_mentions is missing: what is left out, Discord decides (our rule)"
        return
    if allowed.get("parse") != []:
        yield f"allowed_mentions.parse is {allowed.get('parse')!r}, not [] (our rule)"
    for kind in ("users", "roles"):
        if allowed.get(kind) and kind in (allowed.get("parse") or ()):
            yield f'allowed_mentions has a list of {kind} together with "{kind}" in parse'


# --- how much ------------------------------------------------------------------------------------


def content_is_short(message: Payload) -> Iterator[str]:
    """Hold the limit for bots; parts of the schema carry the one of paying users, 4000."""
    length = len(message.get("content") or "")
    if length > MAX_CONTENT:
        yield f"content has {length} characters, a bot may send {MAX_CONTENT}"


def embeds_are_short(message: Payload) -> Iterator[str]:
    """Hold the limit of all embeds of a message together."""
    length = sum(len(text) for embed in message.get("embeds") or () for text in _embed_texts(embed))
    if length > MAX_EMBED_TEXT:
        yield f"the embeds have {length} characters together, at most {MAX_EMBED_TEXT} may be"


def _embed_texts(embed: Payload) -> Iterator[str]:
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    yield (embed.get("footer") or {}).get("text") or ""
    yield (embed.get("author") or {}).get("name") or ""
    for field in embed.get("fields") or ():
        yield field["name"]
        yield field["value"]


def displayed_text_is_short(message: Payload) -> Iterator[str]:
    """Hold the limit of all text displays of a message together."""
    displays = (part for part in every_component(message) if part["type"] == TEXT_DISPLAY)
    length = sum(len(display["content"]) for display in displays)
    if length > MAX_DISPLAYED_TEXT:
        yield f"the text displays have {length} characters together, at most {MAX_DISPLAYED_TEXT}"


def components_are_few(message: Payload) -> Iterator[str]:
    """Count the nested components too."""
    count = sum(1 for _ in every_component(message))
    if count > MAX_COMPONENTS:
        yield f"the message has {count} components in total, at most {MAX_COMPONENTS} may be"


def numbers_are_whole(message: Payload) -> Iterator[str]:
    """Refuse fractions; the schema's export says "number" where Discord says "integer"."""
    for place, value in _fractions(message, ""):
        if not place.endswith("duration_secs"):
            yield f"{place} is {value}, not a whole number"


def _fractions(value: object, place: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _fractions(part, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _fractions(part, f"{place}[{index}]")
    elif isinstance(value, float):
        yield place, value


# --- components ----------------------------------------------------------------------------------


def every_component(parent: Payload) -> Iterator[Payload]:
    """Walk through the components of a message, modal or component, to the last leaf."""
    children = [*(parent.get("components") or ()), parent.get("accessory"), parent.get("component")]
    for child in filter(None, children):
        yield child
        yield from every_component(child)


def v2_stands_alone(message: Payload) -> Iterator[str]:
    """Keep the two kinds of message apart; null and [] are how an edit clears the old kind."""
    if not is_v2(message):
        return
    for part in NOT_WITH_V2:
        if message.get(part):
            yield f"{part} cannot be sent with the flag for components V2 ({COMPONENTS_V2})"


def v2_has_its_flag(message: Payload) -> Iterator[str]:
    """Refuse components of the second kind without the flag for them."""
    if is_v2(message):
        return
    types = {part["type"] for part in every_component(message)}
    for type_ in sorted(types & V2_TYPES.keys()):
        yield f"a {V2_TYPES[type_]} needs the flag for components V2 ({COMPONENTS_V2})"


def is_v2(message: Payload) -> bool:
    """Tell whether the message carries the flag for components V2."""
    return bool(int(message.get("flags") or 0) & COMPONENTS_V2)


def rows_are_few(message: Payload) -> Iterator[str]:
    """Hold the limit of messages without components V2."""
    rows = len(message.get("components") or ())
    if rows > MAX_ROWS and not is_v2(message):
        yield f"the message has {rows} action rows, at most {MAX_ROWS} may be"


def rows_are_not_mixed(message: Payload) -> Iterator[str]:
    """Let an action row have buttons, or one select and nothing else."""
    for part in every_component(message):
        if part["type"] == ACTION_ROW and len(part["components"]) > 1:
            others = [child for child in part["components"] if child["type"] != BUTTON]
            if others:
                yield f"the select {others[0]['custom_id']!r} shares its action row"


def custom_ids_differ(message: Payload) -> Iterator[str]:
    """Refuse two components that Discord could not tell apart."""
    counts = Counter(
        part["custom_id"] for part in every_component(message) if part.get("custom_id") is not None
    )
    for custom_id, count in counts.items():
        if count > 1:
            yield f"custom_id {custom_id!r} is used {count} times"


def buttons_lead_somewhere(message: Payload) -> Iterator[str]:
    """Let each style of button have its own kind of target, and no other."""
    for part in every_component(message):
        if part["type"] == BUTTON:
            wanted = TARGET_OF_STYLE[part["style"]]
            found = [target for target in BUTTON_TARGETS if part.get(target) is not None]
            if found != [wanted]:
                has = " and ".join(found) or "none"
                yield f"a button of style {part['style']} needs {wanted} only, this has {has}"


RULES_OF_ANY_MESSAGE: tuple[Rule, ...] = (
    embeds_show_something,
    mentions_are_chosen,
    content_is_short,
    embeds_are_short,
    displayed_text_is_short,
    components_are_few,
    numbers_are_whole,
    v2_stands_alone,
    v2_has_its_flag,
    rows_are_few,
    rows_are_not_mixed,
    custom_ids_differ,
    buttons_lead_somewhere,
)
