"""Who may act on whom: permission, and rank."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.domain import Level
from app.access.policy import RANKED, Allow, Deny, Facts, ModerationAction, Target, level_matters, may
from app.access.ranks import RankFacts
from app.discord.permissions import Permission
from app.discord.ranks import Rank
from app.guilds.domain import Actor, Via
from app.wording import fill, plain

KICK, BAN, ADMINISTRATOR, MANAGE_SERVER, MANAGE_MESSAGES, TIME_OUT = (
    1 << 1,
    1 << 2,
    1 << 3,
    1 << 5,
    1 << 13,
    1 << 40,
)

NEEDED: dict[str, tuple[int, str | None]] = {
    "moderation.warn": (TIME_OUT, "moderator"),
    "moderation.note": (TIME_OUT, "moderator"),
    "moderation.timeout": (TIME_OUT, "moderator"),
    "moderation.untimeout": (TIME_OUT, "moderator"),
    "moderation.kick": (KICK, "moderator"),
    "moderation.ban": (BAN, "moderator"),
    "moderation.unban": (BAN, "moderator"),
    "moderation.massban": (BAN | MANAGE_SERVER, None),
    "moderation.purge": (MANAGE_MESSAGES, "moderator"),
    "moderation.view_cases": (TIME_OUT, "moderator"),
    "moderation.edit_case": (TIME_OUT, "moderator"),
    "moderation.resolve_case": (TIME_OUT, "moderator"),
    "moderation.undo_case": (TIME_OUT, "moderator"),
    "moderation.handle_report": (TIME_OUT, "moderator"),
}
"""Action -> the permission bits of which all are needed, and the level that replaces them."""

DOES_NOTHING_TO_A_MEMBER = {
    "moderation.purge",
    "moderation.view_cases",
    "moderation.edit_case",
    "moderation.resolve_case",
    "moderation.handle_report",
}

TITLES = {
    KICK: ("Kick Members",),
    BAN: ("Ban Members",),
    BAN | MANAGE_SERVER: ("Ban Members", "Manage Server"),
    MANAGE_MESSAGES: ("Manage Messages",),
    TIME_OUT: ("Time Out Members",),
}

OWNER, ADMIN, MODERATOR, PEER, LOWER, MEMBER, BOT, ABSENT = range(1, 9)

PERMISSIONS = {
    OWNER: (1 << 63) - 1,
    ADMIN: ADMINISTRATOR,
    MODERATOR: KICK | BAN | MANAGE_MESSAGES | TIME_OUT,
    MEMBER: 0,
}
RANKS = {
    OWNER: Rank(0, 0, is_owner=True),
    ADMIN: Rank(9, 90),
    BOT: Rank(8, 80),
    MODERATOR: Rank(5, 50),
    PEER: Rank(5, 50),
    LOWER: Rank(2, 20),
    MEMBER: Rank(0, 10),
}

# Columns: on the owner, the administrator, the moderator, the peer, the lower, the bot, the absent.
# y: yes; S: self; B: the bot; O: the owner; a: the actor is too low; b: the bot is too low; p: no permission.
TARGETS = (OWNER, ADMIN, MODERATOR, PEER, LOWER, BOT, ABSENT)
EXPECTED = {
    OWNER: "S b y y y B y",
    ADMIN: "O S y y y B y",
    MODERATOR: "O a S a y B y",
    MEMBER: "p p p p p p p",
}
EXPECTED_OF_A_MASSBAN = EXPECTED | {MODERATOR: "p p p p p p p"}
EXPECTED_WHERE_RANKS_DO_NOT_COUNT = {
    OWNER: "y y y y y y y",
    ADMIN: "y y y y y y y",
    MODERATOR: "y y y y y y y",
    MEMBER: "p p p p p p p",
}

SAYS = {
    "S": "to themselves",
    "B": "to the bot itself",
    "O": "to the owner",
    "a": "not below yours",
    "b": "not below the bot's",
    "p": "You need the permission",
}


def actor(user_id: int, permissions: int, via: Via = Via.COMMAND) -> Actor:
    return Actor(guild_id=100, user_id=user_id, username="ada", permissions=permissions, via=via)


def ranks(actor_id: int, target_id: int, bot: Rank = RANKS[BOT]) -> RankFacts:
    return RankFacts(owner_id=OWNER, bot_id=BOT, bot=bot, actor=RANKS[actor_id], target=RANKS.get(target_id))


def row(action: ModerationAction, actor_id: int) -> list[str]:
    if action.value in DOES_NOTHING_TO_A_MEMBER:
        return EXPECTED_WHERE_RANKS_DO_NOT_COUNT[actor_id].split()
    return (EXPECTED_OF_A_MASSBAN if action == "moderation.massban" else EXPECTED)[actor_id].split()


MATRIX = [
    (actor_id, action, target_id, expected)
    for actor_id in PERMISSIONS
    for action in ModerationAction
    for target_id, expected in zip(TARGETS, row(action, actor_id), strict=True)
]


def test_every_action_is_written_down_here_too() -> None:
    assert set(NEEDED) == {action.value for action in ModerationAction}
    assert {action.value for action in RANKED} == set(NEEDED) - DOES_NOTHING_TO_A_MEMBER


@pytest.mark.parametrize(("actor_id", "action", "target_id", "expected"), MATRIX)
def test_everybody_may_do_to_everybody_what_the_table_says(
    actor_id: int, action: ModerationAction, target_id: int, expected: str
) -> None:
    answer = may(
        actor(actor_id, PERMISSIONS[actor_id]),
        action,
        Target(target_id),
        Facts(ranks=ranks(actor_id, target_id)),
    )
    if expected == "y":
        assert answer == Allow()
    else:
        assert isinstance(answer, Deny)
        assert SAYS[expected] in answer.reason
        assert "othing was done" in answer.reason


@pytest.mark.parametrize("action", ModerationAction)
class TestEveryAction:
    def test_is_open_to_whoever_has_all_its_permissions_or_its_level(self, action: ModerationAction) -> None:
        needed, level = NEEDED[action.value]
        assert may(actor(MODERATOR, needed), action) == Allow()
        with_level = may(actor(MEMBER, 0), action, facts=Facts(level=Level.MODERATOR))
        assert (with_level == Allow()) is (level is not None) is level_matters(action)
        assert isinstance(may(actor(MEMBER, 0), action, facts=Facts(level=Level.VIEWER)), Deny)

    def test_is_refused_with_the_names_of_what_is_missing(self, action: ModerationAction) -> None:
        needed, _ = NEEDED[action.value]
        answer = may(actor(MEMBER, ~needed & ~ADMINISTRATOR & ~MANAGE_SERVER & ((1 << 53) - 1)), action)
        assert isinstance(answer, Deny)
        text = fill(answer.reason, answer.facts, plain)
        assert all(f"“{title}”" in text for title in TITLES[needed])
        assert "{" not in text

    def test_with_unknown_ranks_is_done_to_nobody(self, action: ModerationAction) -> None:
        answer = may(actor(ADMIN, ADMINISTRATOR), action, Target(LOWER))
        if action.value in DOES_NOTHING_TO_A_MEMBER:
            assert answer == Allow()
        else:
            assert isinstance(answer, Deny)
            assert "could not be checked, so nothing was done" in answer.reason

    def test_by_whoever_sits_at_the_machine_still_needs_the_bot_above(self, action: ModerationAction) -> None:
        operator = Actor.operator(100)
        on_admin, on_lower = (
            may(operator, action, Target(each), Facts(ranks=ranks(MEMBER, each))) for each in (ADMIN, LOWER)
        )
        assert isinstance(on_admin, Deny) is (action in RANKED)
        assert on_lower == Allow()


@pytest.mark.parametrize("permissions", [BAN, MANAGE_SERVER])
def test_a_mass_ban_needs_both_permissions(permissions: int) -> None:
    assert isinstance(may(actor(MODERATOR, permissions), ModerationAction.MASSBAN), Deny)


places = st.builds(Rank, st.integers(0, 4), st.integers(1, 4))


@given(actor_rank=places, bot=places, target=places)
def test_whatever_the_ranks_only_the_lower_is_acted_on(actor_rank: Rank, bot: Rank, target: Rank) -> None:
    facts = RankFacts(owner_id=OWNER, bot_id=BOT, bot=bot, actor=actor_rank, target=target)
    answer = may(actor(MODERATOR, TIME_OUT), ModerationAction.TIMEOUT, Target(LOWER), Facts(ranks=facts))
    assert isinstance(answer, Allow) is (target < actor_rank and target < bot)


def test_the_page_of_documentation_says_the_same() -> None:
    page = (Path(__file__).parents[3] / "docs" / "access.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(moderation\.[a-z_]+)` \| [^|]+ \| ([^|]+?) \| ([^|]*?) ?\| ([^|]*?) ?\|$", page, re.MULTILINE
    )
    assert {action: (permission, level, ranked) for action, permission, level, ranked in rows} == {
        action: (
            " and ".join(TITLES[needed]),
            level or "",
            "" if action in DOES_NOTHING_TO_A_MEMBER else "yes",
        )
        for action, (needed, level) in NEEDED.items()
    }


def test_the_bits_are_discords() -> None:
    assert Permission.KICK_MEMBERS == KICK
    assert Permission.BAN_MEMBERS == BAN
