"""Permission arithmetic, against a calculation that works on sets of names instead of bits."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.permissions import (
    ALL,
    Overwrite,
    OverwriteTarget,
    Permission,
    Standing,
    in_channel,
    in_guild,
)

GUILD, MEMBER = 1, 50
ROLES = (10, 11, 12)
SOME = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES
WORDS = {each.name for each in Permission}

bits = st.sets(st.sampled_from(list(Permission)), max_size=8).map(
    lambda chosen: int(sum(chosen)) | (SOME if len(chosen) % 2 else 0)
)
overwrites = st.lists(
    st.builds(
        Overwrite,
        id=st.sampled_from((GUILD, *ROLES, MEMBER, 99)),
        target=st.sampled_from(OverwriteTarget),
        allow=bits,
        deny=bits,
    ),
    max_size=6,
    unique_by=lambda each: (each.id, each.target),
)
standings = st.builds(
    Standing,
    user_id=st.just(MEMBER),
    guild_id=st.just(GUILD),
    everyone=bits,
    roles=st.dictionaries(st.sampled_from(ROLES), bits),
    is_owner=st.booleans(),
    is_timed_out=st.booleans(),
)


def names(permissions: int) -> set[str | None]:
    return {each.name for each in Permission if permissions & each}


def expected(standing: Standing, exceptions: list[Overwrite]) -> set[str | None]:
    if standing.is_owner:
        return set(WORDS)
    held = names(standing.everyone).union(*map(names, standing.roles.values()))
    if "ADMINISTRATOR" in held:
        return set(WORDS)
    of_role = {each.id: each for each in exceptions if each.target == 0}
    of_member = {each.id: each for each in exceptions if each.target == 1}
    everyone = of_role.get(standing.guild_id)
    if everyone:
        held = (held - names(everyone.deny)) | names(everyone.allow)
    mine = [of_role[role] for role in standing.roles if role in of_role]
    for each in mine:
        held -= names(each.deny)
    for each in mine:
        held |= names(each.allow)
    own = of_member.get(standing.user_id)
    if own:
        held = (held - names(own.deny)) | names(own.allow)
    if standing.is_timed_out:
        held &= {"VIEW_CHANNEL", "READ_MESSAGE_HISTORY"}
    if "VIEW_CHANNEL" not in held:
        return set()
    if "SEND_MESSAGES" not in held:
        held -= {"MENTION_EVERYONE", "SEND_TTS_MESSAGES", "ATTACH_FILES", "EMBED_LINKS"}
    return held


def standing(
    *, roles: dict[int, int] | None = None, is_owner: bool = False, is_timed_out: bool = False
) -> Standing:
    return Standing(
        user_id=MEMBER,
        guild_id=GUILD,
        everyone=int(SOME),
        roles=roles or {},
        is_owner=is_owner,
        is_timed_out=is_timed_out,
    )


class TestInChannel:
    @given(standings, overwrites)
    def test_agrees_with_discords_algorithm_told_in_sets(
        self, one: Standing, exceptions: list[Overwrite]
    ) -> None:
        assert names(in_channel(one, exceptions)) == expected(one, exceptions)

    def test_a_role_that_allows_wins_over_a_role_that_denies(self) -> None:
        exceptions = [
            Overwrite(10, OverwriteTarget.ROLE, allow=Permission.SEND_MESSAGES),
            Overwrite(11, OverwriteTarget.ROLE, deny=Permission.SEND_MESSAGES),
        ]
        both = standing(roles={10: 0, 11: 0})
        assert in_channel(both, exceptions) & Permission.SEND_MESSAGES

    def test_the_members_own_exception_has_the_last_word(self) -> None:
        exceptions = [
            Overwrite(10, OverwriteTarget.ROLE, allow=Permission.SEND_MESSAGES),
            Overwrite(MEMBER, OverwriteTarget.MEMBER, deny=Permission.SEND_MESSAGES),
        ]
        assert not in_channel(standing(roles={10: 0}), exceptions) & Permission.SEND_MESSAGES

    def test_nothing_is_left_in_a_channel_that_cannot_be_seen(self) -> None:
        hidden = [Overwrite(GUILD, OverwriteTarget.ROLE, deny=Permission.VIEW_CHANNEL)]
        assert in_channel(standing(), hidden) == 0
        assert in_channel(standing(is_owner=True), hidden) == ALL
        assert in_channel(standing(roles={10: int(Permission.ADMINISTRATOR)}), hidden) == ALL


class TestInGuild:
    @given(standings)
    def test_is_the_channel_without_exceptions_before_implicit_denials(self, one: Standing) -> None:
        assert in_channel(one, []) & ~in_guild(one) == 0

    def test_who_is_timed_out_only_looks(self) -> None:
        silenced = standing(is_timed_out=True)
        assert in_guild(silenced) == Permission.VIEW_CHANNEL
