"""Looking at cases."""

from datetime import timedelta

import pytest

from app import clock
from app.bytes.domain import Member
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.errors import NotAllowedError, NotFoundError
from app.guilds.domain import Actor
from app.moderation import reading
from app.moderation.cases import CaseFilter, Order
from app.moderation.domain import CaseAction, CaseStatus
from tests.support.deciding import carried_out, decide, moderator, undo
from tests.support.guilds import actor, member, new_guild

pytestmark = pytest.mark.anyio


async def numbers(tx: Tx, who: Actor, wanted: CaseFilter, page: int = 1) -> list[int]:
    return [case.number for case in (await reading.list_cases(tx, who, wanted, page)).cases]


class TestAnotherGuild:
    async def test_is_not_looked_into_in_any_way(self, tx: Tx, guild_id: int) -> None:
        elsewhere, mod, bob = new_guild(), moderator(guild_id), member()
        there = moderator(elsewhere)
        for _ in range(3):
            await decide(tx, there, bob, Order(CaseAction.WARN, "elsewhere"))
        await decide(tx, mod, member(), Order(CaseAction.WARN, "here"))
        with pytest.raises(NotFoundError):
            await reading.view_case(tx, mod, 2)
        assert (await reading.view_case(tx, mod, 1)).case.reason == "here"
        for wanted in (
            CaseFilter(user_id=bob.user_id),
            CaseFilter(moderator_id=there.user_id),
            CaseFilter(text="elsewhere"),
        ):
            assert await numbers(tx, mod, wanted) == []
        assert [case.reason for case in await reading.suggest_cases(tx, mod, "")] == ["here"]
        own, _ = await reading.own_cases(tx, actor(guild_id, bob), 1)
        assert own.total == 0
        # with the rights of another guild's moderator nobody sees anything here
        for read in (
            reading.view_case(tx, actor(guild_id), 1),
            reading.suggest_cases(tx, actor(guild_id), ""),
        ):
            with pytest.raises(NotAllowedError):
                await read


class TestWhoMayLook:
    @pytest.mark.parametrize("permissions", [0, Permission.BAN_MEMBERS, Permission.MANAGE_MESSAGES])
    async def test_nobody_without_moderate_members_sees_others_cases(
        self, tx: Tx, guild_id: int, permissions: int
    ) -> None:
        await decide(tx, moderator(guild_id), member(), CaseAction.WARN)
        who = actor(guild_id, permissions=permissions)
        for read in (
            reading.view_case(tx, who, 1),
            reading.list_cases(tx, who, CaseFilter(), 1),
            reading.suggest_cases(tx, who, "1"),
        ):
            with pytest.raises(NotAllowedError):
                await read

    async def test_everybody_sees_their_own_without_notes(self, tx: Tx, guild_id: int) -> None:
        mod, bob = moderator(guild_id), member()
        for action in (CaseAction.NOTE, CaseAction.WARN, CaseAction.NOTE, CaseAction.BAN):
            await decide(tx, mod, bob, action)
        await decide(tx, mod, member(), CaseAction.WARN)
        page, _ = await reading.own_cases(tx, actor(guild_id, bob), 1)
        assert [case.action for case in page.cases] == ["ban", "warn"]
        assert page.total == 2


class TestAList:
    @pytest.fixture
    async def people(self, tx: Tx, guild_id: int) -> tuple[Actor, Actor, Member, Member]:
        """Two moderators and two members. The first member has 1 warn, 2 ban, 4 note; the second 3 warn."""
        ada, bob = moderator(guild_id), moderator(guild_id)
        first, second = member(), member()
        await decide(tx, ada, first, Order(CaseAction.WARN, "100% spam_here"))
        await carried_out(tx, (await decide(tx, bob, first, Order(CaseAction.BAN, "worse"))).case)
        warning = await decide(tx, ada, second, Order(CaseAction.WARN, "Caps"))
        await undo(tx, bob, warning.case)
        await decide(tx, bob, first, Order(CaseAction.NOTE, "x"), now=clock.now() - timedelta(days=9))
        return ada, bob, first, second

    async def test_is_what_was_asked_for_newest_first(
        self, tx: Tx, people: tuple[Actor, Actor, Member, Member]
    ) -> None:
        ada, bob, first, second = people
        day_ago = clock.now() - timedelta(days=1)
        expected: list[tuple[CaseFilter, list[int]]] = [
            (CaseFilter(), [4, 3, 2, 1]),
            (CaseFilter(user_id=first.user_id), [4, 2, 1]),
            (CaseFilter(moderator_id=bob.user_id), [4, 2]),
            (CaseFilter(action=CaseAction.WARN), [3, 1]),
            (CaseFilter(status=CaseStatus.UNDONE), [3]),
            (CaseFilter(since=day_ago), [3, 2, 1]),
            (CaseFilter(text="SPAM"), [1]),
            (CaseFilter(text=second.username), [3]),
            (CaseFilter(without_notes=True), [3, 2, 1]),
            (CaseFilter(user_id=first.user_id, action=CaseAction.WARN, moderator_id=bob.user_id), []),
        ]
        assert [await numbers(tx, ada, wanted) for wanted, _ in expected] == [found for _, found in expected]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [("%", [1]), ("_", [1]), ("\\", []), ("' OR 1=1 --", []), ("s%e", []), ("\x01", [])],
    )
    async def test_reads_what_is_typed_as_words_and_never_as_a_pattern(
        self, tx: Tx, people: tuple[Actor, Actor, Member, Member], typed: str, found: list[int]
    ) -> None:
        ada = people[0]
        assert await numbers(tx, ada, CaseFilter(text=typed)) == found
        assert [case.number for case in await reading.suggest_cases(tx, ada, typed)] == found

    async def test_suggests_by_number_name_and_reason(
        self, tx: Tx, people: tuple[Actor, Actor, Member, Member]
    ) -> None:
        ada, _, _, second = people
        for typed, found in (("2", 2), ("#2", 2), (second.username, 3), ("worse", 2)):
            suggested = [case.number for case in await reading.suggest_cases(tx, ada, typed)]
            assert found in suggested, typed

    async def test_pages_are_ten_and_one_too_far_is_the_last(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        for _ in range(21):
            await decide(tx, mod, member(), CaseAction.NOTE)
        pages = [await reading.list_cases(tx, mod, CaseFilter(), page) for page in (1, 2, 3, 4, 99_999)]
        assert [(len(page.cases), page.page, page.pages) for page in pages] == [
            (10, 1, 3),
            (10, 2, 3),
            (1, 3, 3),
            (1, 3, 3),
            (1, 3, 3),
        ]
        assert len(await reading.suggest_cases(tx, mod, "")) == 21


class TestAView:
    async def test_has_the_timeline_and_what_it_belongs_to(self, tx: Tx, guild_id: int) -> None:
        mod = moderator(guild_id)
        case = await carried_out(tx, (await decide(tx, mod, member(), CaseAction.BAN)).case)
        counter = (await undo(tx, mod, case, reason="sorry")).counter
        assert counter is not None
        seen = await reading.view_case(tx, mod, counter.number)
        assert seen.linked is not None
        assert seen.linked.number == case.number
        before = await reading.view_case(tx, mod, case.number)
        assert before.events[0].what == "opened"
        assert {event.what for event in before.events} == {"opened", "carried_out", "undone"}
