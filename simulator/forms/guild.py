"""When Discord refuses a change of a guild. Pure."""

from simulator.forms import fields, tree
from simulator.forms.instants import parse_instant
from simulator.wire import JsonObject

LOCALES = (
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk",
    "vi", "zh-CN", "zh-TW",
)  # fmt: skip
"""The languages that Discord speaks."""
COMMUNITY = "COMMUNITY"
_SWITCHES = (COMMUNITY, "INVITES_DISABLED", "RAID_ALERTS_DISABLED")
"""The features that can be switched; Discord gives and takes the others itself."""
_PAUSES = ("invites_disabled_until", "dms_disabled_until")

CHANGE: fields.Fields = {
    "name": fields.text(2, 100),
    "preferred_locale": fields.choice(*LOCALES),
    "features": fields.listed(fields.text(1, 100), 0, 200),
    "system_channel_id": fields.snowflake(),
}
NOT_HERE = (
    "description", "region", "icon", "verification_level", "default_message_notifications",
    "explicit_content_filter", "afk_timeout", "afk_channel_id", "splash", "banner", "system_channel_flags",
    "discovery_splash", "home_header", "rules_channel_id", "safety_alerts_channel_id",
    "public_updates_channel_id", "premium_progress_bar_enabled", "owner_id",
)  # fmt: skip
"""What this Discord does not keep about a guild."""
INCIDENTS: fields.Fields = {name: fields.instant() for name in _PAUSES}
AUDIT_LOG: fields.Fields = {
    "user_id": fields.snowflake(),
    "target_id": fields.snowflake(),
    "action_type": fields.integer(0, 10_000),
    "before": fields.snowflake(),
    "after": fields.snowflake(),
    "limit": fields.integer(1, 100),
}


def wanted_of(form: JsonObject, features: tuple[str, ...]) -> JsonObject:
    """Read a checked form as what is to be changed about a guild that has these features."""
    wanted: JsonObject = {}
    if form.get("name") is not None:
        wanted["name"] = form["name"]
    if "preferred_locale" in form:
        wanted["locale"] = form["preferred_locale"] or "en-US"
    if "system_channel_id" in form:
        wanted["system_channel_id"] = tree.as_integer(form["system_channel_id"])
    if form.get("features") is not None:
        given = [each for each in features if each not in _SWITCHES]
        wanted["features"] = (*given, *(each for each in _SWITCHES if each in form["features"]))
    return wanted


def pauses_of(form: JsonObject) -> JsonObject:
    """Read a checked form as until when what is paused."""
    return {name: parse_instant(form[name]) for name in _PAUSES if name in form}
