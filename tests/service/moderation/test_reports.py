"""Reporting, claiming, acting and dismissing, one after the other and at once; and forgetting who did."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.access.ranks import Outranked, RankFacts
from app.bytes.domain import Member
from app.database.tx import Database, Tx
from app.discord.ranks import Rank
from app.errors import ConflictError, FeatureOffError, InvalidInputError, NotAllowedError, NotFoundError
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.guilds.domain import Actor
from app.moderation import report_erasure, report_outcomes, reports
from app.moderation import service as moderation_service
from app.moderation.cases import Order
from app.moderation.config import ModerationConfig
from app.moderation.domain import CaseAction, DmStatus
from app.moderation.report_rules import Report, ReportedMessage, ReportStatus
from app.moderation.reports import MOST_IN_AN_HOUR, Acted, Reported
from tests.support.deciding import FINE, jobs, moderator
from tests.support.guilds import actor, manager, member, new_guild, snowflake

pytestmark = pytest.mark.anyio

BOT = 4242
WARN = Order(CaseAction.WARN, "spam")

Handling = Callable[[Tx, Actor, int], Awaitable[Any]]


async def choose_log(tx: Tx, guild_id: int) -> int:
    """Have a guild choose where reports go."""
    config = ModerationConfig(log_channel_id="777")
    await guilds_service.enter_guild(tx, guild_id)
    await moderation_service.save_config(tx, manager(guild_id), config, expected_version=0)
    return guild_id


@pytest.fixture
async def guild(tx: Tx, guild_id: int) -> int:
    return await choose_log(tx, guild_id)


@pytest.fixture
async def lasting(database: Database, guild_id: int) -> int:
    """The same, committed, for what is done at once."""
    async with database.transaction() as tx:
        return await choose_log(tx, guild_id)


def said(author: Member | None = None, content: str = "buy my bytes") -> ReportedMessage:
    author = author or member()
    return ReportedMessage(555, snowflake(timedelta(minutes=1)), author.user_id, author.username, content)


async def report(
    tx: Tx, who: Actor, message: ReportedMessage | None = None, *, at: datetime | None = None
) -> Reported:
    return await reports.report_message(
        tx, who, message or said(), bot_id=BOT, locale="de", at=at or clock.now()
    )


async def opened(tx: Tx, guild_id: int, message: ReportedMessage | None = None) -> Report:
    return (await report(tx, actor(guild_id), message)).report


async def act(
    tx: Tx,
    who: Actor,
    number: int,
    *,
    order: Order = WARN,
    key: str | None = None,
    ranks: RankFacts | None = FINE,
) -> Acted:
    return await reports.act_on_report(
        tx, who, number, order, ranks=ranks, idempotency_key=key or f"test:{snowflake()}", now=clock.now()
    )


HANDLING: dict[str, Handling] = {
    "view": reports.view_report,
    "claim": reports.claim_report,
    "dismiss": reports.dismiss_report,
    "act": act,
}
DECIDING = {"dismiss": HANDLING["dismiss"], "act": HANDLING["act"]}


async def dms(tx: Tx, about: Report) -> list[DmStatus]:
    return [each.dm_status for each in await report_outcomes.find_reporters(tx, about)]


async def cases_of(tx: Tx, guild_id: int) -> int:
    counted = await tx.execute(
        text("SELECT count(*) FROM moderation_cases WHERE guild_id = :guild"), {"guild": guild_id}
    )
    return int(counted.scalar_one())


class TestReporting:
    async def test_opens_one_report_that_the_log_shows(self, tx: Tx, guild: int) -> None:
        ada, message = actor(guild), said()
        reported = await report(tx, ada, message)
        found = reported.report
        assert reported.is_new
        assert (found.number, found.status, found.author_id, found.content) == (
            1,
            ReportStatus.OPEN,
            message.author_id,
            message.content,
        )
        assert await jobs(tx, guild) == ["log_report"]
        [reporter] = await report_outcomes.find_reporters(tx, found)
        assert (reporter.user_id, reporter.locale, reporter.dm_status) == (ada.user_id, "de", DmStatus.NONE)

    async def test_twice_by_one_member_is_once_and_says_so(self, tx: Tx, guild: int) -> None:
        ada, message = actor(guild), said()
        await report(tx, ada, message)
        again = await report(tx, ada, message)
        assert not again.is_new
        assert again.report.version == 1
        assert await jobs(tx, guild) == ["log_report"]

    async def test_by_the_same_interaction_again_reads_the_same(self, tx: Tx, guild: int) -> None:
        ada, message, at = actor(guild), said(), clock.now()
        assert (await report(tx, ada, message, at=at)).is_new
        assert (await report(tx, ada, message, at=at)).is_new
        assert await jobs(tx, guild) == ["log_report"]

    async def test_by_another_member_joins_the_report(self, tx: Tx, guild: int) -> None:
        message = said()
        first = await report(tx, actor(guild), message)
        second = await report(tx, actor(guild), message)
        assert second.is_new
        assert (second.report.id, second.report.version) == (first.report.id, 2)
        assert len(await dms(tx, second.report)) == 2
        assert await jobs(tx, guild) == ["log_report", "log_report"]

    async def test_of_a_claimed_one_joins_and_leaves_the_claim(self, tx: Tx, guild: int) -> None:
        message = said()
        number = (await opened(tx, guild, message)).number
        await reports.claim_report(tx, moderator(guild), number)
        assert (await report(tx, actor(guild), message)).report.status is ReportStatus.CLAIMED

    @pytest.mark.parametrize("how", DECIDING)
    async def test_of_what_was_decided_is_refused(self, tx: Tx, guild: int, how: str) -> None:
        message = said()
        found = await opened(tx, guild, message)
        await DECIDING[how](tx, moderator(guild), found.number)
        with pytest.raises(ConflictError, match="Nothing was reported"):
            await report(tx, actor(guild), message)
        assert len(await dms(tx, found)) == 1

    async def test_of_ones_own_message_or_the_bots_is_refused(self, tx: Tx, guild: int) -> None:
        ada = actor(guild)
        for author_id in (ada.user_id, BOT):
            with pytest.raises(InvalidInputError, match="Nothing was reported"):
                await report(tx, ada, replace(said(), author_id=author_id))
        assert await jobs(tx, guild) == []

    async def test_without_a_log_channel_keeps_nothing_and_says_why(self, tx: Tx, guild_id: int) -> None:
        with pytest.raises(InvalidInputError, match="have not chosen a channel"):
            await report(tx, actor(guild_id))
        assert await jobs(tx, guild_id) == []

    async def test_while_moderation_is_off_keeps_nothing(self, tx: Tx, guild: int) -> None:
        off = GuildConfig(features={"moderation": False})
        await guilds_service.save_config(tx, manager(guild), off)
        with pytest.raises(FeatureOffError):
            await report(tx, actor(guild))

    async def test_ends_for_an_hour_after_many_and_joining_does_not(self, tx: Tx, guild: int) -> None:
        ada, of_others, then = actor(guild), said(), clock.now()
        await report(tx, actor(guild), of_others)
        for _ in range(MOST_IN_AN_HOUR):
            await report(tx, ada, at=then)
        with pytest.raises(InvalidInputError, match="within the hour"):
            await report(tx, ada, at=then)
        assert (await report(tx, ada, of_others, at=then)).is_new
        assert (await report(tx, ada, at=then + timedelta(hours=1))).is_new

    async def test_of_a_message_with_the_same_id_elsewhere_is_another_report(
        self, tx: Tx, guild: int
    ) -> None:
        elsewhere, message = await choose_log(tx, new_guild()), said()
        first = await report(tx, actor(guild), message)
        second = await report(tx, actor(elsewhere), message)
        assert first.report.id != second.report.id
        assert second.report.number == 1


@pytest.mark.parametrize("how", HANDLING)
class TestHandling:
    async def test_is_for_moderators(self, tx: Tx, guild: int, how: str) -> None:
        found = await opened(tx, guild)
        with pytest.raises(NotAllowedError):
            await HANDLING[how](tx, actor(guild), found.number)
        assert await report_outcomes.find_report(tx, guild, found.number) == found

    async def test_of_another_guilds_report_finds_none(self, tx: Tx, guild: int, how: str) -> None:
        elsewhere = await choose_log(tx, new_guild())
        await opened(tx, elsewhere)
        with pytest.raises(NotFoundError):
            await HANDLING[how](tx, moderator(guild), 1)

    async def test_does_nothing_while_moderation_is_off(self, tx: Tx, guild: int, how: str) -> None:
        found = await opened(tx, guild)
        off = GuildConfig(features={"moderation": False})
        await guilds_service.save_config(tx, manager(guild), off)
        with pytest.raises(FeatureOffError):
            await HANDLING[how](tx, moderator(guild), found.number)


class TestClaiming:
    async def test_says_who_looks_at_it(self, tx: Tx, guild: int) -> None:
        leilani = moderator(guild)
        number = (await opened(tx, guild)).number
        claimed = await reports.claim_report(tx, leilani, number)
        assert (claimed.status, claimed.handled_by, claimed.version) == (
            ReportStatus.CLAIMED,
            leilani.user_id,
            2,
        )
        assert await reports.claim_report(tx, leilani, number) == claimed
        assert await jobs(tx, guild) == ["log_report", "log_report"]

    async def test_by_another_is_told_who_was_first(self, tx: Tx, guild: int) -> None:
        leilani, number = moderator(guild), (await opened(tx, guild)).number
        await reports.claim_report(tx, leilani, number)
        with pytest.raises(ConflictError, match=f"{leilani.user_id} has claimed report #{number} before"):
            await reports.claim_report(tx, moderator(guild), number)

    @pytest.mark.parametrize("how", DECIDING)
    async def test_keeps_no_other_moderator_from_deciding(self, tx: Tx, guild: int, how: str) -> None:
        number = (await opened(tx, guild)).number
        await reports.claim_report(tx, moderator(guild), number)
        kwame = moderator(guild)
        await DECIDING[how](tx, kwame, number)
        decided = await reports.view_report(tx, kwame, number)
        assert (decided.is_closed, decided.handled_by) == (True, kwame.user_id)


class TestDismissing:
    async def test_closes_it_without_a_case_and_has_everybody_told(self, tx: Tx, guild: int) -> None:
        leilani, message = moderator(guild), said()
        found = await opened(tx, guild, message)
        await report(tx, actor(guild), message)
        dismissed = await reports.dismiss_report(tx, leilani, found.number)
        assert (dismissed.status, dismissed.case_number) == (ReportStatus.DISMISSED, None)
        assert await dms(tx, dismissed) == [DmStatus.PENDING, DmStatus.PENDING]
        assert await cases_of(tx, guild) == 0
        assert (await jobs(tx, guild))[2:] == ["log_report", "tell_reporters"]
        assert await reports.dismiss_report(tx, leilani, found.number) == dismissed
        assert (await jobs(tx, guild))[4:] == []


class TestActing:
    async def test_opens_a_case_about_the_author_and_closes_the_report(self, tx: Tx, guild: int) -> None:
        leilani, message = moderator(guild), said()
        found = await opened(tx, guild, message)
        acted = await act(tx, leilani, found.number, order=replace(WARN, quote="what was written"))
        case = acted.opened.case
        assert (case.user_id, case.user_tag, case.action) == (
            message.author_id,
            message.author_tag,
            CaseAction.WARN,
        )
        assert case.details == {"quote": "what was written"}
        assert (acted.report.status, acted.report.case_number) == (ReportStatus.ACTED, case.number)
        assert await dms(tx, found) == [DmStatus.PENDING]

    async def test_under_the_same_key_again_is_once(self, tx: Tx, guild: int) -> None:
        leilani, number = moderator(guild), (await opened(tx, guild)).number
        first = await act(tx, leilani, number, key="interaction:1")
        waiting = await jobs(tx, guild)
        again = await act(tx, leilani, number, key="interaction:1")
        assert (again.report.id, again.opened.case.id) == (first.report.id, first.opened.case.id)
        assert await jobs(tx, guild) == waiting
        assert await cases_of(tx, guild) == 1

    @pytest.mark.parametrize("first", DECIDING)
    @pytest.mark.parametrize("second", [*DECIDING, "claim"])
    async def test_on_what_was_decided_is_refused(self, tx: Tx, guild: int, first: str, second: str) -> None:
        leilani, number = moderator(guild), (await opened(tx, guild)).number
        await DECIDING[first](tx, leilani, number)
        before, cases = await reports.view_report(tx, leilani, number), await cases_of(tx, guild)
        for who in (moderator(guild), *([leilani] if first != second else [])):
            with pytest.raises(ConflictError, match=f"{leilani.user_id} has"):
                await HANDLING[second](tx, who, number)
        with pytest.raises(ConflictError):
            await reports.view_report(tx, leilani, number, to_decide=True)
        assert await reports.view_report(tx, leilani, number) == before
        assert await cases_of(tx, guild) == cases

    @pytest.mark.parametrize(
        ("ranks", "why"),
        [
            (None, Outranked.UNKNOWN),
            (replace(FINE, target=FINE.actor), Outranked.ACTOR_TOO_LOW),
            (replace(FINE, target=Rank(20, 20), actor=Rank(30, 30)), Outranked.BOT_TOO_LOW),
        ],
    )
    async def test_on_a_superior_leaves_the_report_open(
        self, tx: Tx, guild: int, ranks: RankFacts | None, why: Outranked
    ) -> None:
        found = await opened(tx, guild)
        with pytest.raises(NotAllowedError) as refused:
            await act(tx, moderator(guild), found.number, ranks=ranks)
        assert refused.value.message == why.value
        assert await report_outcomes.find_report(tx, guild, found.number) == found

    async def test_on_ones_own_message_is_for_somebody_else(self, tx: Tx, guild: int) -> None:
        leilani = moderator(guild)
        found = await opened(tx, guild, replace(said(), author_id=leilani.user_id))
        with pytest.raises(NotAllowedError) as refused:
            await act(tx, leilani, found.number)
        assert refused.value.message == Outranked.SELF.value

    async def test_on_somebody_timed_out_for_longer_closes_with_that_case(self, tx: Tx, guild: int) -> None:
        leilani, author = moderator(guild), member()
        first, second = await opened(tx, guild, said(author)), await opened(tx, guild, said(author))
        long = Order(CaseAction.TIMEOUT, "spam", duration=timedelta(days=1))
        before = await act(tx, leilani, first.number, order=long)
        short = replace(long, duration=timedelta(hours=1))
        acted = await act(tx, moderator(guild), second.number, order=short)
        assert acted.opened.was_in_force
        assert acted.report.case_number == before.opened.case.number


class TestAtOnce:
    async def test_many_reports_of_one_message_are_one_report(self, database: Database, lasting: int) -> None:
        message = said()

        async def one() -> Reported:
            async with database.transaction() as tx:
                return await report(tx, actor(lasting), message)

        reported = await asyncio.gather(*(one() for _ in range(8)))
        assert {each.report.number for each in reported} == {1}
        async with database.transaction() as tx:
            assert len(await dms(tx, reported[0].report)) == 8
            assert (await opened(tx, lasting)).number == 2  # no number was left out

    async def test_of_many_moderators_one_decides_and_the_others_hear_who(
        self, database: Database, lasting: int
    ) -> None:
        async with database.transaction() as tx:
            number = (await opened(tx, lasting)).number

        async def one(handle: Handling) -> int | str:
            who = moderator(lasting)
            try:
                async with database.transaction() as tx:
                    await handle(tx, who, number)
            except ConflictError as refused:
                return str(refused)
            return who.user_id

        heard = await asyncio.gather(*(one(handle) for _ in range(4) for handle in DECIDING.values()))
        [winner] = [each for each in heard if isinstance(each, int)]
        assert all(str(winner) in each for each in heard if isinstance(each, str))
        async with database.transaction() as tx:
            found = await report_outcomes.find_report(tx, lasting, number)
            assert found is not None
            assert found.handled_by == winner
            assert await cases_of(tx, lasting) == (1 if found.status is ReportStatus.ACTED else 0)

    async def test_a_reporter_who_comes_while_it_is_decided_is_told_or_refused(
        self, database: Database, lasting: int
    ) -> None:
        message = said()
        async with database.transaction() as tx:
            found = await opened(tx, lasting, message)

        async def join() -> bool:
            try:
                async with database.transaction() as tx:
                    return (await report(tx, actor(lasting), message)).is_new
            except ConflictError:
                return False

        async def dismiss() -> bool:
            async with database.transaction() as tx:
                await reports.dismiss_report(tx, moderator(lasting), found.number)
            return True

        joined = await asyncio.gather(*(join() for _ in range(4)), dismiss(), *(join() for _ in range(4)))
        async with database.transaction() as tx:
            statuses = await dms(tx, found)
        assert len(statuses) == sum(joined)  # the one who opened it in the place of whoever dismissed it
        assert set(statuses) == {DmStatus.PENDING}


class TestForgetting:
    async def test_who_wrote_takes_the_words_along(self, tx: Tx, guild: int) -> None:
        author, leilani = member(), moderator(guild)
        found = await opened(tx, guild, said(author))
        untouched = await opened(tx, guild)
        assert await report_erasure.erase_member(tx, guild, author.user_id, -77) == 1
        now = await reports.view_report(tx, leilani, found.number)
        assert (now.author_id, now.author_tag, now.content) == (-77, None, "")
        assert await reports.view_report(tx, leilani, untouched.number) == untouched
        with pytest.raises(ConflictError, match="can be dismissed"):
            await act(tx, leilani, found.number)
        await reports.dismiss_report(tx, leilani, found.number)

    async def test_who_reported_is_told_nothing_any_more(self, tx: Tx, guild: int) -> None:
        ada = actor(guild)
        found = (await report(tx, ada)).report
        later = (await report(tx, ada)).report
        await reports.dismiss_report(tx, moderator(guild), found.number)
        assert await report_erasure.erase_member(tx, guild, ada.user_id, -77) == 2
        await reports.dismiss_report(tx, moderator(guild), later.number)
        for each in (found, later):
            [reporter] = await report_outcomes.find_reporters(tx, each)
            assert (reporter.user_id, reporter.dm_status) == (-77, DmStatus.NONE)

    async def test_who_handled_is_an_alias(self, tx: Tx, guild: int) -> None:
        leilani = moderator(guild)
        found = await opened(tx, guild)
        await reports.dismiss_report(tx, leilani, found.number)
        assert await report_erasure.erase_member(tx, guild, leilani.user_id, -77) == 1
        assert (await reports.view_report(tx, leilani, found.number)).handled_by == -77

    async def test_a_stranger_changes_nothing(self, tx: Tx, guild: int) -> None:
        await opened(tx, guild)
        assert await report_erasure.erase_member(tx, guild, snowflake(), -77) is None


class TestTheFile:
    async def test_has_what_one_made_and_what_is_about_ones_words(self, tx: Tx, guild: int) -> None:
        ada, leilani = member(), moderator(guild)
        as_ada = actor(guild, ada)
        mine, about_me = said(content="words of another"), said(ada, "words of mine")
        await report(tx, as_ada, mine)
        reporter = actor(guild)
        await report(tx, reporter, about_me)
        await reports.dismiss_report(tx, leilani, 2)
        second, first = await report_erasure.export_member(tx, guild, ada.user_id)
        assert (first["report"], first["you_are"], first["status"]) == (1, "who reported", "open")
        assert (second["report"], second["content"]) == (2, "words of mine")
        written = str((first, second))
        for secret in ("words of another", mine.author_id, reporter.user_id, leilani.user_id):
            assert str(secret) not in written
        [handled] = await report_erasure.export_member(tx, guild, leilani.user_id)
        assert handled["you_are"] == "who handled it"
        assert "content" not in handled
