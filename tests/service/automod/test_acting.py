"""What is done about what rules hit: once, and nobody is punished twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.access.service import save_guild_config
from app.automod import carrying_out
from app.automod import repository as automod_repository
from app.automod.observation import Kind, Observation
from app.automod.raids import pauses as raid_pauses
from app.automod.raids.state import Cause, Paused
from app.automod.stored import Hit
from app.database.tx import Database, Tx
from app.guilds import service as guilds_service
from app.guilds.config import GuildConfig
from app.ids import new_id
from app.moderation import incident_repository, repository
from app.moderation import service as moderation_service
from app.moderation.config import ModerationConfig, Step
from app.moderation.domain import CaseAction
from tests.support.deciding import carried_out, decide, jobs, moderator
from tests.support.guilds import manager, member, snowflake
from tests.support.ruling import (
    BAN,
    DELETE,
    KICK,
    RAID,
    RATE,
    TIMEOUT,
    WARN,
    Beat,
    cases,
    hits,
    incidents,
    rule,
)

pytestmark = pytest.mark.anyio

BAD_NAME = {"type": "username_regex", "patterns": ["spam"]}


@pytest.fixture
async def beat(tx: Tx, guild_id: int) -> Beat:
    await guilds_service.enter_guild(tx, guild_id)
    return Beat(guild_id)


class TestOnce:
    async def test_the_same_message_is_one_hit_and_one_deletion_however_often_it_comes(
        self, tx: Tx, beat: Beat
    ) -> None:
        await beat.rule(tx, rule())
        seen = beat.message(member())
        first = await beat.see(tx, seen)
        assert (len(first.hits), first.incident, first.cases) == (1, 1, ())
        assert (await beat.see(tx, seen)).hits == ()
        [hit] = await hits(tx, beat.guild_id)
        assert (hit.mode, hit.kind, hit.message_id, hit.deletion) == ("on", "message", seen.message_id, "due")
        assert await jobs(tx, beat.guild_id) == ["delete_messages"]

    async def test_two_listeners_at_once_act_once(self, database: Database, guild_id: int) -> None:
        beat, ada = Beat(guild_id), member()
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            await beat.rule(tx, rule(actions=[DELETE, WARN]), rule("Fast", trigger=RATE, actions=[TIMEOUT]))
        seen = [beat.message(ada, each) for each in range(4)]

        async def listen() -> None:
            mine = Beat(guild_id)
            for each in seen:
                async with database.transaction() as tx:
                    await mine.see(tx, each)

        await asyncio.gather(*(listen() for _ in range(4)))
        async with database.transaction() as tx:
            found = await hits(tx, guild_id)
            assert len(found) == len({hit.idempotency_key for hit in found}) == 8
            assert [case.action for case in await cases(tx, guild_id)] == ["warn", "timeout"]
            assert [each.kind for each in await incidents(tx, guild_id)] == ["burst"]

    async def test_many_messages_at_once_are_one_incident_and_one_case(
        self, database: Database, guild_id: int
    ) -> None:
        beat, ada = Beat(guild_id), member()
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            await beat.rule(tx, rule(actions=[DELETE, WARN]))

        async def listen(after: int) -> None:
            async with database.transaction() as tx:
                await Beat(guild_id).see(tx, beat.message(ada, after))

        await asyncio.gather(*(listen(after) for after in range(8)))
        async with database.transaction() as tx:
            assert len(await hits(tx, guild_id)) == 8
            assert len(await incidents(tx, guild_id)) == len(await cases(tx, guild_id)) == 1

    async def test_whoever_answers_below_the_alert_is_not_waited_for_by_who_waits_for_them(
        self, database: Database, guild_id: int
    ) -> None:
        beat = Beat(guild_id)
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            await beat.rule(tx, rule(trigger=RAID, actions=[KICK]))
            for after in range(3):
                await beat.see(tx, beat.join(member(), after))
            [incident] = await incidents(tx, guild_id)

        has_numbered = asyncio.Event()

        async def answer() -> None:
            async with database.transaction() as tx:  # in the order in which all of an incident are banned
                await repository.next_number(tx, guild_id, "cases")
                has_numbered.set()
                await asyncio.sleep(0.3)
                await incident_repository.touch(tx, guild_id, incident.id)

        async def listen() -> None:
            await has_numbered.wait()
            async with database.transaction() as tx:
                await beat.see(tx, beat.join(member(), 3))

        await asyncio.gather(answer(), listen())
        async with database.transaction() as tx:
            assert len(await cases(tx, guild_id)) == 4

    async def test_a_deletion_that_waits_already_sees_what_comes_to_it_meanwhile(
        self, database: Database, guild_id: int
    ) -> None:
        beat, ada = Beat(guild_id), member()
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            await beat.rule(tx, rule())
            await beat.see(tx, beat.message(ada))
        is_heard = asyncio.Event()

        async def listen() -> None:
            async with database.transaction() as tx:
                await beat.see(tx, beat.message(ada, 1))
                assert await jobs(tx, guild_id) == ["delete_messages"]  # none was added
                is_heard.set()
                await asyncio.sleep(0.2)

        async def work() -> int:
            await is_heard.wait()
            async with database.transaction() as tx:
                due = await carrying_out.find_due_deletions(tx, guild_id, 1, 77)
                return 0 if due is None else len(due[1])

        assert (await asyncio.gather(listen(), work()))[1] == 2

    async def test_an_end_of_a_pause_is_seen_by_the_job_that_waits_already(
        self, database: Database, guild_id: int
    ) -> None:
        now = clock.now()
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            until = now + timedelta(hours=1)
            await raid_pauses.want_pause(tx, guild_id, Cause(1, "x"), invites_until=until, now=now)
        is_ended = asyncio.Event()

        async def end() -> None:
            async with database.transaction() as tx:
                await raid_pauses.end_pause(tx, guild_id)
                is_ended.set()
                await asyncio.sleep(0.2)

        async def work() -> Paused | None:
            await is_ended.wait()
            async with database.transaction() as tx:
                return await raid_pauses.find_paused(tx, guild_id)

        paused = (await asyncio.gather(end(), work()))[1]
        assert paused is not None
        assert paused.invites_until is None

    async def test_a_pause_that_was_refused_is_tried_again_for_a_person_and_not_for_a_rule(
        self, tx: Tx, beat: Beat
    ) -> None:
        async def want(moderator_id: int) -> bool:
            until = beat.now + timedelta(hours=1)
            cause = Cause(moderator_id, "x")
            return await raid_pauses.want_pause(tx, beat.guild_id, cause, invites_until=until, now=beat.now)

        assert await want(0)
        paused = await raid_pauses.find_paused(tx, beat.guild_id)
        assert paused is not None
        await raid_pauses.note_paused(tx, paused, is_refused=True)
        assert [await want(0), await want(1), await want(1)] == [False, True, False]

    async def test_of_a_burst_only_who_is_new_in_it_is_locked(
        self, database: Database, guild_id: int
    ) -> None:
        beat = Beat(guild_id)
        async with database.transaction() as tx:
            await guilds_service.enter_guild(tx, guild_id)
            await beat.rule(tx, rule(trigger=RAID, actions=[KICK]))
            for after in range(6):
                await beat.see(tx, beat.join(member(), after))
        async with database.transaction() as tx:
            await beat.see(tx, beat.join(member(), 7))
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            assert (await tx.execute(text(held))).scalar_one() == 2  # the rule's and one member's

    async def test_more_hits_than_one_statement_takes_are_all_written(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(mode="shadow"))
        await beat.see(tx, beat.message(member()))
        one = Hit(**(await hits(tx, beat.guild_id))[0]._asdict())
        many = [replace(one, id=new_id(), idempotency_key=f"x:{beat.guild_id}:{n}") for n in range(1_800)]
        assert len(await automod_repository.add_hits(tx, [one, *many])) == 1_800

    async def test_what_was_written_is_kept_nowhere(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(actions=[DELETE, WARN]))
        await beat.see(tx, beat.message(member(), content="unmistakable"))
        for row in (*await hits(tx, beat.guild_id), *await cases(tx, beat.guild_id)):
            assert "unmistakable" not in str(row)


class TestModes:
    async def test_in_shadow_it_is_noted_and_nothing_is_done(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(mode="shadow", actions=[DELETE, BAN]))
        acted = await beat.see(tx, beat.message(member()))
        assert (len(acted.hits), acted.incident) == (1, None)
        [hit] = await hits(tx, beat.guild_id)
        assert (hit.mode, hit.actions, hit.incident_id, hit.deletion) == (
            "shadow", ["delete_message", "ban"], None, "none",
        )  # fmt: skip
        assert await jobs(tx, beat.guild_id) == []
        assert await cases(tx, beat.guild_id) == await incidents(tx, beat.guild_id) == []

    async def test_off_is_off_and_so_is_everything_without_the_feature(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(mode="off"))
        assert (await beat.see(tx, beat.message(member()))).hits == ()
        [stored] = await beat.rule(tx, rule("On"))
        assert stored.rule.mode == "on"
        for off in ({"automod": False}, {"moderation": False}):
            await save_guild_config(tx, manager(beat.guild_id), GuildConfig(features=off))
            assert (await beat.see(tx, beat.message(member()))).hits == ()
        assert await hits(tx, beat.guild_id) == []

    async def test_staff_and_bots_are_never_hit(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule())
        for immune in ({"is_staff": True}, {"is_bot": True}):
            assert (await beat.see(tx, beat.message(member(), **immune))).hits == ()


class TestABurst:
    async def test_is_one_incident_one_case_and_one_alert_that_counts(self, tx: Tx, beat: Beat) -> None:
        alert = {"type": "alert", "channel_id": "123", "role_id": "456"}
        await beat.rule(tx, rule(actions=[DELETE, TIMEOUT, alert]))
        ada = member()
        acted = [await beat.see(tx, beat.message(ada, after)) for after in (0, 50, 105)]
        assert [len(each.cases) for each in acted] == [1, 0, 0]
        assert {each.incident for each in acted} == {1}
        [case] = await cases(tx, beat.guild_id)
        assert (case.source, case.moderator_id, case.action, case.reason, case.status, case.user_tag) == (
            "automod", 0, "timeout", "Too many mentions", "pending", ada.username,
        )  # fmt: skip
        assert case.expires_at - case.created_at == timedelta(minutes=10)
        [incident] = await incidents(tx, beat.guild_id)
        assert (incident.kind, incident.id, incident.moderator_id) == ("burst", case.incident_id, 0)
        assert {hit.case_id for hit in await hits(tx, beat.guild_id)} == {case.id}
        assert sorted(await jobs(tx, beat.guild_id)) == [
            "alert_incident", "delete_messages", "log_incident", "sanction_member",
        ]  # fmt: skip

    async def test_is_over_after_a_minute_without_a_hit(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(actions=[WARN]))
        ada = member()
        acted = [await beat.see(tx, beat.message(ada, after)) for after in (0, 61)]
        assert [(each.incident, len(each.cases)) for each in acted] == [(1, 1), (2, 1)]

    async def test_of_another_member_is_another_incident(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule())
        assert [(await beat.see(tx, beat.message(member()))).incident for _ in range(2)] == [1, 2]

    async def test_too_many_messages_are_all_deleted_also_those_before_it_was_known(
        self, tx: Tx, beat: Beat
    ) -> None:
        await beat.rule(tx, rule("Fast", trigger=RATE, actions=[DELETE]))
        ada = member()
        seen = [beat.message(ada, after, mentions=0, channel_id=70) for after in (0, 1, 2, 3)]
        acted = [await beat.see(tx, each) for each in seen]
        assert [len(each.hits) for each in acted] == [0, 0, 3, 1]
        found = await hits(tx, beat.guild_id)
        assert [hit.message_id for hit in found] == [each.message_id for each in seen]
        assert {(hit.deletion, hit.user_id) for hit in found} == {("due", ada.user_id)}
        assert len(await incidents(tx, beat.guild_id)) == 1


class TestPunishment:
    async def test_of_two_rules_at_once_the_heavier_counts(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule("Light", actions=[WARN]), rule("Heavy", actions=[KICK]))
        acted = await beat.see(tx, beat.message(member()))
        assert [(case.action, case.reason) for case in acted.cases] == [("kick", "Heavy")]

    async def test_a_heavier_rule_later_in_a_burst_is_a_case_of_its_own_and_a_lighter_none(
        self, tx: Tx, beat: Beat
    ) -> None:
        await beat.rule(tx, rule("Light", actions=[WARN]), rule("Fast", trigger=RATE, actions=[TIMEOUT]))
        ada = member()
        for after in range(5):
            await beat.see(tx, beat.message(ada, after))
        warned, timed_out = await cases(tx, beat.guild_id)
        assert (warned.action, timed_out.action) == ("warn", "timeout")
        assert (timed_out.linked_id, timed_out.incident_id) == (warned.id, warned.incident_id)

    async def test_nobody_is_punished_who_is_under_as_much_already(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(actions=[TIMEOUT]), rule("Kick", trigger=RATE, actions=[KICK]))
        ada = member()
        ban = (await decide(tx, moderator(beat.guild_id), ada, CaseAction.BAN)).case
        await carried_out(tx, ban)
        for after in range(3):
            assert (await beat.see(tx, beat.message(ada, after))).cases == ()
        assert {hit.case_id for hit in await hits(tx, beat.guild_id)} == {ban.id}

    async def test_a_name_that_may_be_the_one_of_before_is_hit_once(self, tx: Tx, beat: Beat) -> None:
        """After a restart nobody knows who was called what, and each member's next news tells a name."""
        await beat.rule(tx, rule(trigger=BAD_NAME, actions=[WARN]))
        named = Observation(Kind.NAME, beat.guild_id, member().user_id, clock.now(), username="spammer")
        unsure = replace(named, is_first_heard=True)
        later = [replace(unsure, at=unsure.at + timedelta(days=each)) for each in range(3)]
        assert [len((await beat.see(tx, each)).cases) for each in later] == [1, 0, 0]
        sure = replace(named, at=named.at + timedelta(days=3))
        assert len((await beat.see(tx, sure)).cases) == 1

    async def test_warnings_climb_the_ladder(self, tx: Tx, beat: Beat) -> None:
        step = Step(warnings=2, within_days=1, action=CaseAction.KICK)
        config = ModerationConfig(ladder=(step,))
        await moderation_service.save_config(tx, manager(beat.guild_id), config, expected_version=0)
        await beat.rule(tx, rule(actions=[WARN]))
        ada = member()
        for after in (0, 100):
            await beat.see(tx, beat.message(ada, after))
        assert [case.action for case in await cases(tx, beat.guild_id)] == ["warn", "warn", "kick"]

    async def test_the_member_is_told_once_why_messages_are_gone(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule(tell="Please mention fewer people."))
        ada = member()
        for after in range(3):
            await beat.see(tx, beat.message(ada, after))
        assert [hit.dm_status for hit in await hits(tx, beat.guild_id)] == ["pending", "none", "none"]
        assert (await jobs(tx, beat.guild_id)).count("tell_why") == 1


class TestARaid:
    async def test_is_one_incident_with_everybody_who_joined_in_it(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule("Raid", trigger=RAID, actions=[KICK]))
        raiders = [member() for _ in range(5)]
        seen = [beat.join(each, place) for place, each in enumerate(raiders)]
        acted = [await beat.see(tx, each) for each in seen]
        assert [len(each.cases) for each in acted] == [0, 0, 3, 1, 1]
        for each in seen:
            assert (await beat.see(tx, each)).hits == ()
        found = await cases(tx, beat.guild_id)
        assert [case.user_id for case in found] == [each.user_id for each in raiders]
        [incident] = await incidents(tx, beat.guild_id)
        assert (incident.kind, {case.incident_id for case in found}) == ("raid", {incident.id})
        assert len(await hits(tx, beat.guild_id)) == 5

    async def test_whoever_was_kicked_and_joins_again_is_kicked_again(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule("Raid", trigger=RAID, actions=[KICK]))
        raiders = [member() for _ in range(3)]
        for place, each in enumerate(raiders):
            await beat.see(tx, beat.join(each, place))
        found = await cases(tx, beat.guild_id)
        again = beat.join(raiders[0], 5)
        assert (await beat.see(tx, again)).cases == ()  # nobody has carried the first one out yet
        first = await repository.find_case(tx, beat.guild_id, found[0].number)
        assert first is not None
        await carried_out(tx, first)
        acted = await beat.see(tx, beat.join(raiders[0], 6))
        assert [(case.action, case.user_id) for case in acted.cases] == [("kick", raiders[0].user_id)]

    async def test_whoever_writes_right_after_it_is_part_of_it(self, tx: Tx, beat: Beat) -> None:
        await beat.rule(tx, rule("Raid", trigger=RAID, actions=[WARN]), rule(actions=[DELETE]))
        raiders = [member() for _ in range(3)]
        for each in raiders:
            await beat.see(tx, beat.join(each))
        assert (await beat.see(tx, beat.message(raiders[0], 5))).incident == 1

    async def test_the_same_text_by_many_is_one_incident_in_which_each_has_a_case(
        self, tx: Tx, beat: Beat
    ) -> None:
        alike = {"type": "duplicate_messages", "messages": 3, "seconds": 30, "of_everybody": True}
        await beat.rule(tx, rule("Alike", trigger=alike, actions=[DELETE, WARN]))
        people = [member() for _ in range(6)]
        for place, each in enumerate(people):
            await beat.see(tx, beat.message(each, place, content="buy this now, it is really cheap"))
        found = await hits(tx, beat.guild_id)
        assert [hit.user_id for hit in found] == [each.user_id for each in people]
        assert {case.user_id for case in await cases(tx, beat.guild_id)} == {each.user_id for each in people}
        assert len(await incidents(tx, beat.guild_id)) == 1


async def test_a_guild_never_heard_of_has_no_rules_and_no_hits(tx: Tx) -> None:
    beat = Beat(snowflake())
    assert (await beat.see(tx, beat.message(member()))).hits == ()
