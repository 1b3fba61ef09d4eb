"""When Discord refuses a role. Pure."""

from simulator.forms import fields, tree
from simulator.permissions import ALL
from simulator.wire import JsonObject

_COLOR = fields.integer(0, 0xFFFFFF)
FIELDS: fields.Fields = {
    "name": fields.text(1, 100),
    "permissions": fields.permission_bits,
    "color": _COLOR,
    "colors": fields.form({"primary_color": _COLOR, "secondary_color": _COLOR, "tertiary_color": _COLOR}),
    "hoist": fields.boolean,
    "mentionable": fields.boolean,
}
_POSITION = fields.form({"id": fields.snowflake(required=True), "position": fields.integer(0, (1 << 31) - 1)})
_POSITIONS = fields.listed(_POSITION, 0, 250, required=True)


def position_errors(form: object) -> JsonObject:
    """Tell what is wrong with a list of roles and their positions."""
    return _POSITIONS(form)


def wanted_of(form: JsonObject) -> JsonObject:
    """Read a checked form as what is wanted of a role."""
    wanted: JsonObject = {name: form[name] for name in ("name", "hoist", "mentionable") if name in form}
    if "permissions" in form:
        bits = tree.as_integer(form["permissions"])
        wanted["permissions"] = None if bits is None else bits & ALL  # Discord drops bits without a meaning
    if "color" in form:
        wanted["color"] = tree.as_integer(form["color"])
    primary = (form.get("colors") or {}).get("primary_color")
    if primary is not None and wanted.get("color") is None:
        wanted["color"] = tree.as_integer(primary)
    return wanted


def positions_of(form: object) -> dict[int, int]:
    """Read checked positions by role; a role without one stays where it is."""
    listed = form if isinstance(form, list) else []
    return {int(each["id"]): int(each["position"]) for each in listed if each.get("position") is not None}
