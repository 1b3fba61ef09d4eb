"""Valid forms with one value replaced: Discord's refusal or an answer, never a fall."""

import copy
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from simulator.config import SimulatorConfig
from simulator.state import seed
from tests.edges.simulator.simulators import simulator_of

pytestmark = pytest.mark.anyio

GUILD = f"/guilds/{seed.GUILD_ID}"
CHANNEL = f"/channels/{seed.GENERAL}"
OVERWRITE = {"id": str(seed.VERIFIED), "type": 0, "allow": "1024", "deny": "2048"}

VALUES: list[Any] = ["1", "x", "", "9" * 30, "<@1>", -1, 0, 1, 5, 2**70, 1.5, 1e300, True, None]
VALUES += [[], {}, [1], ["a"], {"a": 1}, [None], [{}]]

LEGACY = {
    "content": "words",
    "nonce": "a",
    "flags": 4,
    "embeds": [
        {
            "title": "t",
            "url": "http://x",
            "timestamp": "2024-01-01T00:00:00Z",
            "color": 1,
            "footer": {"text": "f"},
            "author": {"name": "n"},
            "image": {"url": "http://x"},
            "fields": [{"name": "a", "value": "b", "inline": True}],
        }
    ],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"], "replied_user": True},
    "message_reference": {"message_id": "1", "fail_if_not_exists": False},
    "attachments": [{"id": 0, "filename": "a"}],
    "components": [
        {
            "type": 1,
            "components": [{"type": 2, "style": 1, "label": "l", "custom_id": "c", "emoji": {"name": "e"}}],
        },
        {
            "type": 1,
            "id": 3,
            "components": [
                {
                    "type": 3,
                    "custom_id": "s",
                    "min_values": 1,
                    "max_values": 1,
                    "options": [{"label": "l", "value": "v", "default": True}],
                }
            ],
        },
        {
            "type": 1,
            "components": [
                {
                    "type": 8,
                    "custom_id": "e",
                    "channel_types": [0],
                    "default_values": [{"id": "1", "type": "channel"}],
                }
            ],
        },
    ],
}
MODERN = {
    "flags": 32768,
    "components": [
        {
            "type": 17,
            "accent_color": 3,
            "components": [
                {"type": 10, "content": "words"},
                {
                    "type": 9,
                    "components": [{"type": 10, "content": "more"}],
                    "accessory": {"type": 11, "media": {"url": "http://x"}},
                },
                {"type": 12, "items": [{"media": {"url": "http://x"}, "description": "d"}]},
                {"type": 14, "spacing": 1, "divider": True},
            ],
        }
    ],
}
COMMAND = {
    "name": "abc",
    "description": "d",
    "default_member_permissions": "8",
    "contexts": [0],
    "name_localizations": {"de": "x"},
    "options": [
        {
            "type": 1,
            "name": "s",
            "description": "d",
            "options": [
                {
                    "type": 4,
                    "name": "n",
                    "description": "d",
                    "required": True,
                    "min_value": 1,
                    "max_value": 3,
                    "choices": [{"name": "a", "value": 1}],
                },
                {"type": 3, "name": "t", "description": "d", "max_length": 5, "autocomplete": True},
            ],
        }
    ],
}
RULE = {
    "name": "r",
    "event_type": 1,
    "trigger_type": 1,
    "trigger_metadata": {"keyword_filter": ["a*"], "regex_patterns": ["b+"], "allow_list": ["c"]},
    "actions": [
        {"type": 1, "metadata": {"custom_message": "m"}},
        {"type": 3, "metadata": {"duration_seconds": 60}},
    ],
    "exempt_roles": ["1"],
}
FORMS: list[tuple[str, str, Any]] = [
    ("POST", f"{CHANNEL}/messages", LEGACY),
    ("POST", f"{CHANNEL}/messages", MODERN),
    ("POST", "/applications/{application}/commands", COMMAND),
    ("PUT", f"/applications/{{application}}{GUILD}/commands", [COMMAND, {"name": "A b", "type": 3}]),
    ("POST", f"{GUILD}/auto-moderation/rules", RULE),
    ("POST", f"{GUILD}/channels", {"name": "c", "type": 0, "permission_overwrites": [OVERWRITE]}),
    ("PATCH", f"/channels/{seed.HELP}", {"name": "c", "topic": "t", "permission_overwrites": [OVERWRITE]}),
    ("POST", f"{GUILD}/roles", {"name": "r", "permissions": "8", "colors": {"primary_color": 1}}),
    ("PATCH", f"{GUILD}/roles", [{"id": str(seed.HELPER), "position": 1}]),
    ("PATCH", f"{GUILD}/members/{seed.JUN}", {"nick": "n", "roles": [str(seed.VERIFIED)]}),
    ("PUT", f"{GUILD}/incident-actions", {"invites_disabled_until": "2026-01-01T00:00:00Z"}),
    ("POST", f"{CHANNEL}/messages/bulk-delete", {"messages": ["1", "2"]}),
    ("POST", f"{GUILD}/bulk-ban", {"user_ids": ["5"], "delete_message_seconds": 5}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Tell the path of everything inside a form, itself first."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def replaced(form: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(form)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return changed


async def test_no_replaced_value_makes_the_rest_api_fall() -> None:
    config = SimulatorConfig(bot_token="t", rate_limits=False, talk=False)
    headers = {"Authorization": "Bot t"}
    statuses = set()
    async with simulator_of(config, headers=headers) as made:
        for method, path, form in FORMS:
            url = "/api/v10" + path.format(application=config.application_id)
            for where, value in product(places(form), VALUES):
                answer = await made.client.request(method, url, json=replaced(form, where, value))
                assert answer.status_code < 500 or answer.status_code == 501, (method, url, where, value)
                statuses.add(answer.status_code)
    assert {200, 400} <= statuses
