"""Who may do what."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.domain import Level, highest
from app.access.policy import REQUIREMENTS, Action, Allow, Deny, Facts, ModerationAction, level_matters, may
from app.discord.permissions import Permission, holds
from app.guilds.domain import Actor, Via
from app.wording import Term, fill, plain

ADMINISTRATOR, MANAGE_SERVER, TIME_OUT_MEMBERS = 1 << 3, 1 << 5, 1 << 40
TITLES = {MANAGE_SERVER: "Manage Server", TIME_OUT_MEMBERS: "Time Out Members"}
EVERYBODY = None

WHO_MAY: dict[str, tuple[int, str] | None] = {
    "help.use": EVERYBODY,
    "privacy.use": EVERYBODY,
    "bytes.use": EVERYBODY,
    "bytes.grant": (MANAGE_SERVER, "manager"),
    "bytes.take": (MANAGE_SERVER, "manager"),
    "bytes.undo": (MANAGE_SERVER, "manager"),
    "bytes.view_others_history": (TIME_OUT_MEMBERS, "moderator"),
    "squads.use": EVERYBODY,
    "configure": (MANAGE_SERVER, "manager"),
    "automod.view": (MANAGE_SERVER, "manager"),
    "raid.handle": (MANAGE_SERVER, "manager"),
    "cases.view_own": EVERYBODY,
    "reports.make": EVERYBODY,
}
"""Action -> (a permission bit of Discord's, a level of ours), written down a second time."""

INCLUDED = {
    "viewer": {"viewer"},
    "moderator": {"viewer", "moderator"},
    "manager": {"viewer", "moderator", "manager"},
}

STAFF_ACTIONS = [(action, *needed) for action in Action if (needed := WHO_MAY[action.value])]

permission_bits = st.integers(0, (1 << 53) - 1) | st.lists(
    st.sampled_from([1 << bit for bit in range(53)]), max_size=4
).map(sum)
levels = st.sampled_from(list(Level))


def actor(permissions: int, via: Via = Via.COMMAND) -> Actor:
    return Actor(guild_id=1, user_id=2, username="ada", permissions=permissions, via=via)


def is_allowed(action: Action, permissions: int, carried: set[str]) -> bool:
    """Decide it in plain Python, from the table of this file and from nothing of ours."""
    needed = WHO_MAY[action.value]
    if needed is EVERYBODY or permissions & (ADMINISTRATOR | MANAGE_SERVER):
        return True
    permission, level = needed
    return bool(permissions & permission) or any(level in INCLUDED[name] for name in carried)


def test_every_action_has_a_requirement() -> None:
    assert set(REQUIREMENTS) == set(Action) | set(ModerationAction)


def test_every_action_is_written_down_here_too() -> None:
    assert set(WHO_MAY) == {action.value for action in Action}


@pytest.mark.parametrize(("action", "permission", "level"), STAFF_ACTIONS)
class TestStaffActions:
    def test_are_refused_to_members_with_the_name_of_what_is_missing(
        self, action: Action, permission: int, level: str
    ) -> None:
        answer = may(actor(Permission.MANAGE_MESSAGES | Permission.KICK_MEMBERS), action)
        assert isinstance(answer, Deny)
        title = TITLES[permission]
        assert answer.facts == {"permission": Term(title), "level": Term(level)}
        assert fill(answer.reason, answer.facts, plain) == (
            f"You need the permission “{title}” or a role with the access level “{level}” for this. "
            "Nothing was done; ask somebody who runs this server."
        )

    def test_are_open_to_managers(self, action: Action, permission: int, level: str) -> None:
        assert may(actor(Permission.MANAGE_GUILD), action) == Allow()

    def test_are_open_to_administrators(self, action: Action, permission: int, level: str) -> None:
        assert may(actor(Permission.ADMINISTRATOR), action) == Allow()

    def test_are_open_to_roles_with_the_highest_level(
        self, action: Action, permission: int, level: str
    ) -> None:
        assert may(actor(0), action, facts=Facts(level=Level.MANAGER)) == Allow()

    def test_are_open_to_whoever_sits_at_the_machine(
        self, action: Action, permission: int, level: str
    ) -> None:
        assert may(Actor.operator(1), action) == Allow()


@pytest.mark.parametrize("action", [action for action in Action if WHO_MAY[action.value] is EVERYBODY])
def test_everything_else_is_open_to_everybody(action: Action) -> None:
    assert may(actor(0), action) == Allow()


def test_the_page_of_documentation_says_the_same() -> None:
    page = (Path(__file__).parents[3] / "docs" / "access.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(?!moderation\.)([a-z_.]+)` \| [^|]+ \| ([^|]*?) ?\| ([^|]*?) ?\|$", page, re.MULTILINE
    )
    said = {
        action: (TITLES[needed[0]], needed[1]) if needed else ("", "") for action, needed in WHO_MAY.items()
    }
    assert {action: (permission, level) for action, permission, level in rows} == said


class TestMay:
    @given(action=st.sampled_from(Action), permissions=permission_bits, level=st.none() | levels)
    def test_allows_if_and_only_if_permission_or_level_suffices(
        self, action: Action, permissions: int, level: Level | None
    ) -> None:
        answer = may(actor(permissions), action, facts=Facts(level=level))
        carried = set() if level is None else {level.value}
        assert isinstance(answer, Allow) is is_allowed(action, permissions, carried)

    @given(action=st.sampled_from(Action), permissions=permission_bits, level=st.none() | levels)
    def test_lets_no_level_matter_where_it_says_that_none_does(
        self, action: Action, permissions: int, level: Level | None
    ) -> None:
        without, with_it = (
            may(actor(permissions), action, facts=Facts(level=each)) for each in (None, level)
        )
        assert without == with_it or level_matters(action)

    @given(
        action=st.sampled_from(Action),
        permissions=permission_bits,
        more=permission_bits,
        pair=st.tuples(levels, levels).map(sorted),
    )
    def test_never_takes_away_for_more(
        self, action: Action, permissions: int, more: int, pair: list[Level]
    ) -> None:
        lower, higher = pair
        if may(actor(permissions), action, facts=Facts(level=lower)) == Allow():
            assert may(actor(permissions | more), action, facts=Facts(level=higher)) == Allow()


class TestLevels:
    def test_stand_in_order(self) -> None:
        assert Level.VIEWER < Level.MODERATOR < Level.MANAGER
        assert max(Level) is Level.MANAGER

    @given(
        grants=st.dictionaries(st.integers(1, 20), levels),
        role_ids=st.frozensets(st.integers(1, 20)),
    )
    def test_of_several_roles_the_highest_counts(
        self, grants: dict[int, Level], role_ids: frozenset[int]
    ) -> None:
        carried = {grants[role_id].value for role_id in role_ids & set(grants)}
        expected = next((name for name in ("manager", "moderator", "viewer") if name in carried), None)
        found = highest(grants, role_ids)
        assert (None if found is None else found.value) == expected


def test_unknown_bits_neither_help_nor_hurt() -> None:
    assert not holds(1 << 60, Permission.MANAGE_GUILD)
    assert holds(1 << 60 | Permission.MANAGE_GUILD, Permission.MANAGE_GUILD)
