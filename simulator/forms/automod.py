"""When Discord refuses one of its own auto-moderation rules. Pure."""

from simulator.forms import fields, tree
from simulator.forms.patterns import problem_with
from simulator.wire import JsonObject

_KEYWORD, _SPAM, _PRESET, _MENTION_SPAM, _PROFILE = 1, 3, 4, 5, 6
_BLOCK, _ALERT, _TIMEOUT, _BLOCK_INTERACTION = 1, 2, 3, 4
_MESSAGE_SEND, _MEMBER_UPDATE = 1, 2
_LONGEST_TIMEOUT = 2_419_200
_MOST_MENTIONS = 50
_ACTIONS_OF = {
    _KEYWORD: (_BLOCK, _ALERT, _TIMEOUT),
    _SPAM: (_BLOCK, _ALERT),
    _PRESET: (_BLOCK, _ALERT),
    _MENTION_SPAM: (_BLOCK, _ALERT, _TIMEOUT),
    _PROFILE: (_ALERT, _BLOCK_INTERACTION),
}

_COMMON: fields.Fields = {
    "name": fields.text(1, 100, required=True),
    "event_type": fields.choice(_MESSAGE_SEND, _MEMBER_UPDATE, required=True),
    "enabled": fields.boolean,
    "exempt_roles": fields.listed(fields.snowflake(), 0, 20, unique=True),
    "exempt_channels": fields.listed(fields.snowflake(), 0, 50, unique=True),
}


def _pattern(value: object) -> JsonObject:
    errors = tree.text(value, 1, 260, required=True)
    if errors or not isinstance(value, str):
        return errors
    problem = problem_with(value)
    if problem is None:
        return {}
    return tree.leaf("AUTO_MODERATION_INVALID_REGEX", f"Invalid regular expression: {problem}.")


def _words(most: int) -> fields.Check:
    return fields.listed(fields.text(1, 60, required=True), 0, most)


_KEYWORDS: fields.Fields = {
    "keyword_filter": _words(1000),
    "regex_patterns": fields.listed(_pattern, 0, 10),
    "allow_list": _words(100),
}
_METADATA: dict[int, fields.Fields] = {
    _KEYWORD: _KEYWORDS,
    _SPAM: {},
    _PRESET: {
        "presets": fields.listed(fields.choice(1, 2, 3), 0, 3, required=True, unique=True),
        "allow_list": _words(1000),
    },
    _MENTION_SPAM: {
        "mention_total_limit": fields.integer(0, _MOST_MENTIONS),
        "mention_raid_protection_enabled": fields.boolean,
    },
    _PROFILE: _KEYWORDS,
}
_ACTION_METADATA: dict[int, fields.Fields] = {
    _BLOCK: {"custom_message": fields.text(0, 150)},
    _ALERT: {"channel_id": fields.snowflake(required=True)},
    _TIMEOUT: {"duration_seconds": fields.integer(1, _LONGEST_TIMEOUT, required=True)},
    _BLOCK_INTERACTION: {},
}


def rule_errors(form: JsonObject) -> JsonObject:
    """Tell what is wrong with a new rule."""
    errors = fields.errors_of(form, {"trigger_type": fields.choice(*_METADATA, required=True)})
    if errors:
        return errors
    trigger = tree.as_integer(form["trigger_type"]) or 0
    return change_errors({"actions": None} | form, trigger, whole=True)


def change_errors(form: JsonObject, trigger: int, *, whole: bool = False) -> JsonObject:
    """Tell what is wrong with new fields of a rule; all of them must be there if it is the `whole` rule."""
    table = {name: check for name, check in _COMMON.items() if whole or name in form}
    if "actions" in form:
        table["actions"] = fields.listed(lambda each: _action_errors(each, trigger), 1, 5, required=True)
    if "trigger_metadata" in form:
        table["trigger_metadata"] = fields.form(_METADATA[trigger], required=trigger == _PRESET)
    elif whole and trigger in {_PRESET, _PROFILE}:
        table["trigger_metadata"] = fields.form({}, required=True)
    errors = fields.errors_of(form, table)
    if (
        not errors
        and "event_type" in form
        and (trigger == _PROFILE) != (tree.as_integer(form["event_type"]) == _MEMBER_UPDATE)
    ):
        message = "This event type does not go with this trigger type."
        return {"event_type": tree.leaf("AUTO_MODERATION_EVENT_TYPE_INVALID", message)}
    return errors


def _action_errors(action: object, trigger: int) -> JsonObject:
    if not isinstance(action, dict):
        return tree.not_a_dictionary()
    errors = fields.errors_of(action, {"type": fields.choice(*_ACTION_METADATA, required=True)})
    if errors:
        return errors
    kind = tree.as_integer(action["type"]) or 0
    if kind not in _ACTIONS_OF[trigger]:
        message = "This action cannot be used with this trigger type."
        return {"type": tree.leaf("AUTO_MODERATION_ACTION_TYPE_INVALID", message)}
    metadata = fields.form(_ACTION_METADATA[kind], required=kind in {_ALERT, _TIMEOUT})
    return fields.errors_of(action, {"metadata": metadata})


# --- reading a checked rule ------------------------------------------------------------------------


def rule_of(form: JsonObject) -> JsonObject:
    """Read a checked new rule as Discord writes it, completed, without its ids."""
    whole = {"enabled": None, "exempt_roles": None, "exempt_channels": None, "trigger_metadata": None} | form
    trigger = tree.as_integer(form["trigger_type"]) or 0
    return {"trigger_type": trigger} | change_of(whole, trigger)


def change_of(form: JsonObject, trigger: int) -> JsonObject:
    """Read checked new fields of a rule; `null` is what a new rule would have."""
    read: JsonObject = {}
    if form.get("name") is not None:
        read["name"] = form["name"]
    if form.get("event_type") is not None:
        read["event_type"] = tree.as_integer(form["event_type"])
    if "enabled" in form:
        read["enabled"] = bool(form["enabled"])
    for name in ("exempt_roles", "exempt_channels"):
        if name in form:
            read[name] = [str(each) for each in fields.ids(form[name] or ())]
    if "actions" in form:
        read["actions"] = [_action(each) for each in form["actions"]]
    if "trigger_metadata" in form:
        read["trigger_metadata"] = _metadata(form["trigger_metadata"] or {}, trigger)
    return read


def _metadata(given: JsonObject, trigger: int) -> JsonObject:
    if trigger == _SPAM:
        return {}
    if trigger == _MENTION_SPAM:
        return {
            "mention_total_limit": tree.as_integer(given.get("mention_total_limit")) or 0,
            "mention_raid_protection_enabled": bool(given.get("mention_raid_protection_enabled")),
        }
    if trigger == _PRESET:
        presets = [tree.as_integer(each) for each in given["presets"]]
        return {"presets": presets, "allow_list": given.get("allow_list") or []}
    return {name: given.get(name) or [] for name in _KEYWORDS}


def _action(action: JsonObject) -> JsonObject:
    kind = tree.as_integer(action["type"]) or 0
    given = action.get("metadata") or {}
    metadata: JsonObject = {}
    if kind == _BLOCK and given.get("custom_message"):
        metadata["custom_message"] = given["custom_message"]
    if kind == _ALERT:
        metadata["channel_id"] = str(given["channel_id"])
    if kind == _TIMEOUT:
        metadata["duration_seconds"] = tree.as_integer(given["duration_seconds"])
    return {"type": kind, "metadata": metadata}
