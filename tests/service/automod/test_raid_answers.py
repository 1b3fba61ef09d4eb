"""What is answered below an alert: about an incident of this server, by who was asked, in time, once."""

from datetime import timedelta

import pytest

from app.access.ranks import RankFacts
from app.automod.raids import answers as raid_answers
from app.automod.raids.answers import Answer, Answered, Asked, NobodyLeftError
from app.automod.raids.crowd import Crowd
from app.bytes.domain import Member
from app.database.tx import Tx
from app.discord.port import DiscordGuild, DiscordMember, DiscordRole
from app.discord.ranks import Rank
from app.errors import NotAllowedError, NotFoundError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from tests.support.guilds import actor, manager, member, new_guild, snowflake
from tests.support.ruling import RAID, Beat, rule

pytestmark = pytest.mark.anyio

ALERT = {"type": "alert"}
BOTH = 1 << 2 | 1 << 5
TIME_OUT = 1 << 40


class Door:
    """An incident in a guild, and whoever answers below its alert."""

    def __init__(self, tx: Tx, guild_id: int) -> None:
        self.tx = tx
        self.guild_id = guild_id
        self.beat = Beat(guild_id)
        self.who = actor(guild_id, permissions=BOTH | TIME_OUT)
        self.raiders: list[Member] = []

    async def raid(self) -> "Door":
        await guilds_service.enter_guild(self.tx, self.guild_id)
        await self.beat.rule(self.tx, rule("A raid", trigger=RAID, actions=[ALERT]))
        self.raiders = [member() for _ in range(5)]
        for after, each in enumerate(self.raiders):
            await self.beat.see(self.tx, self.beat.join(each, after))
        return self

    async def ask(
        self, who: Actor | None = None, asked_id: int = 7, answer: Answer = Answer.BAN, **more: Crowd
    ) -> Asked:
        return await raid_answers.ask_all(
            self.tx,
            who or self.who,
            1,
            answer,
            crowd=more.get("crowd"),
            ranks=RankFacts(1, 2, Rank(9, 9), Rank(5, 5), None),
            interaction_id=asked_id,
            now=self.beat.now,
        )

    async def answer(
        self,
        who: Actor | None = None,
        asked_id: int = 7,
        *,
        answer: Answer = Answer.BAN,
        interaction_id: int = 70,
        after: float = 1,
    ) -> Answered:
        return await raid_answers.answer_all(
            self.tx,
            who or self.who,
            1,
            answer,
            asked_id,
            interaction_id=interaction_id,
            idempotency_key=f"interaction:{interaction_id}",
            now=self.beat.now + timedelta(seconds=after),
        )


@pytest.fixture
async def door(tx: Tx, guild_id: int) -> Door:
    return await Door(tx, guild_id).raid()


async def test_is_done_once_however_often_the_same_click_comes(door: Door) -> None:
    await door.ask()
    first, again = await door.answer(), await door.answer()
    assert {case.user_id for case in first.cases} == {each.user_id for each in door.raiders}
    assert first.cases == again.cases
    assert {case.incident_id for case in first.cases} == {first.incident.id}
    with pytest.raises(NobodyLeftError):
        await door.ask(asked_id=8)


async def test_is_not_about_whoever_came_after_the_question(door: Door) -> None:
    await door.ask()
    late = member()
    await door.beat.see(door.tx, door.beat.join(late, 6))
    assert late.user_id not in {case.user_id for case in (await door.answer()).cases}
    assert (await door.ask(asked_id=8)).sorted.wanted == (late.user_id,)


async def test_of_another_server_member_answer_or_time_is_refused(door: Door) -> None:
    elsewhere = await Door(door.tx, new_guild()).raid()
    await elsewhere.ask(asked_id=9)
    await door.ask()
    for refused in (
        door.answer(asked_id=9),
        door.answer(actor(door.guild_id, permissions=BOTH)),
        door.answer(answer=Answer.TIME_OUT),
    ):
        with pytest.raises(NotFoundError):
            await refused
    await door.ask(asked_id=10)
    with pytest.raises(NotFoundError):
        await door.answer(asked_id=10, after=16 * 60)
    with pytest.raises(NotFoundError):
        await raid_answers.find_hit(door.tx, manager(new_guild())._replace(permissions=BOTH), 1, Answer.BAN)


async def test_is_refused_to_whoever_lacks_one_of_the_permissions(door: Door) -> None:
    for bits in (0, 1 << 2, 1 << 5):
        who = actor(door.guild_id, permissions=bits)
        for refused in (door.ask(who), door.answer(who)):
            with pytest.raises(NotAllowedError):
                await refused


async def test_leaves_out_who_stands_too_high_who_left_and_who_is_dealt_with(door: Door) -> None:
    high, _left, out, *others = (each.user_id for each in door.raiders)
    await door.ask(answer=Answer.TIME_OUT, asked_id=8)
    await door.answer(asked_id=8, answer=Answer.TIME_OUT, interaction_id=71)
    roles = {role.role_id: role for role in (_role(door.guild_id, 0), _role(3, 8))}
    members = {
        each: DiscordMember(
            door.guild_id, each, "x", is_bot=False, role_ids=frozenset({3} if each == high else ())
        )
        for each in (high, out, *others)
    }
    crowd = Crowd(DiscordGuild(door.guild_id, "x", 1, roles), members)
    asked = await door.ask(crowd=crowd)
    assert asked.sorted.wanted == (out, *others)
    assert (asked.sorted.immune, asked.sorted.gone, asked.sorted.already) == (1, 1, 0)
    with pytest.raises(NobodyLeftError):
        await door.ask(asked_id=snowflake(), answer=Answer.TIME_OUT, crowd=crowd)


def _role(role_id: int, position: int) -> DiscordRole:
    return DiscordRole(role_id, "x", position, 0, is_managed=False)
