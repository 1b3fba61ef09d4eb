"""What is to be done to a member's roles, held against the rule in other words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.discord.permissions import DANGEROUS, Permission
from app.discord.port import DiscordGuild, DiscordRole
from app.discord.ranks import Rank
from app.roles import domain
from app.roles.domain import Claim, Grant, Wants, changes, compose, refusal, to_note_as_seen, was_taken

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


class TestComposing:
    rooms = st.sampled_from(["bytes", "squads", "off"])

    @given(
        st.dictionaries(ids, st.booleans()), st.dictionaries(ids, st.booleans()), st.dictionaries(ids, rooms)
    )
    def test_a_role_is_due_if_any_room_says_so_and_what_is_off_is_left_out(
        self, rewards: dict[int, bool], squads: dict[int, bool], given_for: dict[int, str]
    ) -> None:
        wants = [
            Wants("bytes", tuple(Claim(each, due, "bytes", "r") for each, due in rewards.items())),
            Wants("squads", tuple(Claim(each, due, "squads", "r") for each, due in squads.items()), "lost"),
        ]
        found = compose(wants, {role_id: Grant(why) for role_id, why in given_for.items()})
        claims = {each.role_id: each for each in found.claims}
        assert len(claims) == len(found.claims)
        assert found.granted == {role_id for role_id, why in given_for.items() if why != "off"}
        for role_id in {*rewards, *squads}:
            assert claims[role_id].is_due == (rewards.get(role_id, False) or squads.get(role_id, False))
        # A squad's role that no squad has any more goes; a reward that is none any more stays.
        for role_id in claims.keys() - rewards.keys() - squads.keys():
            assert (claims[role_id].is_due, claims[role_id].reason) == (False, "lost")
        assert claims.keys() - rewards.keys() - squads.keys() == {
            role_id
            for role_id, why in given_for.items()
            if why == "squads" and role_id not in {*rewards, *squads}
        }


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TestTakenByHand:
    due = Claim(10, is_due=True, why="squads", reason="", since=NOON)

    @pytest.mark.parametrize(
        ("claim", "seen_at", "joined_at", "actual", "taken"),
        [
            (due, NOON + HOUR, NOON - HOUR, (), True),
            (due, NOON, NOON, (), True),
            (due, NOON + HOUR, NOON - HOUR, (10,), False),
            (due, None, NOON - HOUR, (), False),  # given, and lost on the way
            (due, NOON + HOUR, NOON + 2 * HOUR, (), False),  # came back
            (due, NOON - HOUR, NOON - 2 * HOUR, (), False),  # seen for another membership
            (due, NOON + HOUR, None, (), False),
            (Claim(10, is_due=False, why="squads", reason=""), NOON + HOUR, NOON, (), False),
            (claim(10, is_due=True), NOON + HOUR, NOON, (), False),  # rewards do not say since when
        ],
    )
    def test_is_what_was_seen_since_it_was_due_and_is_gone(
        self,
        claim: Claim,
        seen_at: datetime | None,
        joined_at: datetime | None,
        actual: tuple[int, ...],
        *,
        taken: bool,
    ) -> None:
        grant = Grant("squads", seen_at)
        assert was_taken(claim, grant, actual=actual, joined_at=joined_at) is taken

    def test_what_we_never_gave_was_not_taken(self) -> None:
        assert not was_taken(self.due, None, actual=(), joined_at=NOON)

    @pytest.mark.parametrize(
        ("seen_at", "joined_at", "noted"),
        [
            (None, NOON, {10}),
            (NOON - HOUR, NOON - HOUR, {10}),  # of the membership before
            (NOON + HOUR, NOON + 2 * HOUR, {10}),  # before the member came back
            (NOON + HOUR, NOON, set()),
        ],
    )
    def test_it_is_noted_once_for_each_membership(
        self, seen_at: datetime | None, joined_at: datetime, noted: set[int]
    ) -> None:
        grants = {10: Grant("squads", seen_at)}
        assert to_note_as_seen([self.due], grants, actual=(10,), joined_at=joined_at) == noted
        assert not to_note_as_seen([self.due], grants, actual=(), joined_at=joined_at)
