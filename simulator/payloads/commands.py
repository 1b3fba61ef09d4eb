"""Registered commands as Discord returns them: what was sent, completed."""

from collections.abc import Callable

from simulator.wire import JsonObject

_CHAT_INPUT = 1
_OPTION = frozenset(
    (
        "type", "name", "name_localizations", "description", "description_localizations", "required",
        "choices", "options", "channel_types", "file_types", "min_value", "max_value", "min_length",
        "max_length", "autocomplete",
    )
)  # fmt: skip
_CHOICE = ("name", "name_localizations", "value")
_ADDED = ("id", "application_id", "guild_id", "version")


def registered(
    wanted: JsonObject,
    *,
    before: JsonObject | None,
    application_id: int,
    guild_id: int | None,
    new_id: Callable[[], int],
) -> JsonObject:
    """Complete a command. It keeps its id and, if nothing changed, its version."""
    permissions = wanted.get("default_member_permissions")
    content: JsonObject = {
        "type": wanted.get("type") or _CHAT_INPUT,
        "name": wanted["name"],
        "name_localizations": wanted.get("name_localizations"),
        "description": wanted.get("description") or "",
        "description_localizations": wanted.get("description_localizations"),
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": wanted.get("dm_permission") is not False,
        "contexts": wanted.get("contexts"),
        "integration_types": wanted.get("integration_types") or [0],
        "nsfw": bool(wanted.get("nsfw")),
    }
    if options := wanted.get("options"):
        content["options"] = [_option(option) for option in options]
    identity: JsonObject = {"id": before["id"] if before else str(new_id())}
    identity["application_id"] = str(application_id)
    if guild_id is not None:
        identity["guild_id"] = str(guild_id)
    unchanged = before is not None and content == _content(before)
    version = before["version"] if before and unchanged else str(new_id())
    return identity | {"version": version} | content


def without_localizations(command: JsonObject) -> JsonObject:
    """Leave the translations out, as a list does unless it is asked for them."""
    kept = {key: value for key, value in command.items() if not key.endswith("_localizations")}
    if "options" in kept:
        kept["options"] = [without_localizations(option) for option in kept["options"]]
    return kept


def _content(command: JsonObject) -> JsonObject:
    return {key: value for key, value in command.items() if key not in _ADDED}


def _option(option: JsonObject) -> JsonObject:
    """Keep what Discord knows about an option."""
    kept = {key: value for key, value in option.items() if value is not None and key in _OPTION}
    if "options" in kept:
        kept["options"] = [_option(each) for each in kept["options"]]
    if "choices" in kept:
        kept["choices"] = [{key: each[key] for key in _CHOICE if key in each} for each in kept["choices"]]
    return kept
