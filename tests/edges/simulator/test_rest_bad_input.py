"""What no bot should send: the REST API refuses it in Discord's words and never falls over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from simulator.rest.routes import TABLE
from simulator.state import seed
from tests.edges.simulator.rest_caller import API, CHANNEL, GUILD, Caller, calling
from tests.edges.simulator.test_rest_schema import STEPS

WITH_BODY = [
    (method, template)
    for method, template, _ in TABLE
    if method in {"POST", "PUT", "PATCH"}
    and not template.startswith(("/webhooks/", "/interactions/"))
    and not template.endswith(("/typing", "/members/{user_id}/roles/{role_id}"))
]
GUARDED = [
    (method, template)
    for method, template, _ in TABLE
    if not template.startswith(("/webhooks/", "/interactions/")) and template != "/gateway"
]
"""All but those whose token is in the path, and the one that everybody may ask."""
MESSAGES = CHANNEL + "/messages"

KNOWN = (
    "content", "nonce", "enforce_nonce", "tts", "flags", "embeds", "title", "description", "url", "color",
    "timestamp", "footer", "text", "author", "name", "image", "thumbnail", "fields", "value", "inline",
    "allowed_mentions", "parse", "users", "roles", "replied_user", "message_reference", "message_id",
    "channel_id", "fail_if_not_exists", "components", "type", "custom_id", "style", "label", "emoji",
    "options", "accessory", "items", "media", "file", "component", "attachments", "id", "filename",
    "messages", "nick", "communication_disabled_until", "mute", "deaf", "user_ids",
    "delete_message_seconds", "delete_message_days", "recipient_id", "topic", "position", "parent_id",
    "rate_limit_per_user", "permission_overwrites", "allow", "deny", "permissions", "colors",
    "primary_color", "hoist", "mentionable", "preferred_locale", "features", "system_channel_id",
    "invites_disabled_until", "dms_disabled_until", "event_type", "trigger_type", "trigger_metadata",
    "keyword_filter", "regex_patterns", "allow_list", "presets", "mention_total_limit", "actions",
    "metadata", "duration_seconds", "exempt_roles", "exempt_channels", "enabled", "username", "tags",
    "interactions_endpoint_url", "event_webhooks_url", "event_webhooks_types", "name_localizations",
    "description_localizations", "default_member_permissions", "contexts", "integration_types", "nsfw",
    "choices", "min_value", "max_value", "min_length", "max_length", "autocomplete", "channel_types",
    "required", "file_types",
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, 2, 3, 4, 5, 10, 17, 1 << 15, 1 << 63, 10**40])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "",
            "0",
            "1",
            "-1",
            str(1 << 70),
            "de",
            "2026-01-01T00:00:00Z",
            "0001-01-01T00:00:00+23:59",
            "x" * 50,
        ]
        + [str(each) for each in (seed.GENERAL, seed.HELPER, seed.ADA, seed.STAFF_CATEGORY)]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(KNOWN), inside, max_size=6),
    max_leaves=20,
)


@st.composite
def spoilt(draw: st.DrawFn, body: Any) -> Any:
    """Change one thing somewhere in a good body; what stands deep is changed as often as what does not."""
    if not isinstance(body, (dict, list)) or not body or draw(st.integers(0, 4)) == 0:
        return draw(JSON)
    if isinstance(body, list):
        place = draw(st.integers(0, len(body) - 1))
        return [*body[:place], draw(spoilt(body[place])), *body[place + 1 :]]
    name = draw(st.sampled_from(sorted(body)))
    if draw(st.integers(0, 4)) == 0:
        return body | {draw(st.sampled_from(KNOWN)): draw(JSON)}
    return body | {name: draw(spoilt(body[name]))}


def bodies_of(method: str, template: str) -> st.SearchStrategy[Any]:
    good = [step.body for step in STEPS if (step.method, step.template) == (method, template) and step.body]
    return st.one_of(JSON, *(spoilt(body) for body in good)) if good else JSON


def path_of(template: str, caller: Caller) -> str:
    world = caller.discord.world
    return template.format_map(
        {
            "channel_id": seed.GENERAL,
            "guild_id": seed.GUILD_ID,
            "user_id": seed.ADA,
            "role_id": seed.HELPER,
            "overwrite_id": seed.HELPER,
            "application_id": caller.discord.bot.id,
            "message_id": world.newest_message_id(seed.GENERAL) or 1,
            "rule_id": next(iter(caller.guild.automod), 1),
            "command_id": next((each["id"] for each in world.commands.get(None, ())), 1),
        }
    )


class TestAnything:
    """Any JSON at all, and good bodies with one thing changed."""

    @pytest.mark.parametrize(("method", "template"), WITH_BODY)
    def test_is_answered_without_falling_over(self, method: str, template: str) -> None:
        with asyncio.Runner() as runner:
            stack = AsyncExitStack()
            caller = runner.run(stack.enter_async_context(calling(endpoint=None)))

            @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
            @given(body=bodies_of(method, template))
            def examine(body: Any) -> None:
                path = path_of(template, caller)
                response = runner.run(caller.client.request(method, API + path, json=body))
                assert response.status_code < 500 or response.status_code == 501, response.text
                if response.status_code >= 400:
                    assert {"message", "code"} <= response.json().keys()

            examine()
            runner.run(stack.aclose())


@pytest.fixture
async def bot() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


@pytest.mark.anyio
class TestBodies:
    @pytest.mark.parametrize(("method", "template"), WITH_BODY)
    async def test_that_are_no_json_are_50109(self, bot: Caller, method: str, template: str) -> None:
        for scope in (None, seed.GUILD_ID):
            bot.discord.world.commands[scope] = [{"id": "1", "name": "x", "type": 1}]
        path = path_of(template, bot)
        for raw in (b"{", b"\xff", b'{"a": NaN}', b"[" * 100 + b"]" * 100):
            refusal = await bot.refused(
                method, path, content=raw, headers={"Content-Type": "application/json"}
            )
            assert refusal == (400, 50109), raw

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
    async def test_of_another_type_are_refused(self, bot: Caller, kind: str) -> None:
        errors = await bot.errors("POST", MESSAGES, content=b"{}", headers={"Content-Type": kind})
        assert errors["_errors"][0]["code"] == "CONTENT_TYPE_INVALID"

    @pytest.mark.parametrize("body", [[], "x", 1, None, True])
    async def test_that_are_no_object_are_refused(self, bot: Caller, body: Any) -> None:
        for method, path in (("POST", MESSAGES), ("PATCH", GUILD), ("POST", GUILD + "/roles")):
            response = await bot.client.request(method, API + path, json=body)
            if response.request.content:
                assert response.json()["code"] == 50035

    @pytest.mark.parametrize("size", [1024 * 1024 + 1, 26 * 1024 * 1024])
    async def test_that_are_too_large_are_40005(self, bot: Caller, size: int) -> None:
        headers = {"Content-Type": "application/json"}
        for method, path in (("POST", MESSAGES), ("PATCH", GUILD)):
            refusal = await bot.refused(method, path, content=bytes(size), headers=headers)
            assert refusal == (413, 40005)

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(0, size, 65_536):
                yield b" " * 65_536

        assert await bot.refused("POST", MESSAGES, content=chunks(), headers=headers) == (413, 40005)

    async def test_with_broken_parts_are_refused(self, bot: Caller) -> None:
        for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
            headers = {"Content-Type": kind}
            refusal = await bot.refused("POST", MESSAGES, content=b"--y\r\nbroken", headers=headers)
            assert refusal[0] == 400
        refusal = await bot.refused("POST", MESSAGES, data={"payload_json": "{"}, files={"files[0]": b"x"})
        assert refusal == (400, 50109)


@pytest.mark.anyio
class TestPaths:
    @pytest.mark.parametrize(
        "path",
        ["/nonsense", GUILD + "/emojis", CHANNEL + "/pins", CHANNEL + "/invites", "/voice/regions", "//"],
    )
    async def test_that_nobody_has_are_501(self, bot: Caller, path: str) -> None:
        response = await bot.call("GET", path)
        assert response.status_code == 501
        assert path in response.json()["message"]

    @pytest.mark.parametrize("path", ["/users/@me/", "/guilds//roles", "/Users/@me", "/users/@me/x"])
    async def test_are_taken_by_the_letter(self, bot: Caller, path: str) -> None:
        assert (await bot.call("GET", path)).status_code == 501

    async def test_have_only_their_methods(self, bot: Caller) -> None:
        for method, path in (("PUT", GUILD), ("GET", GUILD + "/bulk-ban"), ("DELETE", MESSAGES)):
            assert await bot.refused(method, path) == (405, 0)

    @pytest.mark.parametrize(("method", "template"), GUARDED)
    async def test_need_the_bots_token(self, bot: Caller, method: str, template: str) -> None:
        del bot.client.headers["Authorization"]
        assert await bot.refused(method, path_of(template, bot)) == (401, 0)
