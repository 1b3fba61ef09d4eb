"""What comes of hits in Discord: messages vanish, moderators see one alert, the member is told why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.bytes.domain import Member
from app.ids import snowflake_time
from tests.support.precinct import LOG, Person, Precinct
from tests.support.ruling import DELETE, TIMEOUT, Beat, hits, rule

pytestmark = pytest.mark.anyio


class Corner:
    """A channel, a rule of which somebody has had too much, and the listener's eyes."""

    def __init__(self, here: Precinct) -> None:
        self.here = here
        self.beat = Beat(here.guild_id)

    async def rule(self, **more: Any) -> None:
        async with self.here.database.transaction() as tx:
            await self.beat.rule(tx, rule(**more))

    async def see(self, who: Person, message_id: str) -> None:
        """Have the listener see a message with too many mentions."""
        written = self.beat.message(Member(int(who["id"]), who["username"]))
        seen = replace(
            written,
            message_id=int(message_id),
            channel_id=int(self.here.channel()["id"]),
            at=snowflake_time(int(message_id)),
        )
        async with self.here.database.transaction() as tx:
            await self.beat.see(tx, seen, now=clock.now())

    async def alerts(self) -> list[dict[str, Any]]:
        posts = await self.here.posts(self.here.channel(LOG)["id"])
        return [
            each
            for each in posts
            if any("Alert ·" in embed.get("footer", {}).get("text", "") for embed in each["embeds"])
        ]

    async def left(self) -> set[str]:
        return {each["id"] for each in await self.here.posts(self.here.channel()["id"])}


class TestABurst:
    async def test_vanishes_is_told_of_once_and_times_the_member_out(self, precinct: Precinct) -> None:
        corner = Corner(precinct)
        await corner.rule(
            actions=[DELETE, TIMEOUT, {"type": "alert"}], tell="Please mention fewer people.", name="Mentions"
        )
        ada = await precinct.newcomer()
        written = [await precinct.says(ada, "@everybody") for _ in range(5)]
        async with precinct.working():
            await corner.see(ada, written[0])
            await precinct.until_quiet()
            assert await corner.left() & set(written) == set(written[1:])
            for each in written[1:]:
                await corner.see(ada, each)
            await precinct.until_quiet()
        assert not await corner.left() & set(written)
        [alert] = await corner.alerts()
        said = str(alert["embeds"])
        assert "5 hits" in said
        assert "Mentions" in said
        assert "everybody" not in said
        now = await precinct.now_of(ada)
        assert now is not None
        assert now["timed_out_until"] is not None
        told = [each["text"] for each in await precinct.told(ada)]
        assert sum("Please mention fewer people." in each for each in told) == 1
        assert sum("You were timed out" in each for each in told) == 1
        [case] = await precinct.cases()
        assert (case.source, case.status, case.moderator_id) == ("automod", "active", 0)
        async with precinct.database.transaction() as tx:
            assert {hit.deletion for hit in await hits(tx, precinct.guild_id)} == {"done"}


async def test_an_old_message_that_is_edited_is_deleted_by_itself() -> None:
    from app.worker.automod import _together

    now = clock.now()
    young, old = (
        _hit(int((now - age).timestamp() * 1000 - 1420070400000) << 22)
        for age in (timedelta(days=1), timedelta(days=20))
    )
    assert _together([old, young, young]) == [[young, young], [old]]


def _hit(message_id: int) -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(message_id=message_id)
