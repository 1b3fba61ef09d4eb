"""When Discord refuses what is to be done to a member. Pure."""

from simulator.forms import fields
from simulator.forms.instants import parse_instant
from simulator.wire import JsonObject

_LONGEST_DELETION = 604_800  # Discord: seven days
_NICK = 32

CHANGE: fields.Fields = {
    "nick": fields.text(0, _NICK),
    "roles": fields.listed(fields.snowflake(), 0, 350),
    "communication_disabled_until": fields.instant(),
    "mute": fields.boolean,
    "deaf": fields.boolean,
    "channel_id": fields.snowflake(),
    "flags": fields.integer(0, (1 << 31) - 1),
}
CHANGE_OWN: fields.Fields = {"nick": fields.text(0, _NICK)}
BAN: fields.Fields = {
    "delete_message_seconds": fields.integer(0, _LONGEST_DELETION),
    "delete_message_days": fields.integer(0, 7),
}
BULK_BAN: fields.Fields = {
    "user_ids": fields.listed(fields.snowflake(), 1, 200, required=True),
    "delete_message_seconds": fields.integer(0, _LONGEST_DELETION),
}
LIST: fields.Fields = {"limit": fields.integer(1, 1000), "after": fields.snowflake()}
SEARCH: fields.Fields = {"limit": fields.integer(1, 1000), "query": fields.text(1, 100, required=True)}
LIST_BANS: fields.Fields = {
    "limit": fields.integer(1, 1000),
    "before": fields.snowflake(),
    "after": fields.snowflake(),
}


def wanted_of(form: JsonObject) -> JsonObject:
    """Read a checked form as what is to be changed about a member."""
    wanted: JsonObject = {}
    if "nick" in form:
        wanted["nick"] = form["nick"] or None
    if form.get("roles") is not None:
        wanted["roles"] = fields.ids(form["roles"])
    if "communication_disabled_until" in form:
        wanted["timed_out_until"] = parse_instant(form["communication_disabled_until"])
    return wanted
