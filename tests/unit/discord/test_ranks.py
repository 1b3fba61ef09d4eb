"""Who stands above whom, held against a second calculator."""

from hypothesis import given
from hypothesis import strategies as st

from app.discord.permissions import DANGEROUS
from app.discord.port import DiscordGuild, DiscordMember, DiscordRole
from app.discord.ranks import permissions_of, rank_of
from tests.oracles import permission_calculator as oracle

GUILD, OWNER = 1, 1000


@st.composite
def guilds(draw: st.DrawFn) -> DiscordGuild:
    ids = draw(st.lists(st.integers(2, 40), unique=True, max_size=8))
    roles = [DiscordRole(GUILD, "@everyone", 0, draw(st.integers(0, 2**10)), is_managed=False)]
    for role_id in ids:
        position = draw(st.integers(1, 4))  # few, so that there are ties: Discord has them
        permissions = draw(st.integers(0, 2**50))
        roles.append(DiscordRole(role_id, str(role_id), position, permissions, is_managed=False))
    return DiscordGuild(GUILD, "Guild", OWNER, {role.role_id: role for role in roles})


def plain(guild: DiscordGuild) -> dict[str, object]:
    return {
        "id": guild.guild_id,
        "owner_id": guild.owner_id,
        "roles": [
            {"id": each.role_id, "position": each.position, "permissions": each.permissions}
            for each in guild.roles.values()
        ],
    }


people = st.tuples(st.sampled_from([OWNER, 7, 8]), st.frozensets(st.integers(2, 40), max_size=5))


@given(guilds(), people, people)
def test_ranks_agree_with_the_second_calculator(
    guild: DiscordGuild, one: tuple[int, frozenset[int]], other: tuple[int, frozenset[int]]
) -> None:
    above = rank_of(guild, *one) > rank_of(guild, *other)
    assert above == oracle.is_above(plain(guild), (one[0], set(one[1])), (other[0], set(other[1])))


@given(guilds(), people, st.integers(0, 50))
def test_permissions_agree_with_the_second_calculator(
    guild: DiscordGuild, who: tuple[int, frozenset[int]], bit: int
) -> None:
    member = DiscordMember(GUILD, who[0], "ada", is_bot=False, role_ids=who[1])
    holds = bool(permissions_of(guild, member) >> bit & 1)
    assert holds == oracle.may(plain(guild), who[0], set(who[1]), bit)


def test_of_two_roles_at_one_position_the_older_is_higher() -> None:
    roles = [DiscordRole(each, "", 3, 0, is_managed=False) for each in (5, 6)]
    everyone = DiscordRole(GUILD, "", 0, 0, is_managed=False)
    guild = DiscordGuild(GUILD, "", OWNER, {each.role_id: each for each in [everyone, *roles]})
    assert rank_of(guild, 7, [5]) > rank_of(guild, 8, [6])


def test_dangerous_are_these_bits_and_no_others() -> None:
    """What gives power over people or the server, by the numbers of Discord (topics/permissions)."""
    bits = {bit for bit in range(64) if DANGEROUS >> bit & 1}
    assert bits == {1, 2, 3, 4, 5, 7, 13, 17, 27, 28, 29, 30, 33, 34, 40}
