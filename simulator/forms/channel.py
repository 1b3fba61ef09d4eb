"""When Discord refuses a channel. Pure."""

from simulator.forms import fields, tree
from simulator.permissions import ALL, Overwrite, OverwriteTarget
from simulator.wire import JsonObject

_LONGEST_SLOW_MODE = 21_600
_TEXT, _CATEGORY = 0, 4
HERE = (_TEXT, _CATEGORY)
"""The types that this Discord can make."""
_EVERYWHERE = (_TEXT, 2, _CATEGORY, 5, 13, 14, 15)
_WRITTEN = ("name", "topic", "position", "parent_id", "rate_limit_per_user")

_OVERWRITE_SIDES: fields.Fields = {"allow": fields.permission_bits, "deny": fields.permission_bits}
OVERWRITE: fields.Fields = {"type": fields.choice(0, 1), **_OVERWRITE_SIDES}
_OVERWRITES = fields.listed(fields.form({"id": fields.snowflake(required=True), **OVERWRITE}), 0, 100)
_FIELDS: fields.Fields = {
    "type": fields.choice(*_EVERYWHERE),
    "topic": fields.text(0, 1024),
    "position": fields.integer(0, (1 << 31) - 1),
    "parent_id": fields.snowflake(),
    "rate_limit_per_user": fields.integer(0, _LONGEST_SLOW_MODE),
    "nsfw": fields.boolean,
    "permission_overwrites": _OVERWRITES,
}
CREATE: fields.Fields = {"name": fields.text(1, 100, required=True), **_FIELDS}
CHANGE: fields.Fields = {"name": fields.text(1, 100), **_FIELDS}


def wanted_of(form: JsonObject, kind: int) -> JsonObject:
    """Read a checked form as what is wanted of a channel of this type."""
    wanted: JsonObject = {name: form[name] for name in _WRITTEN if name in form}
    for name in ("position", "parent_id", "rate_limit_per_user"):
        if wanted.get(name) is not None:
            wanted[name] = tree.as_integer(wanted[name])
    if wanted.get("name") is not None and kind == _TEXT:
        wanted["name"] = _text_channel_name(wanted["name"])
    if "topic" in wanted:
        wanted["topic"] = wanted["topic"] or None
    if "rate_limit_per_user" in wanted:
        wanted["rate_limit_per_user"] = wanted["rate_limit_per_user"] or 0
    for name in ("name", "position"):
        if name in wanted and wanted[name] is None:
            del wanted[name]
    if form.get("permission_overwrites") is not None:
        wanted["overwrites"] = tuple(
            overwrite_of(each, int(each["id"])) for each in form["permission_overwrites"]
        )
    return wanted


def overwrite_of(form: JsonObject, target_id: int) -> Overwrite:
    """Read a checked exception for a role or member."""
    return Overwrite(
        id=target_id,
        target=OverwriteTarget(tree.as_integer(form.get("type")) or 0),
        allow=(tree.as_integer(form.get("allow")) or 0) & ALL,
        deny=(tree.as_integer(form.get("deny")) or 0) & ALL,
    )


def _text_channel_name(name: str) -> str:
    """Write a text channel's name as Discord does: lower case, words joined by dashes."""
    return "-".join(name.lower().split()) or "-"
