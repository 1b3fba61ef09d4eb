"""What time does to a case: a member comes back, a sanction is over, warnings add up."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.moderation import carrying_out
from app.moderation.cases import Case
from app.moderation.domain import CaseAction, CaseStatus
from tests.support.precinct import Person, Precinct

pytestmark = pytest.mark.anyio

READS_AND_WRITES = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 16
"""Permissions of a bot that may moderate nobody."""
NOT_LIFTED = "Its time is over, but it could not be lifted"


@pytest.fixture
async def mod(precinct: Precinct) -> Person:
    return await precinct.person("leilani.k")


async def let_pass(precinct: Precinct, case: Case) -> None:
    """Have the time of a case be over."""
    async with precinct.database.transaction() as tx:
        await tx.execute(
            text("UPDATE moderation_cases SET expires_at = :at WHERE id = :id"),
            {"at": clock.now() - timedelta(seconds=1), "id": case.id},
        )


async def look_at_the_clock(precinct: Precinct) -> None:
    async with precinct.database.transaction() as tx:
        await carrying_out.enqueue_over(tx, clock.now())


async def come_back(precinct: Precinct, person: Person) -> bool:
    """Have somebody leave and join again, and the platform hear of it; tells whether it does anything."""
    await precinct.leave(person)
    await precinct.post("members", guild_id=precinct.guild["id"], action="join", user_id=person["id"])
    async with precinct.database.transaction() as tx:
        return await carrying_out.note_rejoin(tx, precinct.guild_id, int(person["id"]), clock.now())


async def is_silent(precinct: Precinct, person: Person) -> bool:
    found = await precinct.now_of(person)
    assert found is not None
    return found["timed_out_until"] is not None


class TestComingBack:
    async def test_gives_a_timeout_back_that_lasts_and_no_other(
        self, precinct: Precinct, mod: Person
    ) -> None:
        await precinct.configure(log_channel_id=None)  # Discord takes only so many messages a second
        lasting, over, lifted, by_hand, longer = people = [await precinct.newcomer() for _ in range(5)]
        async with precinct.working():
            for person in (lasting, over, lifted, longer):
                await precinct.use(mod, "timeout", user=person["id"], duration="1h", reason="x")
            await precinct.until_quiet()
            await precinct.by_hand("timeout", by_hand, seconds=600)
            await let_pass(precinct, await precinct.latest(over))
            await precinct.use(mod, "untimeout", user=lifted["id"])
            await precinct.until_quiet()
            assert [await is_silent(precinct, each) for each in people] == [True, True, False, True, True]
            for person in people:  # this Discord keeps a time-out while somebody is away; not every one does
                if await is_silent(precinct, person):
                    await precinct.by_hand("untimeout", person)
            does = [await come_back(precinct, each) for each in people[:4]]
            await precinct.until_quiet()
            # Whoever was timed out again by hand in the meantime stays so, for as long as that says.
            await precinct.by_hand("timeout", longer, seconds=86_400)
            until = (await precinct.now_of(longer) or {})["timed_out_until"]
            async with precinct.database.transaction() as tx:
                await carrying_out.note_rejoin(tx, precinct.guild_id, int(longer["id"]), clock.now())
            await precinct.until_quiet()
        assert does == [True, False, False, False]
        assert [await is_silent(precinct, each) for each in people[:4]] == [True, False, False, False]
        assert (await precinct.now_of(longer) or {})["timed_out_until"] == until
        case = await precinct.latest(lasting)
        assert case.status is CaseStatus.ACTIVE
        assert len(await precinct.told(lasting)) == 1  # nobody is told twice


class TestATimeThatIsOver:
    async def test_ends_our_ban_and_leaves_what_was_done_by_hand(
        self, precinct: Precinct, mod: Person
    ) -> None:
        ours, lasting, by_hand, muted = [await precinct.newcomer() for _ in range(4)]
        async with precinct.working():
            await precinct.use(mod, "ban", user=ours["id"], duration="1d", reason="x")
            await precinct.use(mod, "ban", user=lasting["id"], duration="2d", reason="x")
            await precinct.use(mod, "timeout", user=muted["id"], duration="1h", reason="x")
            await precinct.until_quiet()
            await precinct.by_hand("ban", by_hand, reason="by hand")
            await precinct.by_hand("timeout", muted, seconds=86_400)
            until = (await precinct.now_of(muted) or {})["timed_out_until"]
            for person in (ours, muted):
                await let_pass(precinct, await precinct.latest(person))
            await look_at_the_clock(precinct)
            await precinct.until_quiet()
            assert set(await precinct.bans()) == {lasting["id"], by_hand["id"]}
            assert (await precinct.now_of(muted) or {})["timed_out_until"] == until
            for person in (ours, muted):
                assert (await precinct.latest(person)).status is CaseStatus.EXPIRED
            await look_at_the_clock(precinct)
            await precinct.until_quiet()
        audit = [entry["reason"] for entry in (await precinct.state())["guilds"][0]["audit_log"]]
        assert audit.count("The time of case #1 is over") == 1
        log = next(embed for embed in await precinct.logged() if "Case #1 " in embed["title"])
        assert "over" in str(log["fields"])

    async def test_is_not_over_where_it_could_not_be_ended(self, precinct: Precinct, mod: Person) -> None:
        """Neither while the bot is gone nor while it may not: the ban stands there, and the case says so."""
        bob, eve = await precinct.newcomer(), await precinct.newcomer()
        async with precinct.working():
            for person in (bob, eve):
                await precinct.use(mod, "ban", user=person["id"], duration="1d", reason="x")
            await precinct.until_quiet()
            await precinct.invite(READS_AND_WRITES)
            await let_pass(precinct, await precinct.latest(bob))
            await look_at_the_clock(precinct)
            await precinct.until_quiet()
        await precinct.post(f"guilds/{precinct.guild['id']}/bot", action="remove")
        await let_pass(precinct, await precinct.latest(eve))
        async with precinct.working():  # which has not seen the bot there
            await look_at_the_clock(precinct)
            await precinct.until_quiet()
            await precinct.post(f"guilds/{precinct.guild['id']}/bot", action="add")
            for person, why in ((bob, "bot_lacks"), (eve, "bot_gone")):
                case = await precinct.latest(person)
                assert (case.status, case.details["not_ended"]) == (CaseStatus.ACTIVE, why)
                assert NOT_LIFTED in await precinct.use(mod, "case view", number=case.number)
            async with precinct.database.transaction() as tx:  # an hour later
                await tx.execute(text("UPDATE moderation_cases SET details = details - 'not_ended_at'"))
            await look_at_the_clock(precinct)
            await precinct.until_quiet()
        assert await precinct.bans() == {}
        assert {case.status for case in await precinct.cases()} == {CaseStatus.EXPIRED}
        assert NOT_LIFTED not in await precinct.use(mod, "case view", number=1)

    async def test_that_somebody_lifted_by_hand_before_is_only_noted(
        self, precinct: Precinct, mod: Person
    ) -> None:
        bob = await precinct.newcomer()
        async with precinct.working():
            await precinct.use(mod, "ban", user=bob["id"], duration="1d", reason="x")
            await precinct.until_quiet()
            await precinct.by_hand("unban", bob)
            await let_pass(precinct, await precinct.latest(bob))
            await look_at_the_clock(precinct)
            await precinct.until_quiet()
        assert (await precinct.latest(bob)).status is CaseStatus.EXPIRED

    async def test_that_was_over_before_the_worker_came_is_never_begun(
        self, precinct: Precinct, mod: Person
    ) -> None:
        banned, muted = await precinct.newcomer(), await precinct.newcomer()
        asked = [
            await precinct.ask(mod, "ban", user=banned["id"], duration="1d", reason="x"),
            await precinct.ask(mod, "timeout", user=muted["id"], duration="1h", reason="x"),
        ]
        for case in await precinct.cases():
            await let_pass(precinct, case)
        async with precinct.working():
            await precinct.until_quiet()
        assert {case.failure for case in await precinct.cases()} == {"too_late"}
        for answer in asked:
            said = await precinct.reply(answer["message"]["id"])
            assert "Not done" in said
            assert "Its time was over before it could be done" in said
        assert await precinct.bans() == {}
        assert not await is_silent(precinct, muted)
        assert [await precinct.told(each) for each in (banned, muted)] == [[], []]


class TestWarnings:
    async def test_add_up_to_what_the_ladder_says_by_the_platform_and_in_one_reply(
        self, precinct: Precinct, mod: Person
    ) -> None:
        await precinct.configure(
            ladder=[{"warnings": 3, "within_days": 30, "action": "timeout", "minutes": 60}],
            log_channel_id=None,
        )
        bob = await precinct.newcomer()
        async with precinct.working():
            answers = [
                await precinct.ask(mod, "warn", user=bob["id"], reason=f"the {each}.") for each in range(3)
            ]
            await precinct.until_quiet()
            assert await is_silent(precinct, bob)
            cases = await precinct.cases()
            await precinct.use(mod, "warn", user=bob["id"], reason="again")
            await precinct.until_quiet()
        assert [case.action for case in cases] == ["warn", "warn", "warn", "timeout"]
        third, step = cases[2:]
        assert (step.moderator_id, step.linked_id, step.status) == (0, third.id, CaseStatus.ACTIVE)
        said = await precinct.reply(answers[2]["message"]["id"])
        assert "Case #3" in said
        assert "Case #4" in said
        assert len(await precinct.told(bob)) == 5  # four warnings and one time-out
        assert [case.action for case in await precinct.cases()].count(CaseAction.TIMEOUT) == 1
        audit = [entry["reason"] for entry in (await precinct.state())["guilds"][0]["audit_log"]]
        assert "Case #4 by the platform: 3 warnings within 30 days (the last one: case #3)" in audit
        view = await precinct.use(mod, "case view", number=4)
        assert "Belongs to case #3" in view
        assert "treasury" not in view
