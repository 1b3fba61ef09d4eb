"""What a member may do in a guild and in a channel, held against a second calculator."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.discord.effective import ALL, Overwrite, in_channel, in_guild
from app.discord.permissions import TITLES, Permission
from app.discord.port import DiscordGuild, DiscordMember, DiscordRole
from tests.oracles import channel_permission_calculator as oracle

GUILD, OWNER, ADA = 1, 1000, 1001
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)

ROLES = range(2, 6)
"""Few, so that what the roles say meets."""

BITS = (0, 3, 6, 10, 11, 12, 13, 14, 15, 16, 17, 31, 34, 38, 40, 52)

# Each bit is likely, but for the administrator's, under which nothing else is seen.
masks = st.sets(st.sampled_from([each for each in BITS if each != 3]), max_size=12).map(
    lambda bits: sum(1 << bit for bit in bits)
)
role_masks = st.one_of(masks, masks, masks, masks.map(lambda bits: bits | 8))


@st.composite
def guilds(draw: st.DrawFn) -> DiscordGuild:
    roles = [DiscordRole(GUILD, "@everyone", 0, draw(masks), is_managed=False)]
    roles += [DiscordRole(each, "", each, draw(role_masks), is_managed=False) for each in ROLES]
    return DiscordGuild(GUILD, "Guild", OWNER, {each.role_id: each for each in roles})


people = st.builds(
    lambda user_id, roles, minutes: DiscordMember(
        GUILD,
        user_id,
        "ada",
        is_bot=False,
        role_ids=roles,
        timed_out_until=None if minutes is None else NOW + timedelta(minutes=minutes),
    ),
    st.sampled_from([OWNER, ADA, ADA, ADA]),
    st.frozensets(st.sampled_from([*ROLES, 99]), max_size=4),  # 99: a role that is gone
    st.sampled_from([None, None, -1, 0, 1]),
)
overwrites = st.lists(
    st.builds(
        Overwrite,
        st.sampled_from([GUILD, *ROLES, ADA, OWNER]),
        st.booleans(),
        allow=masks,
        deny=masks,
    ),
    max_size=6,
    unique_by=lambda each: (each.target_id, each.is_role),
)


def asked(guild: DiscordGuild, member: DiscordMember) -> tuple[dict[str, Any], dict[str, Any]]:
    return {
        "id": guild.guild_id,
        "owner_id": guild.owner_id,
        "roles": [{"id": each.role_id, "permissions": each.permissions} for each in guild.roles.values()],
    }, {
        "id": member.user_id,
        "roles": member.role_ids,
        "is_timed_out": bool(member.timed_out_until and member.timed_out_until > NOW),
    }


@given(guild=guilds(), member=people, said=overwrites, is_thread=st.booleans())
def test_in_a_channel_every_bit_agrees_with_the_second_calculator(
    guild: DiscordGuild, member: DiscordMember, said: list[Overwrite], *, is_thread: bool
) -> None:
    bits = in_channel(guild, member, said, NOW, is_thread=is_thread)
    channel = {
        "is_thread": is_thread,
        "overwrites": [
            {
                "id": each.target_id,
                "type": "role" if each.is_role else "member",
                "allow": each.allow,
                "deny": each.deny,
            }
            for each in said
        ],
    }
    told = {bit for bit in BITS if bits >> bit & 1}
    assert told == {bit for bit in BITS if oracle.may(*asked(guild, member), channel, bit)}


@given(guilds(), people)
def test_a_channel_that_says_nothing_adds_nothing(guild: DiscordGuild, member: DiscordMember) -> None:
    assert in_channel(guild, member, [], NOW) | in_guild(guild, member, NOW) == in_guild(guild, member, NOW)


class TestTimedOut:
    @pytest.mark.parametrize(
        ("permissions", "user_id", "left"),
        [
            (ALL & ~8, ADA, Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY),
            (0, ADA, 0),
            (8, ADA, ALL),
            (0, OWNER, ALL),
        ],
        ids=["member", "member without any", "administrator", "owner"],
    )
    def test_keeps_looking_only_unless_nobody_can_time_them_out(
        self, permissions: int, user_id: int, left: int
    ) -> None:
        everyone = DiscordRole(GUILD, "@everyone", 0, permissions, is_managed=False)
        guild = DiscordGuild(GUILD, "Guild", OWNER, {GUILD: everyone})
        member = DiscordMember(
            GUILD,
            user_id,
            "ada",
            is_bot=False,
            role_ids=frozenset(),
            timed_out_until=NOW + timedelta(seconds=1),
        )
        assert in_guild(guild, member, NOW) == left
        assert in_guild(guild, member, NOW + timedelta(seconds=1)) in (permissions, ALL)


def test_every_permission_has_the_name_that_discord_shows() -> None:
    assert set(TITLES) == set(Permission)
    assert len(set(TITLES.values())) == len(TITLES)
