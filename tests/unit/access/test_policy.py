"""Who may do what."""

import pytest

from app.access.policy import REQUIREMENTS, Action, Allow, Deny, may
from app.discord.permissions import Permission, holds
from app.guilds.domain import Actor, Via
from app.wording import Term


def actor(permissions: int, via: Via = Via.COMMAND) -> Actor:
    return Actor(guild_id=1, user_id=2, username="ada", permissions=permissions, via=via)


def test_every_action_has_a_requirement() -> None:
    assert set(REQUIREMENTS) == set(Action)


@pytest.mark.parametrize("action", [Action.GRANT_BYTES, Action.CONFIGURE])
class TestStaffActions:
    def test_are_refused_to_members_with_the_name_of_what_is_missing(self, action: Action) -> None:
        answer = may(actor(Permission.MANAGE_MESSAGES | Permission.KICK_MEMBERS), action)
        assert isinstance(answer, Deny)
        assert answer.facts == {"permission": Term("Manage Server")}

    def test_are_open_to_managers(self, action: Action) -> None:
        assert may(actor(Permission.MANAGE_GUILD), action) == Allow()

    def test_are_open_to_administrators(self, action: Action) -> None:
        assert may(actor(Permission.ADMINISTRATOR), action) == Allow()

    def test_are_open_to_whoever_sits_at_the_machine(self, action: Action) -> None:
        assert may(Actor.operator(1), action) == Allow()


def test_bytes_are_open_to_everybody() -> None:
    assert may(actor(0), Action.USE_BYTES) == Allow()


def test_unknown_bits_neither_help_nor_hurt() -> None:
    assert not holds(1 << 60, Permission.MANAGE_GUILD)
    assert holds(1 << 60 | Permission.MANAGE_GUILD, Permission.MANAGE_GUILD)
