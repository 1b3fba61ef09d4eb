"""Which lines of Discord's audit log are cases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.moderation.domain import CaseAction
from moderation_listener.auditing import discord_action

BOT = 99
ENTRY: dict[str, Any] = {
    "id": "1239045219823484930",
    "guild_id": "10",
    "user_id": "20",
    "target_id": "30",
    "action_type": 22,
    "reason": "spam",
}
UNTIL = "communication_disabled_until"


@pytest.mark.parametrize(("kind", "action"), [(20, "kick"), (22, "ban"), (23, "unban")])
def test_a_kick_a_ban_and_its_lifting_are(kind: int, action: str) -> None:
    done = discord_action(ENTRY | {"action_type": kind}, BOT)
    assert done is not None
    assert (done.action, done.guild_id, done.moderator_id, done.user_id) == (CaseAction(action), 10, 20, 30)
    assert (done.reason, done.until, done.key) == ("spam", None, "auditlog:1239045219823484930")
    assert done.at.date() == date(2024, 5, 12)


def test_a_time_out_is_with_its_end() -> None:
    changes = [{"key": "nick", "new_value": "x"}, {"key": UNTIL, "new_value": "2026-03-01T12:00:00+00:00"}]
    done = discord_action(ENTRY | {"action_type": 24, "changes": changes}, BOT)
    assert done is not None
    assert (done.action, done.until) == (CaseAction.TIMEOUT, datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_the_end_of_a_time_out_is() -> None:
    changes = [{"key": UNTIL, "old_value": "2026-03-01T12:00:00+00:00"}]
    done = discord_action(ENTRY | {"action_type": 24, "changes": changes}, BOT)
    assert done is not None
    assert (done.action, done.until) == (CaseAction.UNTIMEOUT, None)


@pytest.mark.parametrize(
    "more",
    [
        {"user_id": str(BOT)},
        {"user_id": None},
        {"target_id": None},
        {"action_type": 24, "changes": [{"key": "nick", "new_value": "x"}]},
        {"action_type": 24},
        {"action_type": 25},
        {"action_type": None},
    ],
    ids=["the bot's own", "nobody's", "about nobody", "a nickname", "no change", "roles", "unknown"],
)
def test_nothing_else_is(more: dict[str, Any]) -> None:
    assert discord_action(ENTRY | more, BOT) is None
