"""Looking at squads: all, one by its id or its name, who is in it."""

from uuid import UUID

import pytest

from app import clock
from app.database.tx import Tx
from app.errors import InvalidInputError, NotFoundError
from app.squads import moving, saving, service
from app.squads.config import SquadDraft
from app.squads.domain import Cause, Squad
from tests.support.guilds import actor, give, manager, member, new_guild, snowflake
from tests.support.squads import change

pytestmark = pytest.mark.anyio


async def found(tx: Tx, guild_id: int, name: str, **more: object) -> Squad:
    wanted = SquadDraft.model_validate({"name": name, "role_id": str(snowflake())} | more)
    return await saving.save_squad(tx, manager(guild_id), wanted, known=saving.UNSEEN, now=clock.now())


async def test_shows_places_and_what_coming_would_cost_the_one_who_looks(tx: Tx, guild_id: int) -> None:
    red = await found(tx, guild_id, "Red", max_members=2, switch_cost=5)
    blue = await found(tx, guild_id, "Blue", switch_cost=7)
    await found(tx, guild_id, "Closed", is_active=False)
    ada = actor(guild_id)
    seen = await service.list_squads(tx, ada)
    assert [(each.squad.name, each.members, each.free_places, each.cost) for each in seen] == [
        ("Red", 0, 2, 0),
        ("Blue", 0, None, 0),
    ]
    await moving.go(tx, ada, red.id, Cause.JOIN, most=0, idempotency_key="1", now=clock.now())
    seen = await service.list_squads(tx, ada, closed=True)
    assert [(each.squad.name, each.free_places, each.cost) for each in seen] == [
        ("Red", 1, None),
        ("Blue", None, 7),
        ("Closed", None, 0),
    ]
    boss = manager(guild_id)
    smaller = SquadDraft(name="Red", role_id=str(red.role_id), max_members=1)
    other = actor(guild_id)
    await moving.go(tx, other, red.id, Cause.JOIN, most=0, idempotency_key="2", now=clock.now())
    await change(tx, boss, smaller, red.id)
    assert (await service.view_squad(tx, other, red.id)).free_places == 0, "nobody is put out"
    assert (await service.view_squad(tx, other, blue.id)).cost == 7


async def test_finds_one_by_its_id_before_one_that_is_called_like_it(tx: Tx, guild_id: int) -> None:
    red = await found(tx, guild_id, "Red")
    await found(tx, guild_id, str(red.id))
    elsewhere = await found(tx, new_guild(), "Elsewhere")
    who = actor(guild_id)
    for named in (str(red.id), str(red.id).upper(), "red", " RED "):
        assert (await service.find_squad(tx, who, named)).squad == red
    for named in ("", "r", "Elsewhere", str(elsewhere.id), red.id.hex, f"{{{red.id}}}"):
        with pytest.raises(NotFoundError, match="There is no such squad"):
            await service.find_squad(tx, who, named)
    for unknown in (elsewhere.id, UUID(int=0)):
        with pytest.raises(NotFoundError):
            await service.view_squad(tx, who, unknown)


async def test_pages_of_members_are_as_many_as_there_are(tx: Tx, guild_id: int) -> None:
    red = await found(tx, guild_id, "Red")
    who = actor(guild_id)
    assert (await service.view_members(tx, who, red.id, 1)).rows == []
    with pytest.raises(InvalidInputError, match="of members"):
        await service.view_members(tx, who, red.id, 2)


class TestAQuote:
    async def test_says_what_there_is_to_know_and_does_nothing(self, tx: Tx, guild_id: int) -> None:
        red, blue = await found(tx, guild_id, "Red"), await found(tx, guild_id, "Blue", switch_cost=7)
        ada = member()
        who, now = actor(guild_id, ada), clock.now()
        first = await moving.quote_move(tx, who, blue.id, Cause.JOIN, now=now)
        assert (first.cost, first.balance, first.current, first.is_first) == (0, None, None, True)
        await moving.go(tx, who, red.id, Cause.JOIN, most=0, idempotency_key="1", now=now)
        await give(tx, guild_id, ada, 50)
        later = await moving.quote_move(tx, who, blue.id, Cause.SWITCH, now=now)
        assert (later.cost, later.balance, later.current, later.is_first) == (7, 150, red, False)
        assert await service.current_squad(tx, guild_id, ada.user_id) == red
