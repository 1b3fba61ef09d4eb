"""What is kept of members: shown to them, forgotten with them, and gone after a time."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.automod.erasure import erase_member, export_member
from app.automod.service import KEPT_DAYS, forget_old
from app.database.tx import Tx
from app.guilds import service as guilds_service
from tests.support.guilds import member
from tests.support.ruling import RAID, Beat, hits, rule

pytestmark = pytest.mark.anyio


@pytest.fixture
async def beat(tx: Tx, guild_id: int) -> Beat:
    await guilds_service.enter_guild(tx, guild_id)
    beat = Beat(guild_id)
    await beat.rule(
        tx,
        rule(tell="Fewer people, please."),
        rule("Raid", "shadow", trigger=RAID, actions=[{"type": "kick"}]),
    )
    return beat


async def test_a_member_sees_the_own_hits_and_is_forgotten_everywhere(tx: Tx, beat: Beat) -> None:
    ada, bob = member(), member()
    for place, each in enumerate((bob, member(), ada)):
        await beat.see(tx, beat.join(each, place))
    for each in (ada, bob):
        await beat.see(tx, beat.message(each, 5))
    exported = await export_member(tx, beat.guild_id, ada.user_id)
    assert [(each["rule"], each["mode"], each["kind"]) for each in exported] == [
        ("Too many mentions", "on", "message"), ("Raid", "shadow", "join"),
    ]  # fmt: skip
    assert await erase_member(tx, beat.guild_id, ada.user_id, -7) == 2
    assert await export_member(tx, beat.guild_id, ada.user_id) == []
    found = await hits(tx, beat.guild_id)
    mine = [hit for hit in found if hit.user_id == -7]
    assert {hit.dm_status for hit in mine} == {"none"}
    assert [hit.deletion for hit in mine if hit.message_id is not None] == ["due"]
    assert str(ada.user_id) not in str([hit for hit in found if hit.user_id != bob.user_id])
    assert len(await export_member(tx, beat.guild_id, bob.user_id)) == 2


async def test_hits_are_forgotten_after_ninety_days(tx: Tx, beat: Beat) -> None:
    await beat.see(tx, beat.message(member()))
    await beat.see(tx, beat.message(member(), 60))
    assert not await forget_old(tx, beat.now + timedelta(days=KEPT_DAYS, seconds=30))
    rows = await tx.execute(
        text("SELECT count(*) FROM automod_hits WHERE guild_id = :id"), {"id": beat.guild_id}
    )
    assert rows.scalar_one() == 1
