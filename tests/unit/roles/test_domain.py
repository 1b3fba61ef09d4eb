"""What is to be done to a member's roles, held against the rule in other words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.discord.permissions import DANGEROUS, Permission
from app.discord.port import DiscordGuild, DiscordRole
from app.discord.ranks import Rank
from app.roles import domain
from app.roles.domain import Claim, changes, refusal

GUILD, BOT = 1, Rank(5, 50)
ROLES = {
    GUILD: DiscordRole(GUILD, "@everyone", 0, 0, is_managed=False),
    10: DiscordRole(10, "Regular", 1, 0, is_managed=False),
    11: DiscordRole(11, "Veteran", 2, 0, is_managed=False),
    12: DiscordRole(12, "Booster", 3, 0, is_managed=True),
    13: DiscordRole(13, "Moderator", 4, int(Permission.KICK_MEMBERS), is_managed=False),
    14: DiscordRole(14, "Head", 6, 0, is_managed=False),
    15: DiscordRole(15, "Helper", 1, 0, is_managed=False),
}
PLACE = DiscordGuild(GUILD, "Guild", 1000, ROLES)
WITH_LEVEL = {15}


def claim(role_id: int, *, is_due: bool) -> Claim:
    return Claim(role_id, is_due, "bytes", "500 bytes")


ids = st.sampled_from([*ROLES, 99])


@given(
    st.dictionaries(ids, st.booleans(), max_size=6),
    st.frozensets(ids, max_size=5),
    st.frozensets(ids, max_size=5),
)
def test_what_is_done_is_what_the_rule_says(
    due: dict[int, bool], granted: frozenset[int], actual: frozenset[int]
) -> None:
    claims = [claim(role_id, is_due=is_due) for role_id, is_due in due.items()]
    found = changes(claims, granted=granted, actual=actual, guild=PLACE, bot=BOT, with_level=WITH_LEVEL)
    added, removed = {each.role_id for each in found.add}, {each.role_id for each in found.remove}
    for role_id in {*due, *granted, *actual}:
        may_be_given = role_id in (10, 11)
        wanted = due.get(role_id)
        assert (role_id in added) == (wanted is True and role_id not in actual and may_be_given)
        assert (role_id in found.refused) == (wanted is True and role_id not in actual and not may_be_given)
        # Never a role that we did not give, whatever anybody claims.
        ours_and_over = wanted is False and role_id in granted and role_id in actual and role_id in ROLES
        assert (role_id in removed) == ours_and_over
        if role_id in found.forget:
            assert role_id in granted
            assert wanted is None or (wanted is False and not ours_and_over)
    assert not added & removed


@given(st.frozensets(ids, max_size=5), st.frozensets(ids, max_size=5))
def test_a_reward_that_is_no_longer_one_stays_with_those_who_have_it(
    granted: frozenset[int], actual: frozenset[int]
) -> None:
    found = changes([], granted=granted, actual=actual, guild=PLACE, bot=BOT)
    assert (found.add, found.remove, found.forget) == ((), (), granted)


@pytest.mark.parametrize(
    ("role_id", "why"),
    [
        (10, None),
        (GUILD, domain.GONE),
        (99, domain.GONE),
        (12, domain.MANAGED),
        (13, domain.TOO_POWERFUL),
        (14, domain.TOO_HIGH),
        (15, domain.HAS_LEVEL),
    ],
)
def test_what_must_not_be_handed_out_has_its_sentence(role_id: int, why: str | None) -> None:
    assert refusal(PLACE, role_id, BOT, WITH_LEVEL) == why


@pytest.mark.parametrize("bit", [bit for bit in range(64) if DANGEROUS >> bit & 1])
def test_no_dangerous_permission_can_be_bought(bit: int) -> None:
    role = DiscordRole(20, "", 1, 1 << bit, is_managed=False)
    guild = DiscordGuild(GUILD, "", 1000, ROLES | {20: role})
    assert refusal(guild, 20, BOT, ()) == domain.TOO_POWERFUL


def test_the_bots_own_role_is_not_below_itself() -> None:
    role = DiscordRole(50, "", 5, 0, is_managed=False)
    assert refusal(DiscordGuild(GUILD, "", 1000, ROLES | {50: role}), 50, BOT, ()) == domain.TOO_HIGH
