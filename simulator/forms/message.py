"""When Discord refuses a message. Pure."""

from simulator.forms import fields, tree
from simulator.forms.components import message_component_errors
from simulator.state.entities import MessageFlag
from simulator.wire import JsonObject

_CONTENT = 2_000
_EMBEDS = 10
_EMBEDS_TOTAL = 6_000
_NONCE = 25
_FILES = 10
_LISTED_MENTIONS = 100
_MENTION_KINDS = ("roles", "users", "everyone")
_LINKS = ("http", "https")
_PICTURES = (*_LINKS, "attachment")
_FORBIDDEN_IN_V2 = ("content", "embeds", "poll", "sticker_ids")
_REFERENCE: fields.Fields = {
    "message_id": fields.snowflake(required=True),
    "channel_id": fields.snowflake(),
    "guild_id": fields.snowflake(),
    "type": fields.choice(0, 1),
    "fail_if_not_exists": fields.boolean,
}
_ATTACHMENTS = fields.listed(
    fields.form(
        {
            "id": fields.snowflake(required=True),
            "filename": fields.text(1, 260),
            "description": fields.text(0, 1024),
        }
    ),
    0,
    _FILES,
)


def message_errors(data: JsonObject, *, v2: bool | None = None) -> JsonObject:
    """Tell what is wrong with a message's fields. Whether there is anything in it is `is_empty`.

    `v2` says whether the message has the flag IS_COMPONENTS_V2 already, when it is edited.
    """
    flags = data.get("flags")
    is_v2 = bool(v2) or bool(message_flags(data) & MessageFlag.IS_COMPONENTS_V2)
    errors = tree.clean(
        {
            "content": tree.text(data.get("content"), 0, _CONTENT),
            "nonce": _nonce_errors(data.get("nonce")),
            "tts": tree.boolean(data.get("tts")),
            "flags": tree.integer(flags, 0, (1 << 31) - 1),
            "embeds": _embed_list_errors(data.get("embeds")),
            "allowed_mentions": _allowed_mentions_errors(data.get("allowed_mentions")),
            "message_reference": _reference_errors(data.get("message_reference")),
            "components": message_component_errors(data.get("components"), v2=is_v2),
            "attachments": _ATTACHMENTS(data.get("attachments")),
        }
    )
    return errors or (_legacy_fields(data) if is_v2 else {})


def is_empty(data: JsonObject, *, files: int = 0) -> bool:
    """Tell whether a message has nothing that people could see."""
    if files:
        return False
    content = data.get("content")
    if isinstance(content, str) and content.strip():
        return False
    return not any(data.get(name) for name in ("embeds", "components", "poll", "sticker_ids"))


def message_flags(data: JsonObject) -> int:
    """Tell a message's flags; 0 where there are none."""
    return tree.as_integer(data.get("flags")) or 0


def _legacy_fields(data: JsonObject) -> JsonObject:
    return {
        name: tree.leaf(
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )
        for name in _FORBIDDEN_IN_V2
        if data.get(name)
    }


def _nonce_errors(nonce: object) -> JsonObject:
    if isinstance(nonce, int) and not isinstance(nonce, bool):
        return {}
    return tree.text(nonce, 0, _NONCE)


def _reference_errors(reference: object) -> JsonObject:
    if reference is None:
        return {}
    if not isinstance(reference, dict):
        return tree.not_a_dictionary()
    return fields.errors_of(reference, _REFERENCE)


def _allowed_mentions_errors(allowed: object) -> JsonObject:
    if allowed is None:
        return {}
    if not isinstance(allowed, dict):
        return tree.not_a_dictionary()
    parse = allowed.get("parse")
    errors = tree.clean(
        {
            "parse": tree.listed(parse, 0, 3),
            "users": tree.listed(allowed.get("users"), 0, _LISTED_MENTIONS),
            "roles": tree.listed(allowed.get("roles"), 0, _LISTED_MENTIONS),
            "replied_user": tree.boolean(allowed.get("replied_user")),
        }
    )
    if errors:
        return errors
    kinds = parse or []
    if unknown := [each for each in kinds if each not in _MENTION_KINDS]:
        message = f"Value {tree.short(unknown[0])} must be one of ('roles', 'users', 'everyone')."
        return {"parse": {"0": tree.leaf("BASE_TYPE_CHOICES", message)}}
    for kind in ("users", "roles"):
        if kind in kinds and allowed.get(kind):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            return tree.leaf("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    return {}


def _embed_list_errors(embeds: object) -> JsonObject:
    errors = tree.listed(embeds, 0, _EMBEDS)
    if errors or not isinstance(embeds, list):
        return errors
    errors = tree.by_index(_embed_errors(each) for each in embeds)
    if not errors and sum(_embed_length(each) for each in embeds) > _EMBEDS_TOTAL:
        message = f"Embed size exceeds maximum size of {_EMBEDS_TOTAL}"
        return tree.leaf("MAX_EMBED_SIZE_EXCEEDED", message)
    return errors


def _embed_errors(embed: object) -> JsonObject:
    if not isinstance(embed, dict):
        return tree.not_a_dictionary()
    return tree.clean(
        {
            "title": tree.text(embed.get("title"), 0, 256),
            "description": tree.text(embed.get("description"), 0, 4096),
            "url": _address_errors(embed.get("url"), _LINKS),
            "color": tree.integer(embed.get("color"), 0, 0xFFFFFF),
            "timestamp": fields.instant()(embed.get("timestamp")),
            "footer": _part(embed.get("footer"), text=2048, icon_url=_PICTURES),
            "author": _part(embed.get("author"), name=256, url=_LINKS, icon_url=_PICTURES),
            "image": _part(embed.get("image"), url=_PICTURES),
            "thumbnail": _part(embed.get("thumbnail"), url=_PICTURES),
            "fields": _field_list_errors(embed.get("fields")),
        }
    )


def _part(part: object, **wanted: int | tuple[str, ...]) -> JsonObject:
    """Check a part of an embed: each field is a text of so many characters, or an address."""
    if part is None:
        return {}
    if not isinstance(part, dict):
        return tree.not_a_dictionary()
    return tree.clean(
        {
            name: tree.text(part.get(name), 0, rule)
            if isinstance(rule, int)
            else _address_errors(part.get(name), rule)
            for name, rule in wanted.items()
        }
    )


def _address_errors(url: object, schemes: tuple[str, ...]) -> JsonObject:
    errors = tree.text(url, 0, 2048)
    if errors or not isinstance(url, str) or not url:
        return errors
    if url.startswith(tuple(f"{each}://" for each in schemes)):
        return {}
    if ":" not in url:
        return tree.leaf("URL_TYPE_INVALID_URL", "Not a well formed URL.")
    message = f"Scheme {tree.short(url.partition(':')[0])} is not supported. Scheme must be one of {schemes}."
    return tree.leaf("URL_TYPE_INVALID_SCHEME", message)


def _field_list_errors(fields: object) -> JsonObject:
    errors = tree.listed(fields, 0, 25)
    if errors or not isinstance(fields, list):
        return errors
    return tree.by_index(_field_errors(each) for each in fields)


def _field_errors(field: object) -> JsonObject:
    if not isinstance(field, dict):
        return tree.not_a_dictionary()
    return tree.clean(
        {
            "name": tree.text(field.get("name"), 1, 256, required=True),
            "value": tree.text(field.get("value"), 1, 1024, required=True),
            "inline": tree.boolean(field.get("inline")),
        }
    )


def _embed_length(embed: JsonObject) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts.append((embed.get("footer") or {}).get("text"))
    texts.append((embed.get("author") or {}).get("name"))
    for field in embed.get("fields") or ():
        texts += [field.get("name"), field.get("value")]
    return sum(len(each) for each in texts if isinstance(each, str))
