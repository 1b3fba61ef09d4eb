"""What somebody ended in Discord's own pages is found by looking, whatever Discord answers meanwhile."""

import pytest

from app.jobs import service as jobs_service
from app.jobs.kinds import CheckSanctions
from app.moderation.domain import CaseStatus
from tests.support.precinct import Person, Precinct

pytestmark = pytest.mark.anyio


async def check(precinct: Precinct) -> None:
    async with precinct.database.transaction() as tx:
        await jobs_service.enqueue(tx, CheckSanctions(precinct.guild_id))
    await precinct.until_quiet()


async def test_closes_the_case_of_what_is_not_there_and_goes_on_where_discord_fails(
    precinct: Precinct,
) -> None:
    mod = await precinct.person("leilani.k")
    await precinct.configure(log_channel_id=None)
    unseen, banned, silent, lasting = people = [await precinct.newcomer() for _ in range(4)]
    async with precinct.working():
        for person in people:
            kind = "ban" if person is banned else "timeout"
            await precinct.use(mod, kind, user=person["id"], duration="1h", reason="x")
        await precinct.until_quiet()
        for person in (unseen, silent):
            await precinct.by_hand("untimeout", person)
        await precinct.by_hand("unban", banned)
        path = f"/guilds/{precinct.guild_id}/members/{unseen['id']}"
        await precinct.post("faults", kind="server_error", status=503, times=3, method="GET", path=path)
        await check(precinct)
        found = [(await precinct.latest(each)).status for each in people]
        assert found == [CaseStatus.ACTIVE, CaseStatus.LIFTED, CaseStatus.LIFTED, CaseStatus.ACTIVE]
        await check(precinct)
        assert (await precinct.latest(unseen)).status is CaseStatus.LIFTED
    assert [await silenced(precinct, each) for each in (silent, lasting)] == [False, True]
    assert await precinct.bans() == {}, "what is not there is not applied again"


async def silenced(precinct: Precinct, person: Person) -> bool:
    found = await precinct.now_of(person)
    return found is not None and found["timed_out_until"] is not None
