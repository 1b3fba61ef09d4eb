"""Every answer of every route is what Discord's published schema says, strictly."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.rest.routes import TABLE
from simulator.state import seed
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.rest_caller import Caller, calling
from tests.oracles.discord_schema import assert_valid

pytestmark = pytest.mark.anyio

ELSEWHERE = ("/webhooks/", "/interactions/", "/gateway", "/oauth2/@me", "/users/@me/guilds/{guild_id}/member")
"""Routes that other tests walk: interactions' webhooks, the gateway's address, people's tokens."""

CHANNEL, GUILD = "/channels/{channel_id}", "/guilds/{guild_id}"
MESSAGE, MEMBER, ROLE = (
    CHANNEL + "/messages/{message_id}",
    GUILD + "/members/{user_id}",
    GUILD + "/roles/{role_id}",
)
BAN, RULE = GUILD + "/bans/{user_id}", GUILD + "/auto-moderation/rules/{rule_id}"
GLOBAL = "/applications/{application_id}/commands"
LOCAL = "/applications/{application_id}/guilds/{guild_id}/commands"
OVERWRITE = CHANNEL + "/permissions/{overwrite_id}"

V2 = 1 << 15
MESSAGES = "MessageResponse"
CHANNELS = "GuildChannelResponse"
MEMBERS = "GuildMemberResponse"
ROLES = "GuildRoleResponse"
COMMANDS = "ApplicationCommandResponse"
APPLICATION = "PrivateApplicationResponse"


@dataclass
class Step:
    """One call: what is asked, what the answer must be, and under which name its id is kept.

    A definition in a list is that of each item, of several the one for the item's trigger; None is an
    answer without a body.
    """

    method: str
    template: str
    schema: str | list[str] | dict[int, str] | None
    body: Any = None
    keep: str = ""
    query: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)


EMBED = {
    "title": "t",
    "description": "d",
    "url": "https://example.com/a",
    "color": 1,
    "timestamp": "2026-01-01T00:00:00+00:00",
    "footer": {"text": "f"},
    "author": {"name": "a"},
    "image": {"url": "https://example.com/i.png"},
    "fields": [{"name": "n", "value": "v"}],
}
BUTTONS = {
    "type": 1,
    "components": [
        {"type": 2, "style": 1, "label": "Press", "custom_id": "b"},
        {"type": 2, "style": 5, "label": "Open", "url": "https://example.com"},
    ],
}
CONTAINER = {
    "type": 17,
    "components": [
        {"type": 10, "content": "Words"},
        {"type": 14},
        {
            "type": 9,
            "components": [{"type": 10, "content": "Beside"}],
            "accessory": {"type": 2, "style": 2, "label": "x", "custom_id": "x"},
        },
        {"type": 12, "items": [{"media": {"url": "https://example.com/i.png"}}]},
        {
            "type": 1,
            "components": [
                {"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}]},
            ],
        },
    ],
}
KEYWORDS = {
    "name": "Words",
    "event_type": 1,
    "trigger_type": 1,
    "trigger_metadata": {"keyword_filter": ["bad*"], "regex_patterns": ["w[o0]rse"], "allow_list": ["badge"]},
    "actions": [
        {"type": 1, "metadata": {"custom_message": "Not here."}},
        {"type": 2, "metadata": {"channel_id": str(seed.MOD_LOG)}},
        {"type": 3, "metadata": {"duration_seconds": 60}},
    ],
    "exempt_roles": [str(seed.MODERATOR)],
}
OPTIONS = [
    {"type": 3, "name": "text", "description": "d", "required": True, "min_length": 1, "max_length": 9},
    {"type": 4, "name": "many", "description": "d", "min_value": 1, "max_value": 5},
    {"type": 3, "name": "one", "description": "d", "choices": [{"name": "A", "value": "a"}]},
    {"type": 7, "name": "where", "description": "d", "channel_types": [0]},
    {"type": 10, "name": "much", "description": "d", "autocomplete": True},
]
COMMAND = {
    "name": "play",
    "description": "d",
    "name_localizations": {"de": "spielen"},
    "options": OPTIONS,
    "default_member_permissions": "8",
    "contexts": [0],
}

RULES = {
    1: "KeywordRuleResponse",
    3: "MLSpamRuleResponse",
    4: "DefaultKeywordRuleResponse",
    5: "MentionSpamRuleResponse",
    6: "UserProfileRuleResponse",
}
REPLY = {"content": "r", "message_reference": {"message_id": "{message_id}"}}

STEPS = [
    Step("GET", "/users/@me", "UserPIIResponse"),
    Step("PATCH", "/users/@me", "UserPIIResponse", {"username": "other_name"}),
    Step("GET", "/users/{user_id}", "UserResponse"),
    Step("GET", "/users/@me/guilds", ["MyGuildResponse"], query={"with_counts": "true"}),
    Step("POST", "/users/@me/channels", "PrivateChannelResponse", {"recipient_id": str(seed.ADA)}, keep="dm"),
    Step("GET", CHANNEL, "PrivateChannelResponse", ids={"channel_id": 0}),
    Step("POST", CHANNEL + "/messages", MESSAGES, {"content": "Psst."}, ids={"channel_id": 0}),
    Step("DELETE", CHANNEL, "PrivateChannelResponse", ids={"channel_id": 0}),
    Step("GET", "/applications/@me", APPLICATION),
    Step("PATCH", "/applications/@me", APPLICATION, {"description": "New", "tags": ["fun"]}),
    Step("GET", "/oauth2/applications/@me", APPLICATION),
    # messages
    Step(
        "POST",
        CHANNEL + "/messages",
        MESSAGES,
        {"content": "<@544397697248657425>", "nonce": "n"},
        "message_id",
    ),
    Step("POST", CHANNEL + "/messages", MESSAGES, {"embeds": [EMBED], "components": [BUTTONS]}),
    Step("POST", CHANNEL + "/messages", MESSAGES, {"flags": V2, "components": [CONTAINER]}, "v2"),
    Step(
        "POST",
        CHANNEL + "/messages",
        MESSAGES,
        REPLY,
    ),
    Step("GET", MESSAGE, MESSAGES),
    Step("PATCH", MESSAGE, MESSAGES, {"content": "Changed", "embeds": [EMBED]}),
    Step("GET", CHANNEL + "/messages", [MESSAGES], query={"limit": "100"}),
    Step("POST", CHANNEL + "/typing", None),
    Step("DELETE", MESSAGE, None),
    Step("POST", CHANNEL + "/messages", MESSAGES, {"content": "1"}, "one"),
    Step("POST", CHANNEL + "/messages", MESSAGES, {"content": "2"}, "two"),
    Step("POST", CHANNEL + "/messages/bulk-delete", None, {"messages": ["{one}", "{two}"]}),
    # guild
    Step("GET", GUILD, "GuildWithCountsResponse", query={"with_counts": "true"}),
    Step("GET", GUILD + "/preview", "GuildPreviewResponse"),
    Step("PATCH", GUILD, "GuildResponse", {"name": "Renamed", "features": ["COMMUNITY", "INVITES_DISABLED"]}),
    Step("PUT", GUILD + "/incident-actions", "GuildIncidentsDataResponse", {"dms_disabled_until": None}),
    # channels
    Step("POST", GUILD + "/channels", CHANNELS, {"name": "Games", "type": 4}, "category"),
    Step(
        "POST",
        GUILD + "/channels",
        CHANNELS,
        {"name": "New one", "parent_id": "{category}"},
        "made",
    ),
    Step("GET", GUILD + "/channels", [CHANNELS]),
    Step("PATCH", CHANNEL, CHANNELS, {"topic": "Other", "rate_limit_per_user": 5}),
    Step("GET", CHANNEL, CHANNELS),
    Step("PUT", OVERWRITE, None, {"type": 0, "deny": "2048"}, ids={"overwrite_id": seed.HELPER}),
    Step("DELETE", OVERWRITE, None, ids={"overwrite_id": seed.HELPER}),
    # roles
    Step("POST", GUILD + "/roles", ROLES, {"name": "Made", "permissions": "1024", "color": 255}, "role_id"),
    Step("GET", GUILD + "/roles", [ROLES]),
    Step("GET", GUILD + "/roles/member-counts", ""),
    Step("GET", ROLE, ROLES),
    Step("PATCH", ROLE, ROLES, {"name": "Other", "hoist": True}),
    Step("PATCH", GUILD + "/roles", [ROLES], [{"id": "{role_id}", "position": 2}]),
    # members
    Step("PUT", MEMBER + "/roles/{role_id}", None),
    Step("GET", MEMBER, MEMBERS),
    Step("GET", GUILD + "/members", [MEMBERS], query={"limit": "1000"}),
    Step("GET", GUILD + "/members/search", [MEMBERS], query={"query": "ada"}),
    Step("PATCH", MEMBER, MEMBERS, {"nick": "Nick", "communication_disabled_until": "2026-11-30T00:00:00Z"}),
    Step("PATCH", GUILD + "/members/@me", "PrivateGuildMemberResponse", {"nick": "Me"}),
    Step("DELETE", MEMBER + "/roles/{role_id}", None),
    Step("DELETE", ROLE, None),
    Step("DELETE", MEMBER, None),
    Step("PUT", BAN, None, {"delete_message_seconds": 60}),
    Step("GET", BAN, "GuildBanResponse"),
    Step("GET", GUILD + "/bans", ["GuildBanResponse"]),
    Step("DELETE", BAN, None),
    Step("POST", GUILD + "/bulk-ban", "BulkBanUsersResponse", {"user_ids": [str(seed.JUN), "1"]}),
    # Discord's own auto-moderation
    Step("POST", GUILD + "/auto-moderation/rules", "KeywordRuleResponse", KEYWORDS, "rule_id"),
    Step(
        "POST",
        GUILD + "/auto-moderation/rules",
        "MentionSpamRuleResponse",
        {
            "name": "Pings",
            "event_type": 1,
            "trigger_type": 5,
            "trigger_metadata": {"mention_total_limit": 5},
            "actions": [{"type": 1}],
        },
    ),
    Step(
        "POST",
        GUILD + "/auto-moderation/rules",
        "DefaultKeywordRuleResponse",
        {
            "name": "Preset",
            "event_type": 1,
            "trigger_type": 4,
            "trigger_metadata": {"presets": [1]},
            "actions": [{"type": 1}],
        },
    ),
    Step(
        "POST",
        GUILD + "/auto-moderation/rules",
        "MLSpamRuleResponse",
        {"name": "Spam", "event_type": 1, "trigger_type": 3, "actions": [{"type": 1}]},
    ),
    Step(
        "POST",
        GUILD + "/auto-moderation/rules",
        "UserProfileRuleResponse",
        {
            "name": "Names",
            "event_type": 2,
            "trigger_type": 6,
            "trigger_metadata": {"keyword_filter": ["x"]},
            "actions": [{"type": 4}],
        },
    ),
    Step("GET", GUILD + "/auto-moderation/rules", RULES),
    Step("GET", RULE, "KeywordRuleResponse"),
    Step("PATCH", RULE, "KeywordRuleResponse", {"enabled": True, "exempt_channels": [str(seed.HELP)]}),
    Step("GET", GUILD + "/audit-logs", "GuildAuditLogResponse", query={"limit": "100"}),
    Step("DELETE", RULE, None),
    # commands
    *(
        step
        for place in (GLOBAL, LOCAL)
        for step in (
            Step("POST", place, COMMANDS, COMMAND, "command_id"),
            Step("POST", place, COMMANDS, {"name": "Show", "type": 2}),
            Step("GET", place, [COMMANDS], query={"with_localizations": "true"}),
            Step("GET", place, [COMMANDS]),
            Step("GET", place + "/{command_id}", COMMANDS),
            Step("PATCH", place + "/{command_id}", COMMANDS, {"description": "new"}),
            Step("PUT", place, [COMMANDS], [COMMAND]),
            Step("DELETE", place + "/{command_id}", None),
        )
    ),
    Step("GET", LOCAL + "/permissions", ["CommandPermissionsResponse"]),
    Step("DELETE", CHANNEL, CHANNELS, ids={"channel_id": 1}),
    Step("DELETE", "/users/@me/guilds/{guild_id}", None),
]


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling(RecordingBot()) as caller:
        yield caller


async def test_every_answer_is_what_discord_says(bot: Caller) -> None:
    ids: dict[str, str] = {
        "channel_id": str(seed.GENERAL),
        "guild_id": str(seed.GUILD_ID),
        "user_id": str(seed.ADA),
        "application_id": str(bot.discord.bot.id),
    }
    for step in STEPS:
        named = ids | {
            name: ids["dm"] if value == 0 else ids["made"] if value == 1 else str(value)
            for name, value in step.ids.items()
        }
        path = step.template.format_map(named)
        response = await bot.call(step.method, path, _filled(step.body, named), params=step.query)
        assert 200 <= response.status_code < 300, f"{step.method} {path}: {response.text}"
        answer: Any = None if response.status_code == 204 else response.json()
        _assert_answer(step, answer)
        if step.keep:
            ids[step.keep] = answer["id"]


async def test_fields_that_nobody_knows_are_dropped(bot: Caller) -> None:
    odd = {"odd": 1}
    option = {"type": 3, "name": "o", "description": "d", "choices": [{"name": "n", "value": "v", **odd}]}
    place = LOCAL.format(application_id=bot.discord.bot.id, guild_id=seed.GUILD_ID)
    command = {**COMMAND, "options": [{**option, **odd}], **odd}
    assert_valid(COMMANDS, (await bot.call("POST", place, command)).json())
    button = {"type": 2, "style": 1, "label": "x", "custom_id": "x", **odd}
    row = {"type": 1, "components": [button], **odd}
    message = {"content": "x", "embeds": [{**EMBED, **odd}], "components": [row], **odd}
    path = f"/channels/{seed.GENERAL}/messages"
    assert_valid(MESSAGES, (await bot.call("POST", path, message)).json())


async def test_the_command_permissions_that_nobody_has_changed_are_10066(bot: Caller) -> None:
    place = LOCAL.format(application_id=bot.discord.bot.id, guild_id=seed.GUILD_ID)
    made = (await bot.call("POST", place, COMMAND)).json()
    assert await bot.refused("GET", f"{place}/{made['id']}/permissions") == (404, 10066)


def test_every_route_is_walked() -> None:
    walked = {(step.method, step.template) for step in STEPS}
    walked.add(("GET", LOCAL + "/{command_id}/permissions"))
    there = {(method, template) for method, template, _ in TABLE if not template.startswith(ELSEWHERE)}
    assert there == walked


def _assert_answer(step: Step, answer: Any) -> None:
    match step.schema:
        case None:
            assert answer is None, step
        case dict(schemas):
            assert schemas.keys() == {each["trigger_type"] for each in answer}
            for each in answer:
                assert_valid(schemas[each["trigger_type"]], each)
        case [schema]:
            assert answer or step.template.endswith("/permissions"), f"nothing to look at: {step}"
            for each in answer:
                assert_valid(schema, each)
        case "":
            assert all(isinstance(each, int) for each in answer.values())
        case str(schema):
            assert_valid(schema, answer)


def _filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {key: _filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(each, ids) for each in body]
    if isinstance(body, str) and body.startswith("{"):
        return ids[body[1:-1]]
    return body
